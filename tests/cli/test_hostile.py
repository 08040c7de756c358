"""Labels are other people's text: whatever they hold, no command lets them act."""

import re
from pathlib import Path

import pytest

from tests.support.cli import profiler
from tests.support.events import a_segment, an_event
from tests.support.terminal import Terminal

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


OURS = re.compile(r"\x1b\[[\d;]*m|\x1b\[\?25[lh]|\x1b\[\d*[AKJH]")
"""Colours, the cursor hidden and shown, and moves to lines that are drawn anew."""


@pytest.mark.parametrize(
    "words",
    [
        "report --by feature",
        "report --by model --by user",
        "calls",
        "top --once --by feature",
        "top --once --by model",
        "statusline",
        "statusline --color ansi",
        "budget status",
        "alerts",
        "doctor",
    ],
)
def test_in_a_terminal_only_our_own_escapes_are_written(home: Path, words: str) -> None:
    profiler(
        "budget", "set", "[/]\u202e#(x)", "--limit", "0.000001", "--period", "total", home=home
    )
    profiler("ingest", home=home)
    with Terminal(*words.split(), home=home, size=(160, 40)) as terminal:
        terminal.wait()
    shown = OURS.sub("", terminal.shown)
    steering = {c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c == "\u202e"}
    assert steering <= {"\n", "\r"}
    assert shown.strip()
