"""Where budgets come from: commands, the user's file and the project's."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from profiler.domain.budgets import Budget
from profiler.ledger.definitions import COMMAND
from profiler.ledger.words import BadWord, budget_of
from profiler.log import paths
from profiler.options import places

if TYPE_CHECKING:
    from profiler.options.file import File

_KEY = "budget"
_TIMEOUT_S = 0.2


def has_past(home: str) -> bool:
    """Whether any call may have been made before, whoever knows of it: the log or the database."""
    log = Path(paths.log_folder(home))
    if any(log.glob(f"*{paths.SUFFIX}")):
        return True
    database = Path(paths.database(home))
    return database.exists() and _has_calls(database)


def _has_calls(database: Path) -> bool:
    try:
        uri = f"{database.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=_TIMEOUT_S)) as connection:
            (has_any,) = connection.execute("SELECT EXISTS (SELECT 1 FROM rollups)").fetchone()
    except sqlite3.Error:
        # nobody can say that there are none
        return True
    return bool(has_any)


def sources_in_force(home: str, start: str) -> tuple[str, ...]:
    """The sources that hold for a program in the folder `start`, whether or not they are there."""
    project = places.of_project(start) if start else ""
    files = {places.of_user(home): None, project: None}
    return (COMMAND, *(path for path in files if path))


def budgets_of(file: "File", zone: str) -> list[Budget]:
    """The budgets that a file defines.

    Raises:
        UsageError: one makes no sense: which line, what is wrong and what would be right.

    """
    # a program whose budgets were set by command need not wait for what reads files
    from profiler.options.budget_keys import BUDGET  # noqa: PLC0415
    from profiler.options.shapes import Listed  # noqa: PLC0415

    tables = file.value((_KEY,))
    if tables is None:
        return []
    for misfit in Listed(BUDGET).misfits(tables, (_KEY,)):
        raise file.wrong(misfit.path, misfit.says)
    budgets: dict[str, Budget] = {}
    for place, words in enumerate(tables if isinstance(tables, list) else ()):
        budget = _budget(file, place, words, str(file.value(("zone",)) or zone))
        if budget.name in budgets:
            raise file.wrong((_KEY, place, "name"), "is given twice; give each its own name")
        budgets[budget.name] = budget
    return list(budgets.values())


def _budget(file: "File", place: int, words: object, zone: str) -> Budget:
    try:
        return budget_of(words if isinstance(words, Mapping) else {}, zone)
    except BadWord as wrong:
        raise file.wrong((_KEY, place, wrong.key), f"makes no sense: {wrong.says}") from None
