"""A spare copy of which budgets there are, beside the ledger: for when the ledger cannot be read.

It says which budgets may refuse calls while nobody knows what they have spent, and a ledger that
is made anew begins with them. It is never read while the ledger is sound.
"""

import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from profiler.domain.budgets import Budget
from profiler.errors import UsageError
from profiler.ledger.words import kept_budget_of

SUFFIX = ".budgets"


class Spare(NamedTuple):
    """One budget as it was last set."""

    source: str
    budget: Budget


def path_of(ledger: Path) -> Path:
    """Where the spare copy of a ledger's budgets is."""
    return ledger.with_name(ledger.name + SUFFIX)


def keep(connection: sqlite3.Connection, ledger: Path) -> None:
    """Bring the copy up to date; within a write transaction, so that it is the latest that stays.

    Where it cannot be written, the next program that begins to write tries again.
    """
    rows = connection.execute(
        "SELECT source, words FROM budgets WHERE removed_at_us IS NULL ORDER BY source, name"
    )
    found = [{"source": source, "words": json.loads(words)} for source, words in rows]
    text = json.dumps({"budgets": found}, indent=1) + "\n"
    path = path_of(ledger)
    with suppress(OSError):
        if not found:
            path.unlink(missing_ok=True)
        elif _text_in(path) != text:
            part = path.with_name(f"{path.name}.part")
            part.unlink(missing_ok=True)
            with open(os.open(part, _NEW, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123  # no Path has a mode
                file.write(text)
            part.replace(path)


def read(ledger: Path) -> list[Spare]:
    """The budgets there were; what of the copy makes no sense is left out."""
    found = []
    with suppress(ValueError, TypeError, KeyError):
        for one in json.loads(_text_in(path_of(ledger)))["budgets"]:
            with suppress(UsageError):
                found.append(Spare(str(one["source"]), kept_budget_of(one["words"])))
    return found


_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def _text_in(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
