"""What calls are labelled with where the program says nothing: environment, process, project."""

from __future__ import annotations

import os
import sys

from profiler.log.fields import LABELS
from profiler.shim.callsite import MAX_STACK
from profiler.shim.context import MAX_TAGS, label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from profiler.shim.chosen import Chosen

_ROOT_MARKS = ("pyproject.toml", ".git")
_MAX_PARENTS = 64
_FRAMES = {"off": 0, "one": 1, "stack": MAX_STACK}


class Defaults:
    """The labels every call begins with, read once."""

    __slots__ = ("frames", "root", "tags", "texts")

    def __init__(self, chosen: Chosen) -> None:
        environment = os.environ
        self.root, project = _project()
        self.texts = {"session": os.urandom(8).hex(), "project": project}
        for name in LABELS:
            told = environment.get(f"PROFILER_{name.upper()}")
            if told:
                self.texts[name] = label(told)
        self.tags = _pairs(environment.get("PROFILER_TAGS", ""))
        self.frames = _FRAMES[chosen.site]
        """How many of the user's frames are told of each call."""


def _pairs(text: str) -> dict[str, str]:
    """`team=search,env=test` as a mapping; a part without `=` is left out."""
    parts = [part.partition("=") for part in text.split(",")[:MAX_TAGS]]
    return {label(name.strip()): label(value.strip()) for name, sign, value in parts if sign}


def _project() -> tuple[str, str]:
    """The project's folder, and its name: the nearest one upwards that holds a root mark."""
    start = _start()
    folder = start
    for _ in range(_MAX_PARENTS):
        if any(os.path.exists(os.path.join(folder, mark)) for mark in _ROOT_MARKS):
            return folder, label(os.path.basename(folder))
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return start, label(os.path.basename(start))


def _start() -> str:
    """The main script's folder, else the working one, else none."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    try:
        if isinstance(script, str) and os.path.isfile(script):
            folder = os.path.dirname(os.path.abspath(script))
            if "site-packages" not in folder and os.path.basename(folder) not in {"bin", "Scripts"}:
                return folder
        return os.getcwd()
    except OSError:
        # the working folder was deleted under the program
        return ""
