"""The user's editor, opened at a line."""

import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from profiler.errors import UsageError
from profiler.report.flame.places import place_of

_NAMED = ("VISUAL", "EDITOR")
_LINE_WITH_COLON = frozenset({"code", "codium", "cursor", "subl", "zed", "hx", "helix", "micro"})
"""Editors that want the line behind the file's name; the others take `+line` before it."""
_GOTO = frozenset({"code", "codium", "cursor"})


def editor_command(frame: str, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """What to run to look at a frame `rag/answer.py:41 answer` of a program of this `folder`.

    Programs tell paths relative to their project's folder, which may be any above this one.

    A label names no file; a recorded path is text of another program's, so nothing but a file
    that is there is ever handed on, by its whole path, and only to the user's own editor.

    Raises:
        UsageError: there is no such file, or no editor; the message says what to do.

    """
    place = place_of(frame)
    if not place.file:
        raise UsageError("this is no line of code; go to a frame with a file")
    tries = ((above / place.file).resolve() for above in (folder, *folder.parents))
    file = next((file for file in tries if file.is_file()), None)
    if file is None:
        raise UsageError(
            f"{place.file} is not there, in {folder} or above; "
            "start `profiler tui` in your program's folder"
        )
    return at_line(file, place.line, environment)


def at_line(file: Path, line: int, environment: Mapping[str, str]) -> list[str]:
    """What to run to look at that line.

    Raises:
        UsageError: there is no editor; the message says what to do.

    """
    words = _editor(environment)
    name = Path(words[0]).name.removesuffix(".exe")
    if name in _LINE_WITH_COLON:
        goto = ["--goto"] if name in _GOTO else []
        return [*words, *goto, f"{file}:{line}"]
    return [*words, f"+{line}", str(file)]


def _editor(environment: Mapping[str, str]) -> list[str]:
    for name in _NAMED:
        text = environment.get(name, "")
        try:
            words = shlex.split(text)
        except ValueError:
            raise UsageError(f"the quotes in ${name} do not close") from None
        if not words:
            continue
        found = shutil.which(words[0], path=environment.get("PATH"))
        if found is None:
            raise UsageError(f"${name} names {words[0]}, which is not installed")
        return [found, *words[1:]]
    raise UsageError("set $EDITOR to the editor you like: it is opened at the line")
