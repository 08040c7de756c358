import os
import stat
from pathlib import Path

import pytest

from profiler.errors import UsageError
from profiler.tui.actions.editing import editor_command

FRAME = "rag/answer.py:41 answer"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rag").mkdir()
    (tmp_path / "rag" / "answer.py").touch()
    for name in ("vim", "code", "hx"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(stat.S_IRWXU)
    return tmp_path


def opened(project: Path, frame: str = FRAME, **environment: str) -> list[str]:
    command = editor_command(frame, project, {"PATH": str(project), **environment})
    return [word.replace(f"{project}{os.sep}", "") for word in command]


def test_the_editor_is_opened_at_the_line(project: Path) -> None:
    assert opened(project, EDITOR="vim") == ["vim", "+41", "rag/answer.py"]
    assert opened(project, EDITOR="hx") == ["hx", "rag/answer.py:41"]
    assert opened(project, EDITOR="vim", VISUAL="code --wait") == [
        "code",
        "--wait",
        "--goto",
        "rag/answer.py:41",
    ]


def test_a_path_is_sought_from_the_folder_upwards(project: Path) -> None:
    inner = project / "rag" / "deep"
    inner.mkdir()
    environment = {"PATH": str(project), "EDITOR": "vim"}
    assert editor_command(FRAME, inner, environment)[-1] == str(project / "rag" / "answer.py")
    (inner / "rag").mkdir()
    (inner / "rag" / "answer.py").touch()
    assert editor_command(FRAME, inner, environment)[-1] == str(inner / "rag" / "answer.py")


@pytest.mark.parametrize(
    ("frame", "editor", "words"),
    [
        ("rag/gone.py:3 gone", "vim", "rag/gone.py is not there"),
        ("claude-sonnet-4-5", "vim", "no line of code"),
        ("", "vim", "no line of code"),
        ("rag:3 folder", "vim", "is not there"),
        ("$(touch owned):3 x", "vim", "is not there"),
        (FRAME, "", "set $EDITOR"),
        (FRAME, "emacs", "emacs, which is not installed"),
        (FRAME, "vim 'x", "quotes in $EDITOR do not close"),
    ],
)
def test_what_cannot_be_opened_is_told(project: Path, frame: str, editor: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        opened(project, frame, EDITOR=editor)
    assert words in str(raised.value)


def test_a_path_that_looks_like_an_option_is_a_path(project: Path) -> None:
    (project / "-c:!sh").touch()
    assert opened(project, "-c:!sh:7 f", EDITOR="vim") == ["vim", "+7", "-c:!sh"]
    command = editor_command("-c:!sh:7 f", project, {"PATH": str(project), "EDITOR": "vim"})
    assert command[-1].startswith(os.sep)
