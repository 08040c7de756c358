import re
from pathlib import Path

import pytest

from tests.support.cli import a_sample_home, profiler, profiler_json, started


def test_without_a_terminal_the_demo_prints_its_report(tmp_path: Path) -> None:
    ran = started("demo", home=tmp_path / "unused")
    assert ran.returncode == 0, ran.stderr
    assert "Spend by model" in ran.stdout
    assert "claude-opus-4-5" in ran.stdout
    assert "acme-intent-7b" in ran.stdout


def test_the_demo_shows_a_budget_of_each_colour(tmp_path: Path) -> None:
    budgets = profiler("demo", "--report", home=tmp_path).stdout.partition("Budgets")[2]
    assert re.findall(r" (ok|watch|high|over) ", budgets) == ["high", "watch", "ok"]


def test_the_demo_leaves_the_users_home_and_the_temporary_folder_alone(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    started("demo", "--report", home=tmp_path / "mine", TMPDIR=str(temporary))
    assert not (tmp_path / "mine").exists()
    assert not list(temporary.iterdir())


def test_a_named_home_keeps_the_demo(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    assert profiler("--home", str(home), "demo", "--report", home=tmp_path).returncode == 0
    recent = profiler_json("report", "--since", "1h", "--format", "json", home=home)
    assert recent["totals"]["calls"] > 0
    assert profiler_json("report", "--format", "json", home=home)["totals"]["calls"] == 1500


def test_made_up_calls_are_never_mixed_with_real_ones(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    ran = profiler("--home", str(home), "demo", "--report", home=home)
    assert ran.returncode == 2
    assert "holds calls already" in ran.stderr


def test_a_projects_budgets_are_not_about_made_up_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = '[[budget]]\nname = "of-the-project"\nlimit = 1\nperiod = "daily"\n'
    (tmp_path / "profiler.toml").write_text(budget)
    monkeypatch.chdir(tmp_path)
    assert "of-the-project" not in profiler("demo", "--report", home=tmp_path / "mine").stdout


def test_the_readmes_filter_finds_made_up_calls(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (words,) = re.findall(r"\*\*Which calls\?\*\* `2`, then `/` and `([^`]+)`", readme)
    profiler("--home", str(tmp_path / "demo"), "demo", "--report", home=tmp_path)
    found = profiler("calls", "--since", "7d", *words.split(), home=tmp_path / "demo").stdout
    assert "measured" in found
