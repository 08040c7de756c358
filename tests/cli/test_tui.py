from pathlib import Path

from tests.support.cli import started


def test_without_a_terminal_the_tui_says_what_to_use(tmp_path: Path) -> None:
    ran = started("tui", home=tmp_path / "new")
    assert ran.returncode == 2
    assert "profiler report" in ran.stderr
    assert not (tmp_path / "new").exists()


def test_a_moment_that_is_none_is_named(tmp_path: Path) -> None:
    ran = started("tui", "--since", "yesteryear", home=tmp_path)
    assert ran.returncode == 2
    assert "yesteryear" in ran.stderr
