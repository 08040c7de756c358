"""The command line where only the shim was installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from profiler._version import __version__
from tests.support.cli import environment

_WITHOUT = "import sys; sys.modules[{package!r}] = None; from profiler.cli.main import main; main()"


def without(package: str, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(package=package), *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_needs_no_package(flag: str, tmp_path: Path) -> None:
    ran = without("click", flag, home=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, f"profiler, version {__version__}\n")


@pytest.mark.parametrize("home", [(), ("--home", "h"), ("--home=h",)])
def test_a_program_is_run_without_any_package(home: tuple[str, ...], tmp_path: Path) -> None:
    script = tmp_path / "tell.py"
    script.write_text(
        "import os, sys; print(os.environ['PROFILER_HOME'], sys.argv[1:]); sys.exit(7)", "utf-8"
    )
    ran = without("click", *home, "run", str(script), "--help", home=tmp_path)
    assert (ran.returncode, ran.stderr) == (7, "")
    assert ran.stdout == f"{Path('h').absolute() if home else tmp_path} ['--help']\n"


@pytest.mark.parametrize("arguments", [(), ("report",), ("run",), ("run", "--help"), ("--help",)])
def test_anything_else_names_the_package_and_how_to_install_it(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    ran = without("click", *arguments, home=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "profiler: the package click is not installed; install what profiler needs: "
        "pip install llm-cost-profiler\n"
    )


@pytest.mark.parametrize("package", ["sqlalchemy", "rich", "msgspec"])
def test_a_command_that_lacks_its_package_names_it(package: str, tmp_path: Path) -> None:
    ran = without(package, "report", home=tmp_path)
    assert ran.returncode == 2
    assert f"profiler: the package {package} is not installed" in ran.stderr.splitlines()[-1]
    assert "Traceback" not in ran.stderr
