"""The editor in a real terminal: the app steps aside, and comes back."""

import os
import stat
from pathlib import Path

import pytest

from tests.support.events import a_segment, an_event
from tests.support.terminal import Terminal

HAS_TERMINAL = "EDITOR-HAS-THE-TERMINAL"
EDITOR = f"""#!/bin/sh
printf '\\033[2J\\033[H'
echo {HAS_TERMINAL}
printf '%s\\n' "$@" > {{told}}
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the editor was told to open."""
    told, editor = tmp_path / "told", tmp_path / "editor"
    editor.write_text(EDITOR.format(told=told))
    editor.chmod(stat.S_IRWXU)
    monkeypatch.setitem(os.environ, "VISUAL", str(editor))
    return told


def test_o_opens_the_editor_at_the_line_and_the_app_comes_back(
    tmp_path: Path, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").touch()
    a_segment(tmp_path / "home" / "log", [an_event(site="app.py:7 main")])
    monkeypatch.chdir(tmp_path)
    with Terminal("tui", "--since", "2000-01-01", home=tmp_path / "home") as terminal:
        terminal.wait_for("live")
        terminal.type("5")
        terminal.wait_for("By call stack")
        terminal.type("\x1b[B")
        terminal.wait_for("app.py:7 main ·")
        terminal.type("o")
        terminal.wait_for("By call stack", after=HAS_TERMINAL)
        terminal.type("q")
        assert terminal.wait() == 0
    assert told.read_text("utf-8").split() == ["+7", str(tmp_path / "app.py")]


def test_a_budget_that_a_file_defines_is_changed_in_the_editor_at_its_line(
    tmp_path: Path, told: Path
) -> None:
    home = tmp_path / "home"
    a_segment(home / "log", [an_event()])
    file = home / "profiler.toml"
    file.write_text('\n[[budget]]\nname = "team"\nlimit = "5"\nperiod = "monthly"\n')
    with Terminal("tui", "--since", "2000-01-01", home=home) as terminal:
        terminal.wait_for("live")
        terminal.type("7")
        terminal.wait_for("profiler.toml, line 2")
        terminal.type("\r")
        terminal.wait_for("profiler.toml, line 2", after=HAS_TERMINAL)
        terminal.type("d")
        terminal.wait_for("team is defined in")
        terminal.type("q")
        assert terminal.wait() == 0
    assert told.read_text("utf-8").split() == ["+2", str(file)]
