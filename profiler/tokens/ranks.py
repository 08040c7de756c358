"""The rank files of tiktoken's encodings: packed in this package, unpacked where asked."""

import hashlib
import lzma
import os
import secrets
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from profiler.errors import ProfilerError


class Encoding(StrEnum):
    """An encoding this package can count in without a network."""

    O200K = "o200k_base"
    CL100K = "cl100k_base"


_SHA256 = {
    Encoding.O200K: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    Encoding.CL100K: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
"""The hashes tiktoken itself insists on: it deletes a file that differs and would fetch another."""

_NAME = {
    Encoding.O200K: "fb374d419588a4632f3f557e76b4b70aebbca790",
    Encoding.CL100K: "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
}
"""What tiktoken looks for in its cache: the SHA-1 of the address it would fetch from."""


def unpacked(encoding: Encoding, cache_folder: Path) -> Path:
    """The rank file as tiktoken expects it in `cache_folder`, whole and verified.

    Written aside and moved into place, so that programs starting at once agree.

    Raises:
        ProfilerError: the folder cannot be written, or the package itself is damaged.

    """
    target = cache_folder / _NAME[encoding]
    try:
        if _is_whole(encoding, target):
            return target
        _make_private(cache_folder)
        aside = cache_folder / f".{target.name}.{secrets.token_hex(8)}"
        try:
            with os.fdopen(
                os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as out:
                out.write(_whole(encoding, _packaged(encoding)))
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise ProfilerError(
            f"the token ranks cannot be unpacked into {cache_folder} ({error.strerror}); "
            "make it writable or set PROFILER_HOME to a folder that is"
        ) from error
    return target


def _make_private(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        # mkdir(parents=True) would leave those between open to everybody.
        parent.mkdir(mode=0o700, exist_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _is_whole(encoding: Encoding, path: Path) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == _SHA256[encoding]
    except FileNotFoundError:
        return False


def _packaged(encoding: Encoding) -> bytes:
    return files("profiler.tokens").joinpath("data", f"{encoding}.tiktoken.xz").read_bytes()


def _whole(encoding: Encoding, packed: bytes) -> bytes:
    try:
        ranks = lzma.decompress(packed)
    except lzma.LZMAError:
        ranks = b""
    if hashlib.sha256(ranks).hexdigest() != _SHA256[encoding]:
        raise ProfilerError(f"the packaged ranks of {encoding} are damaged; reinstall the package")
    return ranks
