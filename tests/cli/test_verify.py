"""`profiler verify` and `profiler rebuild`, run as their users run them."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from profiler.domain.periods import DAY_US
from tests.support.cli import command, environment, profiler, profiler_json
from tests.support.events import a_segment, an_event

NOW_US = time.time_ns() // 1000
KILLS = 100 if os.environ.get("STRESS") == "full" else 3


def aged(days: float, **fields: object) -> dict[str, object]:
    return an_event(at=NOW_US - int(days * DAY_US), **fields)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with calls of 100 and 2 days ago and of now, read, and a line that is no call."""
    home = tmp_path_factory.mktemp("home")
    for days in (100, 2, 0.01):
        a_segment(home / "log", [aged(days, user=f"u{number}") for number in range(5)])
    with max((home / "log").iterdir()).open("ab") as segment:
        segment.write(b"no call\n")
    assert profiler("ingest", home=home).returncode == 0
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def changed(home: Path, statement: str) -> None:
    """Change the database behind the program's back."""
    with closing(sqlite3.connect(home / "profiler.db")) as connection:
        connection.execute(statement)
        connection.commit()


def shown(home: Path) -> Any:
    """What the user sees of it all."""
    calls = profiler_json("calls", "--limit", "100", "--json", home=home)["calls"]
    totals = profiler_json("report", "--json", home=home)["totals"]
    users = profiler_json("report", "--by", "user", "--json", home=home)["rows"]
    bad = [one["found"] for one in checks(home) if one["name"] == "rejections"]
    return calls, totals, users, bad


def checks(home: Path) -> Any:
    return json.loads(profiler("doctor", "--json", home=home).stdout)["checks"]


def test_a_sound_database_agrees_with_itself_and_its_log(home: Path) -> None:
    ran = profiler("verify", home=home)
    assert ran.returncode == 0, ran.stdout
    words = "15 calls are as they were written; 15 calls in 3 segments of the log agree\n"
    assert ran.stdout == words
    assert profiler_json("verify", "--json", home=home)["is_sound"] is True


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE calls SET cost_pusd = cost_pusd + 1", "a figure or a label of theirs has changed"),
        ("UPDATE calls SET latency_us = 7", "say otherwise than the log"),
        ("DELETE FROM calls WHERE tail % 2", "of the log are not there"),
        ("UPDATE labels SET value = 'ada' WHERE value = 'u1'", "say otherwise than the log"),
        ("UPDATE rollups SET calls = calls + 1", "they are not what its calls add up to"),
        ("DELETE FROM histograms", "they are not what its calls add up to"),
        ("DELETE FROM presence", "ways to find them are gone"),
        ("UPDATE rejections SET reason = 'x'", "the table of rejections: it is not as it was"),
    ],
)
def test_what_was_changed_behind_its_back_is_found_and_made_anew(
    home: Path, statement: str, says: str
) -> None:
    before = shown(home)
    changed(home, statement)
    ran = profiler("verify", home=home)
    assert ran.returncode == 5
    assert says in ran.stdout
    assert "profiler rebuild" in ran.stderr
    ran = profiler("rebuild", home=home)
    assert ran.returncode == 0, ran.stderr
    assert profiler("verify", home=home).returncode == 0
    assert shown(home) == before
    assert len(list(home.glob("profiler-aside-*.db"))) == 1


def garble(home: Path) -> None:
    (home / "profiler.db").write_bytes(b"no database at all" * 1_000)


def cut(home: Path) -> None:
    content = (home / "profiler.db").read_bytes()
    (home / "profiler.db").write_bytes(content[: len(content) // 3])


def empty(home: Path) -> None:
    (home / "profiler.db").write_bytes(b"")


def remove(home: Path) -> None:
    (home / "profiler.db").unlink()


@pytest.mark.parametrize("damage", [garble, cut, empty, remove])
def test_a_database_that_is_none_any_more_is_made_anew_from_the_log(
    home: Path, damage: Callable[[Path], None]
) -> None:
    before = shown(home)
    damage(home)
    there = (home / "profiler.db").read_bytes() if damage is not remove else None
    ran = profiler("rebuild", home=home)
    assert ran.returncode == 0, ran.stderr
    assert shown(home) == before
    assert profiler("verify", home=home).returncode == 0
    asides = [path.read_bytes() for path in home.glob("profiler-aside-*.db")]
    if damage in {garble, cut}:
        assert asides == [there]
    assert not [path.name for path in home.iterdir() if path.name.startswith(".")]


def test_a_damaged_database_is_left_as_it_is_and_the_way_out_is_named(home: Path) -> None:
    garble(home)
    there = (home / "profiler.db").read_bytes()
    ran = profiler("report", home=home)
    assert ran.returncode == 5
    assert "`profiler rebuild` sets it aside" in ran.stderr
    assert (home / "profiler.db").read_bytes() == there


def test_calls_whose_log_is_gone_are_kept_with_what_they_cost(home: Path) -> None:
    before = shown(home)
    for segment in (home / "log").iterdir():
        segment.unlink()
    ran = profiler("rebuild", home=home)
    assert "15 calls kept as they were, 0 from archives, 0 from the log" in ran.stderr
    assert shown(home) == before


def test_calls_that_nothing_tells_of_any_more_are_named(home: Path) -> None:
    for segment in (home / "log").iterdir():
        segment.unlink()
    changed(home, "UPDATE calls SET latency_us = 7 WHERE at_us = (SELECT max(at_us) FROM calls)")
    ran = profiler("rebuild", home=home)
    assert ran.returncode == 0
    assert "are in the old file alone, and damaged there" in ran.stderr
    assert profiler("verify", home=home).returncode == 0


def test_what_is_read_anew_is_estimated_as_it_was(tmp_path: Path) -> None:
    streams = {"stream": True, "sent_bytes": 4_000, "heard_bytes": 2_000}
    events = [aged(0.01, **streams, usage={"input": 1_000 + n, "output": 500}) for n in range(4)]
    events.append(aged(0.01, **streams, usage={}, outcome="aborted", estimated=True))
    a_segment(tmp_path / "log", events)
    before = shown(tmp_path)
    assert before[1]["estimated_calls"] == 1
    changed(tmp_path, "DELETE FROM calls WHERE at_us = (SELECT max(at_us) FROM calls)")
    ran = profiler("rebuild", home=tmp_path)
    assert "0 calls kept as they were, 0 from archives, 5 from the log" in ran.stderr
    assert shown(tmp_path) == before


def test_what_is_read_anew_is_priced_by_the_prices_in_force(tmp_path: Path) -> None:
    profiler("prices", "alias", "my-ft", "openai/gpt-5-mini", home=tmp_path)
    a_segment(tmp_path / "log", [aged(0.01, model="my-ft")])
    before = shown(tmp_path)
    assert before[1]["unpriced_calls"] == 0
    remove(tmp_path)
    assert profiler("rebuild", home=tmp_path).returncode == 0
    assert shown(tmp_path) == before


def test_calls_that_went_stay_gone_and_their_sums_stay(home: Path) -> None:
    assert profiler("purge", "--older-than", "30d", home=home).returncode == 0
    before = shown(home)
    assert profiler("verify", home=home).returncode == 0
    assert profiler("rebuild", home=home).returncode == 0
    assert shown(home) == before


def test_sums_of_calls_that_went_come_back_from_the_archive(home: Path) -> None:
    assert profiler("purge", "--older-than", "30d", home=home).returncode == 0
    before = shown(home)
    garble(home)
    for segment in sorted((home / "log").iterdir())[:1]:
        segment.unlink()
    ran = profiler("rebuild", home=home)
    assert "0 calls kept as they were, 5 from archives, 10 from the log" in ran.stderr
    assert shown(home) == before
    assert profiler("verify", home=home).returncode == 0


def test_damage_to_sums_of_calls_that_went_is_found(home: Path) -> None:
    assert profiler("purge", "--older-than", "30d", home=home).returncode == 0
    before = shown(home)
    changed(
        home,
        "UPDATE rollups SET calls = calls + 1 WHERE start_h = "
        "(SELECT min(day) * 24 FROM digests WHERE kind = 1)",
    )
    ran = profiler("verify", home=home)
    assert "they are not as they were written" in ran.stdout
    assert profiler("rebuild", home=home).returncode == 0
    assert shown(home) == before


def test_a_backup_can_be_gone_back_to(home: Path, tmp_path: Path) -> None:
    before = shown(home)
    assert profiler("backup", str(tmp_path / "b.db"), home=home).returncode == 0
    (home / "profiler.db").write_bytes(b"")
    shutil.rmtree(home / "log")
    ran = profiler("rebuild", "--from", str(tmp_path / "b.db"), home=home)
    assert ran.returncode == 0, ran.stderr
    assert shown(home) == before
    assert profiler("rebuild", "--from", str(tmp_path / "no"), home=home).returncode == 3


def test_a_rebuild_under_a_program_that_reads_loses_nothing(home: Path) -> None:
    from profiler.store import reads
    from profiler.store.engine import Store

    with Store.open(home / "profiler.db") as store:
        assert reads.calls_ever(store) == 15
        assert profiler("rebuild", home=home).returncode == 0
        assert reads.calls_ever(store) == 15
        assert store.check() == []
        a_segment(home / "log", [aged(0)])
    assert profiler("ingest", home=home).returncode == 0
    assert profiler_json("report", "--json", home=home)["totals"]["calls"] == 16


def test_a_rebuild_killed_at_any_time_leaves_a_whole_database(home: Path) -> None:
    before = shown(home)
    chance = random.Random(5)
    for _ in range(KILLS):
        rebuilding = subprocess.Popen(
            command("rebuild"), env=environment(home), stderr=subprocess.DEVNULL
        )
        with suppress(subprocess.TimeoutExpired):
            rebuilding.wait(chance.uniform(0.3, 1.5))
        rebuilding.kill()
        rebuilding.wait(10)
        assert profiler("verify", home=home).returncode == 0
    for left in home.glob(".*.rebuilt.db*"):
        os.utime(left, (0, 0))
    assert profiler("rebuild", home=home).returncode == 0
    assert not list(home.glob(".*"))
    assert shown(home) == before
