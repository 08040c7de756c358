"""Names of files that are made once and never replaced: they say when."""

import os
import time
from pathlib import Path

from profiler.errors import StoreError


def dated(folder: Path, name: str, suffix: str, now_s: float) -> Path:
    """A path in `folder` that nothing is at: `<name>-20261122T115500<suffix>`."""
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now_s))
    path = folder / f"{name}-{stamp}{suffix}"
    number = 2
    while os.path.lexists(path):
        path = folder / f"{name}-{stamp}-{number}{suffix}"
        number += 1
    return path


def private_folder(folder: Path) -> Path:
    """`folder`, made for its owner alone where it is not there.

    Raises:
        StoreError: it cannot be made.

    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder {folder} cannot be made: {error.strerror}; name another place"
        ) from error
    return folder


def ledger_beside(backup: Path) -> Path:
    """Where the ledger of budgets is that belongs to a backup of the database."""
    return backup.with_name(f"{backup.stem}-ledger{backup.suffix}")
