"""The command line, run as its users run it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

SAMPLE_LOG = Path(__file__).parents[2] / "sample_data" / "log"


def environment(home: Path) -> dict[str, str]:
    """This process's environment, with that home and days that begin in UTC."""
    return {**os.environ, "PROFILER_HOME": str(home), "PROFILER_ZONE": "UTC"}


def command(*arguments: str) -> list[str]:
    """The words that start `profiler` with these arguments."""
    return [sys.executable, "-m", "profiler", *arguments]


def profiler(
    *arguments: str, home: Path, stdin: str | bytes = b"", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `profiler` in a process of its own until it ends; `more` goes into its environment."""
    ran = subprocess.run(
        command(*arguments),
        env={**environment(home), **more},
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(
        ran.args, ran.returncode, ran.stdout.decode("utf-8"), ran.stderr.decode("utf-8")
    )


def profiler_json(*arguments: str, home: Path) -> Any:
    """What `profiler` prints, read as JSON; it must succeed."""
    ran = profiler(*arguments, home=home)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def a_sample_home(folder: Path) -> Path:
    """A home whose log is the sample data."""
    shutil.copytree(SAMPLE_LOG, folder / "log")
    return folder


@click.command()
def broken() -> None:
    """A command with a fault in it."""
    raise ZeroDivisionError
