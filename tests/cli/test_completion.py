import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import profiler, started


def completed(words: str, at: int, home: Path) -> list[str]:
    """What bash would offer for the word at `at`."""
    ran = started(
        home=home, _PROFILER_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(at)
    )
    return [line.split(",", 1)[1] for line in ran.stdout.splitlines() if line]


def test_commands_and_options_are_completed(tmp_path: Path) -> None:
    assert completed("profiler repo", 1, tmp_path) == ["report"]
    assert "--format" in completed("profiler report --f", 2, tmp_path)
    assert completed("profiler report --format ht", 3, tmp_path) == ["html"]


def test_names_of_budgets_and_templates_are_completed(tmp_path: Path) -> None:
    for name in ("team", "two words", "feature:search"):
        assert not profiler("budget", "set", name, "--limit", "5", "--period", "total",
                            home=tmp_path).returncode  # fmt: skip
    assert completed("profiler budget override ", 3, tmp_path) == ["feature:search", "team"]
    assert completed("profiler budget status t", 3, tmp_path) == ["team"]
    assert completed("profiler budget template saas", 3, tmp_path) == ["saas-tiers"]
    assert completed("profiler budget rm ", 3, tmp_path / "none yet") == []


def test_budgets_of_another_projects_file_are_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, here, there = (tmp_path / name for name in ("home", "here", "there"))
    home.mkdir()
    for folder in (here, there):
        folder.mkdir()
        words = f'[[budget]]\nname = "{folder.name}"\nlimit = 5\nperiod = "total"\n'
        (folder / "profiler.toml").write_text(words, "utf-8")
        monkeypatch.chdir(folder)
        assert profiler("budget", "list", home=home).returncode == 0
    assert completed("profiler budget status ", 3, home) == ["there"]
    monkeypatch.chdir(here)
    assert completed("profiler budget status ", 3, home) == ["here"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, tmp_path: Path) -> None:
    ran = profiler("completion", shell, home=tmp_path)
    assert f"_PROFILER_COMPLETE={shell}_complete" in ran.stdout
    assert ran.returncode == 0


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_bash_takes_the_script_and_completes(tmp_path: Path) -> None:
    script = profiler("completion", "bash", home=tmp_path).stdout
    asked = f"""{script}
        PATH={Path(sys.executable).parent}:$PATH
        COMP_WORDS=(profiler exp) COMP_CWORD=1
        _profiler_completion profiler
        echo "${{COMPREPLY[*]}}"
    """
    ran = subprocess.run(
        ["bash", "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == ["export"]


def test_without_a_known_shell_it_says_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    ran = profiler("completion", home=tmp_path)
    assert ran.returncode == 2
    assert "bash|zsh|fish" in ran.stderr
