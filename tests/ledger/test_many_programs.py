"""Budgets that many programs spend from at once, and what becomes of those that are killed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.ledgers import USD, a_budget, a_ledger, used

IS_FULL = os.environ.get("STRESS") == "full"
PROGRAMS, CALLS = (16, 2_000) if IS_FULL else (8, 100)
HOLDERS = 1_000 if IS_FULL else 120
LIMIT_PUSD = HOLDERS * USD // 30
"""What a third of the holders would spend."""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.support.spenders", *words],
        capture_output=True,
        text=True,
        check=False,
    )


def race(tmp_path: Path, limit_pusd: int, *mutant: str, calls: int = CALLS) -> tuple[bool, int]:
    """Whether every program ended well, and what they were billed together."""
    path = tmp_path / "ledger.db"
    a_ledger(path, a_budget(limit_pusd=limit_pusd)).close()
    ran = run("race", str(path), str(PROGRAMS), str(calls), *mutant)
    return ran.returncode == 0, int(ran.stdout or 0)


def kill(tmp_path: Path, *mutant: str, how: str = "kill") -> int:
    """What was billed to programs that were killed in the middle of their calls."""
    path, bill = tmp_path / "ledger.db", tmp_path / "bill"
    a_ledger(path, a_budget(limit_pusd=LIMIT_PUSD)).close()
    ran = run(how, str(path), str(bill), str(HOLDERS), *mutant)
    assert ran.returncode == 0, ran.stderr
    return sum(map(int, bill.read_text("utf-8").split()))


def test_programs_that_race_never_overspend_and_the_ledger_knows_the_bill(tmp_path: Path) -> None:
    limit_pusd = PROGRAMS * USD
    is_well, billed = race(tmp_path, limit_pusd)
    assert is_well
    assert billed <= limit_pusd
    assert used(a_ledger(tmp_path / "ledger.db")) == (billed, 0)
    # the limit was really fought for
    assert billed > limit_pusd - USD // 10


def test_killed_programs_never_bill_beyond_the_limit(tmp_path: Path) -> None:
    billed = kill(tmp_path)
    spent, held = used(a_ledger(tmp_path / "ledger.db"))
    assert 0 < billed <= spent <= LIMIT_PUSD
    assert held == 0


def test_looking_before_holding_is_noticed(tmp_path: Path) -> None:
    is_well, billed = race(tmp_path, USD, "check-then-act", calls=40)
    assert not is_well or billed > USD


def test_a_transaction_that_begins_as_a_reader_is_noticed(tmp_path: Path) -> None:
    is_well, billed = race(tmp_path, PROGRAMS * USD, "deferred-begin")
    assert not is_well or used(a_ledger(tmp_path / "ledger.db")) != (billed, 0)


def test_money_in_floats_is_noticed(tmp_path: Path) -> None:
    is_well, billed = race(tmp_path, USD, "float-money", calls=5)
    assert not is_well or used(a_ledger(tmp_path / "ledger.db")) != (billed, 0)


def test_programs_that_fall_silent_once_billed_never_bill_beyond_the_limit(tmp_path: Path) -> None:
    assert 0 < kill(tmp_path, how="silence") <= LIMIT_PUSD


def test_giving_back_what_silent_programs_held_is_noticed(tmp_path: Path) -> None:
    assert kill(tmp_path, "release-on-expiry", how="silence") > LIMIT_PUSD
