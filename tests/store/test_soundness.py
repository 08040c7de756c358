"""What is not as it was written is found, whatever bit of the file turned over."""

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from profiler.domain.budgets import Budget
from profiler.domain.calls import Basis, Call, Cost, Outcome, call_id
from profiler.domain.periods import DAY_US, HOUR_US, Period
from profiler.domain.scopes import EVERYTHING, Dimension
from profiler.domain.usage import Usage
from profiler.errors import StoreError
from profiler.store import budgets, reads
from profiler.store.digests import TABLES
from profiler.store.engine import Store
from profiler.store.purging import days_before, forget_day
from profiler.store.soundness import damages
from profiler.store.tables import metadata
from profiler.store.writes import StoredLoss, StoredRejection, keep_losses, reject
from tests.support.stored import START_US, a_call, a_store

FLIPS = 1_500 if os.environ.get("STRESS") == "full" else 25
SEED = int(os.environ.get("SEED", "7"))


def some_calls(count: int) -> list[Call]:
    """Calls of three days by a few users, with all that a call may have."""
    chance = random.Random(1)
    return [_one(chance, START_US + number * 3 * DAY_US // count) for number in range(count)]


def _one(chance: random.Random, at_us: int) -> Call:
    model = chance.choice(["gpt-5-mini", "claude-haiku-4-5", "é"])
    call = a_call(
        id=call_id(at_us, chance.getrandbits(63)),
        started_at_us=at_us,
        model=model,
        user=f"user-{chance.randrange(5)}",
        session=f"session-{at_us // (6 * HOUR_US)}",
        feature=chance.choice(["", "search", "chat"]),
        usage=Usage(chance.randrange(10**6), chance.randrange(9), output=chance.randrange(10**4)),
        cost=Cost(chance.randrange(10**11), Basis.MEASURED, f"card {model}"),
        latency_us=chance.randrange(10**7),
        first_chunk_us=chance.choice([None, 400_000]),
    )
    if chance.random() < 0.3:
        return replace(
            call, tags={"team": chance.choice("ab")}, trace="ab" * 8, outcome=Outcome.ERROR
        )
    return call


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with calls, sums of calls that are gone, budgets, rejections and losses."""
    path = tmp_path_factory.mktemp("sound") / "p.db"
    with a_store(path, some_calls(300)) as store:
        [day, *_] = days_before(store, START_US + 9 * DAY_US)
        assert forget_day(store, day)
        budgets.save(store, Budget("team", 5 * 10**12, Period.MONTHLY, "UTC"))
        with store.writing() as connection:
            reject(connection, [StoredRejection("g", "a.jsonl", 5, 9, "no JSON", START_US)])
            keep_losses(connection, [StoredLoss("g", 77, 3, START_US)])
    return path


def shown(store: Store) -> dict[str, Any]:
    """Every figure and label that a face can show."""
    return {
        "calls": list(reads.each(store, EVERYTHING)),
        "totals": reads.totals(store, EVERYTHING),
        **{
            one.value: sorted(reads.grouped(store, [one], EVERYTHING), key=str) for one in Dimension
        },
        "hours": reads.series(store, None, [START_US + n * HOUR_US for n in range(80)], EVERYTHING),
        "latencies": reads.latencies(store, EVERYTHING),
        "budgets": budgets.all_budgets(store),
        "rejections": reads.rejections(store, 9),
        "losses": reads.lost_calls(store),
        "labels": [reads.labels(store, one, "", 99) for one in Dimension],
    }


def flipped(path: Path, copy: Path, bit: int) -> Path:
    """A copy of `path` in which one bit is another."""
    for old in copy.parent.glob(f"{copy.name}*"):
        old.unlink()
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    copy.write_bytes(content)
    copy.chmod(0o600)
    return copy


def is_found(path: Path, sound: dict[str, Any]) -> bool:
    """Whether what a flip changed is found, or it changed nothing that anybody sees."""
    try:
        with Store.open(path) as store:
            return bool(damages(store)) or shown(store) == sound
    except StoreError:
        return True


def test_what_is_as_it_was_written_is_sound(file: Path, tmp_path: Path) -> None:
    with Store.open(Path(shutil.copy(file, tmp_path / "p.db"))) as store:
        assert damages(store) == []


def bits(path: Path) -> Iterator[int]:
    chance = random.Random(SEED)
    size = path.stat().st_size * 8
    return (chance.randrange(size) for _ in range(FLIPS))


def test_no_bit_that_turns_over_changes_a_figure_unseen(file: Path, tmp_path: Path) -> None:
    with Store.open(Path(shutil.copy(file, tmp_path / "sound.db"))) as store:
        sound = shown(store)
    unseen = [
        bit for bit in bits(file) if not is_found(flipped(file, tmp_path / "f.db", bit), sound)
    ]
    assert unseen == []


def test_every_table_is_looked_at() -> None:
    made_again = {"rollups", "histograms", "presence"}
    by_day = {"calls", "extras"}
    read_anew = {"segments"}
    whole = {table.name for table in TABLES}
    assert whole | made_again | by_day | read_anew | {"digests"} == set(metadata.tables)
