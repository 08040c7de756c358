"""`profiler backup`, run as its users run it."""

import os
import stat
from pathlib import Path
from subprocess import DEVNULL

import pytest

from profiler.domain.scopes import EVERYTHING
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.cli import a_sample_home, profiler, profiler_json
from tests.support.events import a_segment, append, some_events
from tests.support.running import running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_sample_home(tmp_path_factory.mktemp("home"))


def test_a_backup_holds_every_call_and_is_the_owners_alone(home: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ran = profiler("backup", str(tmp_path / "b.db"), home=home)
    finally:
        os.umask(before)
    assert ran.returncode == 0, ran.stderr
    assert stat.S_IMODE((tmp_path / "b.db").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["b.db"]
    with Store.open(tmp_path / "b.db") as copy, Store.open(home / "profiler.db") as store:
        assert reads.totals(copy, EVERYTHING) == reads.totals(store, EVERYTHING)
        assert copy.check() == []
        assert f"{reads.calls_ever(store):,} calls" in ran.stderr


def test_without_a_name_backups_gather_in_the_home(home: Path) -> None:
    for _ in range(2):
        assert profiler("backup", home=home).returncode == 0
    found = list((home / "backups").iterdir())
    assert len(found) == 2
    assert stat.S_IMODE((home / "backups").stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_nothing_that_is_there_is_ever_replaced(kind: str, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    if kind == "file":
        target.write_text("mine")
    elif kind == "link":
        target.symlink_to(tmp_path / "nowhere")
    else:
        target.mkdir()
    ran = profiler("backup", str(target), home=home)
    assert ran.returncode == 6
    assert "exists already" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["b.db"]
    assert kind != "file" or target.read_text("utf-8") == "mine"


def test_a_place_that_cannot_be_written_is_named(home: Path, tmp_path: Path) -> None:
    ran = profiler("backup", str(tmp_path / "gone" / "b.db"), home=home)
    assert ran.returncode == 6
    assert "b.db cannot be written: No such file or directory" in ran.stderr


def test_a_backup_made_while_others_ingest_is_one_state(tmp_path: Path) -> None:
    home = tmp_path / "home"
    segment = a_segment(home / "log", some_events(2_000))
    with running("ingest", "--follow", home=home, stdout=DEVNULL, stderr=DEVNULL) as follower:
        for number in range(4):
            append(segment, some_events(500))
            copy = tmp_path / f"{number}.db"
            assert profiler("backup", str(copy), home=home).returncode == 0
            with Store.open(copy) as store:
                calls = reads.totals(store, EVERYTHING).calls
                assert calls == reads.count_upto(store, EVERYTHING, 99_999) == 2_500 + 500 * number
                assert store.check() == []
        follower.terminate()
        follower.wait(10)
    assert profiler_json("report", "--json", home=home)["totals"]["calls"] == 4_000


def test_what_budgets_counted_is_backed_up_and_comes_back(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path / "home")
    ran = profiler("budget", "set", "team", "--limit", "5", "--period", "total", home=home)
    assert ran.returncode == 0, ran.stderr
    before = profiler_json("budget", "list", "--json", home=home)["budgets"]
    assert profiler("backup", str(tmp_path / "b.db"), home=home).returncode == 0
    assert stat.S_IMODE((tmp_path / "b-ledger.db").stat().st_mode) == 0o600
    for path in [*home.glob("profiler.db*"), *home.glob("ledger.db*")]:
        path.unlink()
    assert profiler("rebuild", "--from", str(tmp_path / "b.db"), home=home).returncode == 0
    assert profiler_json("budget", "list", "--json", home=home)["budgets"] == before
