from pathlib import Path

import pytest

from tests.support.cli import started

TELL = "import os, sys; print(os.environ['PROFILER_HOME'], sys.argv[1:]); sys.exit(7)"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "tell.py"
    path.write_text(TELL, "utf-8")
    return path


def test_a_script_gets_every_word_and_its_exit_code_is_passed_on(
    script: Path, tmp_path: Path
) -> None:
    ran = started("run", str(script), "--help", "-x", "--", "--home", home=tmp_path)
    assert ran.returncode == 7
    assert ran.stdout == f"{tmp_path} ['--help', '-x', '--', '--home']\n"


def test_a_command_after_dashes_is_run_as_it_is(tmp_path: Path) -> None:
    ran = started("run", "--", "sh", "-c", 'echo "$0 $1"', "a", "b", home=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "a b\n")


def test_a_module_is_run(tmp_path: Path) -> None:
    ran = started("run", "-m", "this", home=tmp_path)
    assert "Beautiful is better than ugly." in ran.stdout


def test_the_named_home_is_the_programs_home(script: Path, tmp_path: Path) -> None:
    ran = started("--home", str(tmp_path / "h"), "run", str(script), home=tmp_path)
    assert ran.stdout == f"{tmp_path / 'h'} []\n"


def test_nothing_to_run_says_what_would_be(tmp_path: Path) -> None:
    ran = started("run", home=tmp_path)
    assert ran.returncode == 2
    assert "name a script" in ran.stderr


def test_only_a_leading_help_is_ours(tmp_path: Path) -> None:
    ran = started("run", "--help", home=tmp_path)
    assert ran.returncode == 0
    assert "profiler run answer.py" in ran.stdout
