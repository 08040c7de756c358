"""What `profiler.toml` says of what is recorded; a variable of the environment wins over it."""

from __future__ import annotations

import os

from profiler.log import paths
from profiler.options import places
from profiler.options.choices import SITES_IN_NUMBERS
from profiler.shim.guard import quiet
from profiler.shim.writer import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Chosen:
    """What is recorded beside the numbers of a call. The files are looked for once, when made.

    The environment is read at the first call: a program may still set it after `instrument()`.
    """

    __slots__ = ("_said",)

    def __init__(self) -> None:
        home, start = paths.home(), places.here()
        files = places.in_force(home, start)
        self._said = (_said_in(files, home) if files else None) or {}

    @property
    def text(self) -> bool:
        """Whether what is asked and answered is kept."""
        told = os.environ.get("PROFILER_CAPTURE_TEXT")
        return told != "0" if told else self._said.get("text") is True

    @property
    def fingerprint(self) -> bool:
        """Whether hashes of prompts are kept."""
        told = os.environ.get("PROFILER_FINGERPRINT")
        return told != "0" if told else self._said.get("fingerprint") is not False

    @property
    def site(self) -> str:
        """How much is told of where a call is made: `off`, `one` or `stack`."""
        told = os.environ.get("PROFILER_SITE")
        chosen = SITES_IN_NUMBERS.get(told, told) if told else self._said.get("site")
        return str(chosen) if chosen in {"off", "one"} else "stack"


@quiet
def _said_in(files: list[str], home: str) -> Mapping[str, object]:
    """What files say of `[capture]`; nothing where one makes no sense, which stderr is told."""
    # only a program with a file pays for reading TOML
    from profiler.errors import UsageError
    from profiler.options.read import capture_said

    try:
        return capture_said(files, home)
    except UsageError as error:
        warn(f"{error}; what it says is not in force")
        return {}
