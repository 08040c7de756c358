import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import click
import pytest

from profiler._version import __version__
from profiler.cli.lazy import DefaultGroup, LazyGroup
from profiler.cli.main import exit_code_of
from profiler.cli.root import Commands
from tests.support.cli import command, environment, started
from tests.support.running import running

HEAVY = {
    "textual", "sqlalchemy", "pandas", "numpy", "pyarrow", "plotext", "rich", "msgspec",
    "tiktoken", "watchdog", "openai", "anthropic", "google",
}  # fmt: skip
NAMES = [name for name, _, _ in Commands.commands_by_name]


def modules_after(arguments: list[str]) -> set[str]:
    program = (
        "import sys; from profiler.cli.main import exit_code_of; "
        f"code = exit_code_of({arguments!r}); "
        "print('modules:', *{name.partition('.')[0] for name in sys.modules}); sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    return set(ran.stdout.rpartition("modules:")[2].split())


def test_looking_at_what_would_go_imports_nothing_that_archives(tmp_path: Path) -> None:
    look = ["--home", str(tmp_path), "purge", "--older-than", "900d", "--dry-run"]
    assert "pyarrow" not in modules_after(look)


def cpu_s(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command(*arguments), capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_names_every_command(tmp_path: Path) -> None:
    ran = started("--help", home=tmp_path)
    assert ran.returncode == 0
    assert all(f"\n  {name} " in ran.stdout for name in NAMES)


@pytest.mark.parametrize("arguments", [[], *[[name] for name in NAMES]], ids=str)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert not modules_after([*arguments, "--help"]) & HEAVY


def test_help_takes_less_than_150_ms() -> None:
    # CPU time: the machine may be busy with other things.
    assert min(cpu_s(["--help"]) for _ in range(5)) < 0.150


@pytest.mark.parametrize("name", NAMES)
def test_the_line_in_the_help_is_about_a_command_that_is_there(name: str) -> None:
    group = LazyGroup.get_command(Commands(), None, name)  # type: ignore[arg-type]  # needs none
    assert group is not None
    assert group.name == name


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_shown_in_an_example(name: str) -> None:
    context = click.Context(Commands())
    found = Commands().get_command(context, name)
    assert found is not None
    if not isinstance(found, click.Group):
        assert f"profiler {name}" in (found.epilog or "")
        return
    for each in found.list_commands(context):
        command = found.get_command(context, each)
        assert command is not None
        typed = (
            name if isinstance(found, DefaultGroup) and each == found.default else f"{name} {each}"
        )
        assert f"profiler {typed}" in (command.epilog or found.epilog or "")


def test_the_version_is_told(tmp_path: Path) -> None:
    ran = started("--version", home=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, f"profiler, version {__version__}\n")


def test_a_near_miss_is_told_what_is_near(tmp_path: Path) -> None:
    ran = started("reprot", home=tmp_path)
    assert ran.returncode == 2
    assert "did you mean report or " in ran.stderr
    assert ran.stdout == ""


def test_a_wrong_flag_is_an_error_of_usage_on_stderr(tmp_path: Path) -> None:
    ran = started("report", "--formt", "csv", home=tmp_path)
    assert ran.returncode == 2
    assert "--format" in ran.stderr
    assert ran.stdout == ""


def test_a_word_that_is_no_filter_is_named(sample: Path) -> None:
    ran = started("report", "colour:red", home=sample)
    assert ran.returncode == 2
    assert ran.stderr.startswith("profiler: 'colour' cannot be filtered by")


def test_an_error_does_not_steer_the_terminal(sample: Path) -> None:
    ran = started("report", "\x1b]0;owned\x07:red", home=sample)
    assert ran.returncode == 2
    assert "\x1b" not in ran.stderr
    assert "\x07" not in ran.stderr


def test_a_home_that_is_a_file_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = started("report", home=tmp_path / "file")
    assert ran.returncode == 5
    assert ran.stderr.startswith("profiler: ")
    assert "Traceback" not in ran.stderr


@pytest.fixture
def _with_a_broken_command(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ("broken", "tests.support.cli:broken", "")
    monkeypatch.setattr(Commands, "commands_by_name", (broken,))


@pytest.mark.usefixtures("_with_a_broken_command")
def test_a_fault_of_ours_is_one_line_and_says_how_to_see_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROFILER_DEBUG", raising=False)
    assert exit_code_of(["broken"]) == 70
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "PROFILER_DEBUG=1" in told


@pytest.mark.usefixtures("_with_a_broken_command")
def test_a_fault_of_ours_is_shown_whole_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_DEBUG", "1")
    assert exit_code_of(["broken"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_ends_quietly_with_130(sample: Path) -> None:
    with running("ingest", "--follow", home=sample, stdout=PIPE, stderr=PIPE) as following:
        assert following.stdout is not None
        assert "calls read" in following.stdout.readline()
        following.send_signal(signal.SIGINT)
        _, told = following.communicate(timeout=30)
    assert following.returncode == 130
    assert told.strip() == ""


def test_ctrl_c_while_it_is_being_imported_is_as_quiet(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")
    ran = started("report", home=tmp_path / "home", PYTHONPATH=str(tmp_path))
    assert (ran.returncode, ran.stderr) == (130, "")


@pytest.mark.parametrize(
    "arguments",
    [("export", "calls", "--format", "csv", "-o", "-"), ("calls", "--limit", "1"), ("--help",)],
)
def test_a_reader_that_leaves_early_is_no_error_to_talk_about(
    sample: Path, arguments: tuple[str, ...]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        command(*arguments),
        env=environment(sample),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, b"")


def test_the_home_can_be_named_before_the_command(sample: Path, tmp_path: Path) -> None:
    ran = started("--home", str(sample), "calls", "--limit", "1", home=tmp_path / "other")
    assert "Calls: the newest 1 of 1,500" in ran.stdout
    assert not (tmp_path / "other").exists()


def test_garbage_is_hardly_looked_for_while_commands_are_imported(tmp_path: Path) -> None:
    program = (
        "import gc, sys; looks = []; "
        "gc.callbacks.append(lambda phase, _: phase == 'start' and looks.append(phase)); "
        "sys.argv = ['profiler', 'report']; from profiler.cli.main import main\n"
        "try: main()\n"
        "finally: print('looks:', len(looks))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(ran.stdout.rpartition("looks:")[2]) < 30
