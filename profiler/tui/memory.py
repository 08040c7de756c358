"""What the app remembers between two runs: range, filter, theme, columns.

A convenience, so it never stands in the way: what cannot be read is forgotten, what cannot be
written is remembered until the app ends.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

NAME = "tui.json"

Remembered: TypeAlias = str | list[str]


class Memory:
    """Names and what was chosen for them, kept in one small file."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._held = _read(path) if path else {}

    def text(self, name: str, default: str = "") -> str:
        """What was chosen, or `default`."""
        found = self._held.get(name)
        return found if isinstance(found, str) else default

    def texts(self, name: str) -> list[str]:
        """The list that was chosen; empty where none was."""
        found = self._held.get(name)
        return list(found) if isinstance(found, list) else []

    def keep(self, name: str, chosen: Remembered) -> None:
        """Remember it from now on."""
        if self._held.get(name) != chosen:
            self._held[name] = chosen
            if self._path:
                _write(self._path, self._held)


def _read(path: Path) -> dict[str, Remembered]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if _is_remembered(value)}


def _is_remembered(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def _write(path: Path, held: dict[str, Remembered]) -> None:
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(held, ensure_ascii=True, indent=1), "utf-8")
        beside.replace(path)
