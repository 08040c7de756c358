import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from profiler.errors import ExportError
from profiler.report.output import output_file


def write(path: Path, content: bytes = b"new", *, may_replace: bool = False) -> None:
    with output_file(path, may_replace=may_replace) as file:
        file.write(content)


def test_the_file_is_whole_private_and_alone(tmp_path: Path) -> None:
    write(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b"new"
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_file_that_exists_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    with pytest.raises(ExportError, match="--force"):
        write(path)
    assert path.read_bytes() == b"old"


def test_a_file_that_exists_is_replaced_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    write(path, may_replace=True)
    assert path.read_bytes() == b"new"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    def write_while_another_does() -> None:
        with output_file(path, may_replace=False):
            path.write_bytes(b"theirs")

    with pytest.raises(ExportError, match="--force"):
        write_while_another_does()
    assert path.read_bytes() == b"theirs"


def test_a_link_is_refused_even_when_replacing(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"old")
    (tmp_path / "out.csv").symlink_to(tmp_path / "victim")
    with pytest.raises(ExportError, match="is a link"):
        write(tmp_path / "out.csv", may_replace=True)
    assert (tmp_path / "victim").read_bytes() == b"old"


def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is a folder"):
        write(tmp_path, may_replace=True)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ExportError, match="not a plain file"):
        write(tmp_path / "pipe", may_replace=True)


def test_a_missing_folder_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"missing/out\.csv.*make it first"):
        write(tmp_path / "missing" / "out.csv")


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="not a folder"):
        write(tmp_path / "file" / "out.csv")


def test_a_failure_midway_leaves_nothing_behind(tmp_path: Path) -> None:
    def write_half() -> None:
        with output_file(tmp_path / "out.csv", may_replace=False) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_behind_and_says_what_to_do(tmp_path: Path) -> None:
    # A limit on the size of files stands in for a disk that is full.
    program = (
        "import sys; from pathlib import Path; from profiler.report.output import output_file\n"
        "with output_file(Path(sys.argv[1]), may_replace=False) as f: f.write(b'x' * 100_000)"
    )

    def small_files_only() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "out.csv")],
        preexec_fn=small_files_only,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "narrow the filter" in ran.stderr
    assert not list(tmp_path.iterdir())
