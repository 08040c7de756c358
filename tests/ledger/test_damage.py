"""A ledger that cannot be read or written: what is said of it, and what is known without it."""

import errno
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from profiler.domain.budgets import SOFT_THRESHOLDS
from profiler.errors import LedgerDamaged, LedgerError
from profiler.ledger import definitions, faults, spare
from profiler.ledger.book import Ledger
from profiler.ledger.definitions import COMMAND
from profiler.ledger.file import LedgerFile
from tests.support.ledgers import USD, a_bid, a_budget, a_ledger, an_ask, used
from tests.support.opened import opened

FUZZED = 3_000 if os.environ.get("STRESS") == "full" else 60


def garble(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(5_000))


def cut(path: Path) -> None:
    os.truncate(path, 3_000)


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def fill(ledger: Ledger) -> None:
    for number in range(500):
        ledger.reserve(an_ask(str(number), a_bid(cost_pusd=1)))


def leave(path: Path, damage: Callable[[Path], None]) -> Path:
    """A ledger with one budget, and what becomes of it when no program has it open."""
    a_ledger(path, a_budget("team"), a_budget("soft", thresholds=SOFT_THRESHOLDS)).close()
    damage(path)
    return path


@pytest.mark.parametrize("damage", [garble, cut, put_a_folder])
def test_what_is_wrong_and_how_to_mend_it_is_said(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = leave(tmp_path / "l.db", damage)
    with pytest.raises(LedgerDamaged, match=r"l\.db is .*; `profiler rebuild --ledger` sets"):
        opened(Ledger(path)).settle("1", None)


@pytest.mark.parametrize("damage", [garble, cut, put_a_folder, empty, Path.unlink])
def test_which_budgets_there_are_is_known_without_the_ledger(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    ledger = opened(Ledger(leave(tmp_path / "l.db", damage)))
    assert ledger.is_there
    assert [(one.source, one.budget.name) for one in ledger.last_known] == [
        (COMMAND, "soft"),
        (COMMAND, "team"),
    ]


@pytest.mark.parametrize("damage", [empty, Path.unlink])
def test_a_ledger_that_is_lost_begins_anew_with_its_budgets(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    ledger = opened(Ledger(leave(tmp_path / "l.db", damage)))
    assert ledger.reserve(an_ask("1")).held_on == 2
    assert used(ledger) == (0, USD // 10)


def test_a_lost_ledger_refuses_until_its_past_is_counted(tmp_path: Path) -> None:
    path = leave(tmp_path / "l.db", Path.unlink)
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "run.jsonl").touch()
    (refusal,) = opened(Ledger(path)).reserve(an_ask("1")).refusals
    assert (refusal.budget.name, refusal.unbooked_of) == ("team", COMMAND)


def test_a_budget_that_is_removed_is_not_known_any_more(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget("team"))
    with ledger.defining() as (connection, _, now_us):
        definitions.remove(connection, "team", COMMAND, "ada", now_us)
    assert not spare.path_of(tmp_path / "l.db").exists()


def test_a_spare_copy_that_makes_no_sense_tells_nothing(tmp_path: Path) -> None:
    path = leave(tmp_path / "l.db", garble)
    for text in ("", "{", '{"budgets": 3}', '{"budgets": [{"source": "x"}]}', "\udc80"):
        spare.path_of(path).write_text(text, "utf-8", "surrogateescape")
        assert opened(Ledger(path)).last_known == []


def test_a_spare_copy_that_is_lost_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    a_ledger(path, a_budget("team")).close()
    spare.path_of(path).unlink()
    ledger = opened(Ledger(path))
    ledger.settle("1", None)
    assert [one.budget.name for one in spare.read(path)] == ["team"]


def test_a_program_goes_on_where_the_ledger_was_mended(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    ledger = a_ledger(path, a_budget("team"))
    other = opened(Ledger(path))
    other.reserve(an_ask("1"))
    LedgerFile(path).set_aside(tmp_path / "aside.db")
    other.reserve(an_ask("2"))
    ledger.reserve(an_ask("3"))
    assert used(ledger) == (0, 2 * USD // 10)
    other.close()
    ledger.close()
    assert used(opened(Ledger(path))) == (0, 2 * USD // 10)


def test_no_damage_ends_in_anything_but_an_error_of_ours(tmp_path: Path) -> None:
    whole = tmp_path / "whole.db"
    a_ledger(whole, a_budget("team")).close()
    chance = random.Random(7)
    for number in range(FUZZED):
        path = tmp_path / f"{number}.db"
        shutil.copy(whole, path)
        with path.open("r+b") as file:
            for _ in range(chance.randint(1, 200)):
                file.seek(chance.randrange(path.stat().st_size))
                file.write(chance.randbytes(4))
        ledger = opened(Ledger(path))
        try:
            ledger.reserve(an_ask("1"))
            ledger.settle("1", None)
        except LedgerError:
            pass
        finally:
            ledger.close()


def test_a_file_that_cannot_be_opened_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="yours to read and write"):
        opened(Ledger(tmp_path / "file" / "l.db")).settle("1", None)


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget("team"))
    with ledger.file.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerError, match="the disk is full; make room"):
        fill(ledger)
    full = OSError(errno.ENOSPC, "No space left on device")
    assert "make room" in str(faults.explained(tmp_path / "l.db", full))


def test_a_ledger_that_is_locked_for_long_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    a_ledger(path, a_budget("team")).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    file = opened(LedgerFile(path, timeout_s=0.1))
    with pytest.raises(LedgerError, match="another program"), file.writing():
        raise AssertionError
    holder.close()
