"""The rank files travel with the package."""

import hashlib
import lzma
from importlib.resources import files

import pytest


@pytest.mark.parametrize(
    ("encoding", "sha256"),
    [
        ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
        ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    ],
)
def test_packaged_ranks_are_tiktokens_own(encoding: str, sha256: str) -> None:
    packed = files("profiler.tokens").joinpath("data", f"{encoding}.tiktoken.xz").read_bytes()
    assert hashlib.sha256(lzma.decompress(packed)).hexdigest() == sha256
