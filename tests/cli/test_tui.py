import signal
from pathlib import Path

import pytest

from tests.support.cli import profiler
from tests.support.terminal import Terminal

SOON_S = 5.0
"""A second or so, on a machine that is busy with other tests."""


def test_without_a_terminal_the_tui_says_what_to_use(tmp_path: Path) -> None:
    ran = profiler("tui", home=tmp_path / "new")
    assert ran.returncode == 2
    assert "profiler report" in ran.stderr
    assert not (tmp_path / "new").exists()


def test_a_moment_that_is_none_is_named(tmp_path: Path) -> None:
    ran = profiler("tui", "--since", "yesteryear", home=tmp_path)
    assert ran.returncode == 2
    assert "yesteryear" in ran.stderr


def test_in_a_terminal_the_tui_opens_and_q_leaves_it(sample: Path) -> None:
    with Terminal("tui", "--since", "2026-11-01", home=sample) as terminal:
        terminal.wait_for("claude-opus")
        terminal.type("q")
        assert terminal.wait() == 0


def test_when_the_terminal_vanishes_without_a_signal_the_tui_ends(sample: Path) -> None:
    with Terminal("tui", "--since", "2026-11-01", home=sample) as terminal:
        terminal.wait_for("claude-opus")
        terminal.vanish()
        assert terminal.survived_s() < SOON_S


def is_restored(shown: str) -> bool:
    """Whether the terminal was left as it was found: its own screen, no mouse, a cursor."""
    pairs = [("?1049h", "?1049l"), ("?1000h", "?1000l"), ("?1003h", "?1003l"), ("?25l", "?25h")]
    return all(shown.rfind(on) <= shown.rfind(off) for on, off in pairs)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP])
def test_a_signal_that_ends_the_tui_leaves_the_terminal_as_it_was(
    sample: Path, number: int
) -> None:
    with Terminal("tui", "--since", "2026-11-01", home=sample) as terminal:
        terminal.wait_for("?1000h")
        terminal.wait_for("claude-opus")
        terminal.signal(number)
        assert terminal.wait() == 128 + number
        assert is_restored(terminal.shown)


def test_a_signal_before_the_app_stands_leaves_the_terminal_as_it_was(sample: Path) -> None:
    with Terminal("tui", "--since", "2026-11-01", home=sample) as terminal:
        terminal.wait_for("opening")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
        assert "?1049h" in terminal.shown
        assert is_restored(terminal.shown)


def test_a_signal_leaves_no_made_up_calls_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with Terminal("demo", home=tmp_path / "mine", TMPDIR=str(temporary)) as terminal:
        terminal.wait_for("claude-")
        assert list(temporary.iterdir())
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
        assert is_restored(terminal.shown)
    assert not list(temporary.iterdir())


def test_in_a_terminal_the_demo_opens_the_tui_and_says_it_is_made_up(tmp_path: Path) -> None:
    with Terminal("demo", home=tmp_path) as terminal:
        terminal.wait_for("demo")
        terminal.wait_for("claude-")
        terminal.type("q")
        assert terminal.wait() == 0


def test_in_a_terminal_a_report_has_colour_and_fits(sample: Path) -> None:
    with Terminal("report", home=sample) as terminal:
        assert terminal.wait() == 0
    assert "\x1b[1mSpend by model\x1b[0m" in terminal.shown
    assert "claude-opus" in terminal.shown
