"""On which line of a TOML text a key stands, for messages; the parser does not tell."""

import re
from collections import Counter
from collections.abc import Iterator

from profiler.options.shapes import KeyPath

_PART = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(?P<opening>\[\[?)\s*(?P<name>{_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*(?P<name>{_DOTTED})\s*=\s*(?P<rest>.*)")
_INLINE = re.compile(rf"(?:[{{,]\s*)(?P<name>{_PART})\s*=")


def line_of(text: str, path: KeyPath) -> int:
    """The line, counted from 1, of the value at `path`, else of what it stands in."""
    best, best_depth = 1, 0
    for number, found in _places(text):
        depth = _shared(found, path)
        if depth == len(found) and depth > best_depth:
            best, best_depth = number, depth
    return best


def _places(text: str) -> Iterator[tuple[int, KeyPath]]:
    """The lines where tables and keys begin, and what begins there."""
    table: KeyPath = ()
    counted: Counter[KeyPath] = Counter()
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _within(_names(header["name"]), counted)
            if header["opening"] == "[[":
                counted[table] += 1
                table = (*table, counted[table] - 1)
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            name = (*table, *_names(assignment["name"]))
            yield number, name
            for inner in _INLINE.finditer(assignment["rest"]):
                yield number, (*name, *_names(inner["name"]))
            closing = _left_open(assignment["rest"])


def _within(names: KeyPath, counted: Counter[KeyPath]) -> KeyPath:
    """`names` with the number of the table that was begun last, in each array on the way."""
    path: KeyPath = ()
    for name in names[:-1]:
        path = (*path, name)
        if counted[path]:
            path = (*path, counted[path] - 1)
    return (*path, names[-1])


def _names(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _left_open(rest: str) -> str:
    """The quotes that end the text of many lines which begins here; empty where none does."""
    for quotes in ('"""', "'''"):
        if rest.startswith(quotes) and quotes not in rest[3:]:
            return quotes
    return ""


def _shared(one: KeyPath, other: KeyPath) -> int:
    """How many names both begin with."""
    depth = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        depth += 1
    return depth
