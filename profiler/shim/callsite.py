"""Where in the user's code a call was made."""

from __future__ import annotations

import os
import sys

from profiler.log.fields import MAX_LABEL_CHARS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""Frames that are a line of the function around them."""
_MAX_FRAMES = 250
_MAX_CACHED = 4096


class Sites:
    """Finds the user's frame; remembers what it learned of each code object.

    Paths are told relative to `root`, so that the same program reads the same on every machine.
    """

    __slots__ = ("_known", "_root")

    def __init__(self, root: str) -> None:
        self._root = root.rstrip(os.sep) + os.sep
        self._known: dict[CodeType, str] = {}

    def here(self) -> str:
        """The innermost frame of user code: `rag/answer.py:41 answer`; empty if there is none."""
        frame = sys._getframe(1)  # noqa: SLF001  # traceback.extract_stack costs ten times as much
        for _ in range(_MAX_FRAMES):
            code = frame.f_code
            path = self._known.get(code)
            if path is None:
                path = self._learn(code)
            if path:
                return f"{path}:{frame.f_lineno} {code.co_name}"[-MAX_LABEL_CHARS:]
            if frame.f_back is None:
                break
            frame = frame.f_back
        return ""

    def _learn(self, code: CodeType) -> str:
        if len(self._known) >= _MAX_CACHED:
            # a program that makes code objects without end must not keep them alive through us
            self._known.clear()
        path = "" if code.co_name in _COMPREHENSIONS else self._shown(code.co_filename)
        self._known[code] = path
        return path

    def _shown(self, name: str) -> str:
        """`name` as it is told, or an empty text where it is not the user's."""
        if name.startswith("<frozen "):
            return ""
        if name.startswith("<"):
            return name
        path = os.path.abspath(name)
        if path.startswith((_OURS, _STDLIB)) or any(part in path for part in _PACKAGES):
            return ""
        return path.removeprefix(self._root)
