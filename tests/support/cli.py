"""The command line, run as its users run it."""

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click

from profiler.cli.main import exit_code_of

SAMPLE_LOG = Path(__file__).parents[2] / "sample_data" / "log"


def environment(home: Path) -> dict[str, str]:
    """This process's environment, with that home and days that begin in UTC."""
    return {**os.environ, "PROFILER_HOME": str(home), "PROFILER_ZONE": "UTC"}


def command(*arguments: str) -> list[str]:
    """The words that start `profiler` with these arguments."""
    return [sys.executable, "-m", "profiler", *arguments]


def profiler(
    *arguments: str, home: Path, stdin: str | bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run the command line here, with streams and environment of its own."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    said, told = io.BytesIO(), io.BytesIO()
    before = sys.stdin
    with (
        patch.dict(os.environ, environment(home)),
        io.TextIOWrapper(said, "utf-8", newline="") as out,
        io.TextIOWrapper(told, "utf-8", newline="") as err,
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        sys.stdin = io.TextIOWrapper(io.BytesIO(given), "utf-8")
        try:
            code = exit_code_of(list(arguments))
        finally:
            sys.stdin = before
        out.flush()
        err.flush()
        return subprocess.CompletedProcess(
            arguments, code, said.getvalue().decode("utf-8"), told.getvalue().decode("utf-8")
        )


def started(
    *arguments: str, home: Path, stdin: bytes = b"", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `profiler` in a process of its own until it ends; `more` goes into its environment."""
    ran = subprocess.run(
        command(*arguments),
        env={**environment(home), **more},
        input=stdin,
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
