"""What can be wrong with the ledger's file, told with where it is and what to do."""

import errno
import sqlite3
from pathlib import Path

from profiler.errors import LedgerDamaged, LedgerError

KINDS = (sqlite3.Error, OSError, UnicodeDecodeError)
"""What reading and writing it raises; the last where SQLite quotes what it could not read."""

_MEND = "`profiler rebuild --ledger` sets it aside and makes it anew"
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_OURS = "make it and its folder yours to read and write, or set PROFILER_HOME to another folder"
_ROOM = "make room on its disk"


def busy(path: Path, waited_s: float) -> LedgerError:
    """Others kept it for too long."""
    return LedgerError(
        f"{path} is being written by another program for more than {waited_s:g} s; try again"
    )


def forked(path: Path) -> LedgerError:
    """SQLite believes for ever that a thread writes it, which stayed behind in the parent."""
    return LedgerError(
        f"{path} was in use when this process was forked, and cannot be used in it; fork while "
        "no call is being made, or start the process anew"
    )


def damaged(path: Path, why: object) -> LedgerDamaged:
    """What is in it is not what was written."""
    return LedgerDamaged(f"{path} is damaged: {why}; {_MEND}")


def is_damage(error: BaseException) -> bool:
    """Whether the file holds something else than was written."""
    return isinstance(error, LedgerDamaged | UnicodeDecodeError) or _code(error) in _DAMAGE


def explained(path: Path, error: Exception) -> LedgerError:
    """What went wrong, where, and what to do."""
    if path.is_dir():
        return LedgerDamaged(f"{path} is a folder, where the ledger of budgets should be; {_MEND}")
    if isinstance(error, OSError):
        remedy = _ROOM if error.errno in _FULL else _OURS
        return LedgerError(f"{path} cannot be opened: {error.strerror}; {remedy}")
    code = _code(error)
    if is_damage(error):
        return damaged(path, error)
    if code in _BUSY:
        return LedgerError(f"{path} is being written by another program; try again")
    if code == sqlite3.SQLITE_FULL:
        return LedgerError(f"{path} cannot be written: the disk is full; {_ROOM}")
    if code in _CLOSED:
        return LedgerError(f"{path} cannot be opened: {error}; {_OURS}")
    return LedgerError(f"{path} cannot be used: {error}; `profiler doctor` tells more")


def _code(error: BaseException) -> int:
    """SQLite's primary code."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
