"""The file an export goes to: complete under its name, or not there at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from profiler.errors import ExportError

_NEXT_STEPS = {
    errno.ENOSPC: "the disk is full; free some space or choose another place",
    errno.EDQUOT: "your disk quota is used up; free some space or choose another place",
    errno.ENOENT: "its folder does not exist; make it first",
    errno.ENOTDIR: "a part of its path is a file, not a folder; choose another place",
    errno.EACCES: "you may not write there; choose another folder",
    errno.EPERM: "you may not write there; choose another folder",
    errno.EROFS: "that place is read-only; choose another folder",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
    errno.EFBIG: "it grew beyond the largest file allowed there; narrow the filter",
}


@contextmanager
def output_file(path: Path, *, may_replace: bool) -> Iterator[BinaryIO]:
    """A private file to write to; it appears as `path` when the block ends without an error.

    Raises:
        ExportError: `path` is taken, is a link, or cannot be written; nothing is left behind.

    """
    _refuse_taken(path, may_replace=may_replace)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _refuse_taken(path, may_replace=may_replace)
            part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink()
    except OSError as error:
        raise ExportError(f"cannot write {path}: {_reason(error, path)}") from error


def _refuse_taken(path: Path, *, may_replace: bool) -> None:
    try:
        if path.is_symlink():
            raise ExportError(f"{path} is a link; name the file itself, or - for standard output")
        if path.is_dir():
            raise ExportError(f"{path} is a folder; name a file in it")
        if path.exists() and not path.is_file():
            raise ExportError(f"{path} is not a plain file; write - for standard output")
        if path.exists() and not may_replace:
            raise ExportError(f"{path} exists already; add --force to replace it")
    except OSError as error:
        raise ExportError(f"cannot write {path}: {_reason(error, path)}") from error


def _reason(error: OSError, path: Path) -> str:
    if error.errno == errno.ENOENT and path.parent.is_dir():
        return "that folder takes no files; choose another one"
    return _NEXT_STEPS.get(error.errno or 0, error.strerror or str(error))
