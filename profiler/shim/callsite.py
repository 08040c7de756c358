"""Where in the user's code a call was made."""

from __future__ import annotations

import functools
import os
import sys

from profiler.log.encode import fields_of
from profiler.log.fields import MAX_LABEL_CHARS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""Frames that are a line of the function around them."""
_MAX_FRAMES = 250
MAX_STACK = 32
_MAX_CACHED = 4096


class Place:
    """One function of the user's, or of nobody's interest, and its lines as they were told."""

    __slots__ = ("code", "path", "told")

    def __init__(self, code: CodeType, path: str) -> None:
        self.code = code
        """Held, so that no other code object can get its id."""
        self.path = path
        """As it is told; empty where it is not the user's."""
        self.told: dict[int, str] = {}
        """By instruction: a line's number is dearer to find than all the rest."""


class Sites:
    """Finds the user's frames; remembers what it learned of each code object.

    Paths are told relative to `root`, so that the same program reads the same on every machine.
    A coroutine's frames are those of its own task: who created the task is not on its stack.
    """

    __slots__ = ("_frames", "_places", "_root")

    def __init__(self, root: str, frames: int = MAX_STACK) -> None:
        self._root = root.rstrip(os.sep) + os.sep
        self._frames = frames
        """How many of the user's frames are told, counted from the innermost."""
        self._places: dict[int, Place] = {}

    def here(self) -> Mapping[str, str]:
        """The fields `site` and `stack` of a call made here; empty if no frame is the user's."""
        frames = self.frames()
        return _written(frames) if frames else {}

    def frames(self) -> tuple[str, ...]:
        """The user's frames, innermost first: `rag/answer.py:41 answer`, `app.py:9 main`.

        Those of libraries are folded away.
        """
        # traceback.extract_stack costs ten times as much
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001
        found: list[str] = []
        known, left = self._places, _MAX_FRAMES
        while frame is not None and left:
            left -= 1
            code = frame.f_code
            # a code object's own hash reads all of its constants
            place = known.get(id(code)) or self._learn(code)
            if place.path:
                at = frame.f_lasti
                found.append(place.told.get(at) or _tell(place, at, frame.f_lineno))
                if len(found) == self._frames:
                    break
            frame = frame.f_back
        return tuple(found)

    def _learn(self, code: CodeType) -> Place:
        if len(self._places) >= _MAX_CACHED:
            # a program that makes code objects without end must not keep them alive through us
            self._places.clear()
        path = "" if code.co_name in _COMPREHENSIONS else self._shown(code.co_filename)
        place = self._places[id(code)] = Place(code, path)
        return place

    def _shown(self, name: str) -> str:
        """`name` as it is told, or an empty text where it is not the user's."""
        if name.startswith("<frozen "):
            return ""
        if name.startswith("<"):
            return name
        path = os.path.abspath(name)
        if path.startswith((_OURS, _STDLIB)) or any(part in path for part in _PACKAGES):
            return ""
        return path.removeprefix(self._source_root(path))

    def _source_root(self, path: str) -> str:
        """What `path` is told relative to: the project's folder, else where it is imported from."""
        roots = [self._root]
        if not path.startswith(self._root):
            roots = [os.path.join(each, "") for each in sys.path if each]
        return max((root for root in roots if path.startswith(root)), key=len, default="")


@functools.lru_cache(maxsize=1024)
def _written(frames: tuple[str, ...]) -> Mapping[str, str]:
    told: dict[str, object] = {"site": frames[0]}
    if len(frames) > 1:
        told["stack"] = list(reversed(frames))
    return fields_of(told)


def _tell(place: Place, at: int, line: int) -> str:
    text = f"{place.path}:{line} {place.code.co_name}"[-MAX_LABEL_CHARS:]
    place.told[at] = text
    return text
