"""A frame's text taken apart: file, line, function."""

import re
from dataclasses import dataclass

_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d+) (?P<function>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame is; a label has a function's name alone."""

    function: str
    file: str = ""
    line: int = 0


def place_of(frame: str) -> Place:
    """`rag/answer.py:41 answer` taken apart; any other text is a name."""
    match = _PLACE.fullmatch(frame)
    if match is None:
        return Place(frame)
    return Place(match["function"], match["file"], int(match["line"]))
