"""The random key of one install: its fingerprints say nothing to whoever has not got it."""

from __future__ import annotations

import os
import stat

from profiler.shim.guard import quiet

KEY_BYTES = 32

_READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_CREATE = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@quiet
def key_in(home: str) -> bytes | None:
    """The key kept in `home`, made if there is none; `None` where none can be kept.

    Of several processes that make one at once, one wins and all of them use its key.
    """
    path = os.path.join(home, "key")
    try:
        if not os.path.lexists(path):
            _make(home, path)
        return _read(path)
    except OSError:
        return None


def _read(path: str) -> bytes | None:
    descriptor = os.open(path, _READ)
    try:
        status = os.fstat(descriptor)
        is_ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if not is_ours or not stat.S_ISREG(status.st_mode) or status.st_size != KEY_BYTES:
            return None
        return os.read(descriptor, KEY_BYTES)
    finally:
        os.close(descriptor)


def _make(home: str, path: str) -> None:
    """Writes a key beside `path` and gives it that name, unless another has it by then.

    Whoever opens `path` must never find a key half written, so the name comes last.
    """
    if not os.path.isdir(home):
        os.makedirs(os.path.dirname(home), exist_ok=True)
        _make_folder(home)
    draft = f"{path}.{os.urandom(8).hex()}"
    descriptor = os.open(draft, _CREATE, 0o600)
    try:
        try:
            os.write(descriptor, os.urandom(KEY_BYTES))
        finally:
            os.close(descriptor)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        os.unlink(draft)


def _make_folder(home: str) -> None:
    try:
        os.mkdir(home, 0o700)
    except FileExistsError:
        # another process made it in between
        return
