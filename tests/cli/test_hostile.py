"""Labels are other people's text: whatever they hold, no command lets them act."""

from pathlib import Path

import pytest

from tests.support.cli import profiler
from tests.support.events import a_segment, an_event

HOSTILE = "\x1b]52;c;aGk=\x07\x1b[2J\x9b6n\u202e[/][@click=app.quit]=cmd|' /C calc'!A0\r\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    labels = dict.fromkeys(("model", "answered", "feature", "user", "session", "site"), HOSTILE)
    a_segment(folder / "log", [an_event(**labels, tags={HOSTILE: HOSTILE})])
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "--by", "feature"),
        ("report", "--by", "site", "--format", "md"),
        ("report", "--by", "user", "--format", "html"),
        ("report", "--by", "session", "--format", "json"),
        ("calls",),
        ("calls", "--json"),
        ("export", "calls", "--format", "csv", "-o", "-"),
        ("export", "calls", "--format", "jsonl", "-o", "-"),
    ],
    ids=" ".join,
)
def test_nothing_printed_steers_a_terminal(home: Path, arguments: tuple[str, ...]) -> None:
    ran = profiler(*arguments, home=home)
    assert ran.returncode == 0, ran.stderr
    steering = {c for c in ran.stdout if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c == "\u202e"}
    assert steering <= {"\n", "\r"}


def test_an_opened_call_steers_nothing_either(home: Path) -> None:
    listed = profiler("calls", home=home).stdout.splitlines()[4].split()[-1]
    ran = profiler("calls", "show", listed, home=home)
    assert ran.returncode == 0, ran.stderr
    assert not {c for c in ran.stdout if ord(c) < 32} - {"\n"}
