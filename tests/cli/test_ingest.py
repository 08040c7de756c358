import json
import shutil
import time
from pathlib import Path
from subprocess import PIPE

from tests.support.cli import SAMPLE_LOG, a_sample_home, profiler
from tests.support.running import running


def test_what_was_read_is_told(tmp_path: Path) -> None:
    ran = profiler("ingest", home=a_sample_home(tmp_path))
    assert ran.stdout.startswith("1,500 calls read, 0 known already, 0 rejections; ")
    assert ran.stderr == ""


def test_reading_again_reads_nothing_twice(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    first, second = (profiler("ingest", "--json", home=home) for _ in range(2))
    assert json.loads(first.stdout)["events"] == 1500
    assert json.loads(second.stdout)["events"] == 0


def test_an_empty_home_reads_nothing(tmp_path: Path) -> None:
    ran = profiler("ingest", home=tmp_path / "new")
    assert ran.returncode == 0
    assert ran.stdout.startswith("0 calls read")


def test_following_reads_what_arrives(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    segment = min(SAMPLE_LOG.iterdir())
    with running("ingest", "--follow", "--json", home=tmp_path, stdout=PIPE) as following:
        assert following.stdout is not None
        assert json.loads(following.stdout.readline())["events"] == 0
        shutil.copy(segment, tmp_path / "log")
        assert json.loads(following.stdout.readline())["events"] > 0


def test_following_waits_while_the_database_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    gate = tmp_path / "profiler.db.gate"
    streams = {"stdout": PIPE, "stderr": PIPE}
    with running("ingest", "--follow", "--json", home=tmp_path, **streams) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        following.stdout.readline()
        gate.unlink()
        gate.mkdir()
        shutil.copy(min(SAMPLE_LOG.iterdir()), tmp_path / "log")
        assert "cannot be opened" in following.stderr.readline()
        time.sleep(1.2)  # two more tries, of which nothing is told
        gate.rmdir()
        assert json.loads(following.stdout.readline())["events"] > 0
        following.terminate()
        assert following.stderr.read() == ""


def test_a_line_that_is_no_event_is_told_by_every_command_once(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    with min((home / "log").iterdir()).open("ab") as segment:
        segment.write(b'{"v":1,"id":"nonsense"}\n')
    first, second = (profiler("report", home=home) for _ in range(2))
    assert "`profiler doctor` says where" in first.stderr
    assert second.stderr == ""
