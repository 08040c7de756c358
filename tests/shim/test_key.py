"""One random key per install: private, made once, whoever is first."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from profiler.shim.key import KEY_BYTES, key_in


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "state" / "profiler"
    key = key_in(str(home))
    assert key is not None
    assert len(key) == KEY_BYTES
    assert key_in(str(home)) == key
    assert stat.S_IMODE((home / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert [path.name for path in home.iterdir()] == ["key"]


def test_two_installs_have_two_keys(tmp_path: Path) -> None:
    assert key_in(str(tmp_path / "a")) != key_in(str(tmp_path / "b"))


def test_of_many_programs_that_make_a_key_at_once_all_use_the_same(tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = (
        "import sys; from profiler.shim.key import key_in; sys.stdin.readline(); "
        f"print(key_in({str(home)!r}).hex())"
    )
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for each in racing:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    keys = [each.communicate()[0].strip() for each in racing]
    assert len(set(keys)) == 1
    assert len(keys[0]) == 2 * KEY_BYTES
    assert [path.name for path in home.iterdir()] == ["key"]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_file_that_is_no_key_is_left_alone(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    assert key_in(str(tmp_path)) is None
    assert (tmp_path / "key").read_bytes() == content


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"x" * KEY_BYTES)
    (tmp_path / "key").symlink_to(tmp_path / "elsewhere")
    assert key_in(str(tmp_path)) is None


def test_a_pipe_in_its_place_blocks_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "key")
    assert key_in(str(tmp_path)) is None


def test_where_no_key_can_be_kept_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert key_in(str(tmp_path / "file" / "home")) is None
    assert key_in(str(tmp_path / "file")) is None
