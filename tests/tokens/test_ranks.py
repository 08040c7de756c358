"""Rank files are unpacked whole, once, or not at all."""

import lzma
from pathlib import Path

import pytest

from profiler.errors import ProfilerError
from profiler.tokens.ranks import Encoding, _whole, unpacked


def test_a_whole_file_is_left_alone(tmp_path: Path) -> None:
    first = unpacked(Encoding.CL100K, tmp_path)
    written = first.stat().st_mtime_ns
    assert unpacked(Encoding.CL100K, tmp_path) == first
    assert first.stat().st_mtime_ns == written
    assert list(tmp_path.iterdir()) == [first]


def test_a_torn_file_is_replaced(tmp_path: Path) -> None:
    path = unpacked(Encoding.CL100K, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:1_000])
    assert unpacked(Encoding.CL100K, tmp_path).read_bytes() == whole


@pytest.mark.parametrize("packed", [b"", b"not xz", lzma.compress(b"other ranks")])
def test_a_damaged_package_says_so(packed: bytes) -> None:
    with pytest.raises(ProfilerError, match="reinstall"):
        _whole(Encoding.O200K, packed)
