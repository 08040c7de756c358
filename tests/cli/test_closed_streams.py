"""Output that leads nowhere ends a command with a sentence at most, never with a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from profiler.errors import ExportError
from tests.support.cli import command, environment


def ended(shell: str, *arguments: str, home: Path, **more: str) -> tuple[int, str]:
    """The exit code and stderr of a command that a shell starts with its streams changed."""
    ran = subprocess.run(
        ["bash", "-c", shell, "bash", *command(*arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**environment(home), **more},
    )
    return ran.returncode, ran.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_status_line_that_finds_no_room_says_so(tmp_path: Path, unbuffered: str) -> None:
    code, said = ended('"$@" >/dev/full', "statusline", home=tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert said == "profiler: cannot write the output: No space left on device\n"
    assert code == ExportError.exit_code


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_status_line_that_nobody_reads_says_nothing(tmp_path: Path, unbuffered: str) -> None:
    shell = 'exec 3> >(true); wait $!; "$@" >&3'
    assert ended(shell, "statusline", home=tmp_path, PYTHONUNBUFFERED=unbuffered) == (1, "")


@pytest.mark.parametrize(
    "arguments", [("statusline",), ("report",), ("export", "calls", "-o", "-")]
)
@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "0<&- 1>&-"])
def test_a_command_runs_with_its_streams_closed(
    tmp_path: Path, arguments: tuple[str, ...], closed: str
) -> None:
    code, said = ended(f'"$@" {closed}', *arguments, home=tmp_path)
    assert code == 0
    assert "fault" not in said
    assert "Traceback" not in said


def test_a_command_runs_with_nowhere_to_tell_of_trouble(tmp_path: Path) -> None:
    assert ended('"$@" >&- 2>&-', "report", "--nothing", home=tmp_path) == (2, "")
