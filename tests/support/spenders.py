"""Programs that spend from one budget at once, as processes of their own.

`python -m tests.support.spenders race LEDGER PROGRAMS CALLS [MUTANT]` lets them all spend what
they can, and prints what they were billed. `python -m tests.support.spenders kill LEDGER BILL
HOLDERS [MUTANT]` kills each somewhere in a call; what a provider would bill is in the file BILL.
With `silence` in place of `kill` each dies as soon as it was billed. A mutant is the ledger with
one fault put in, which the tests must notice.
"""

import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from profiler.domain.budgets import Amounts
from profiler.ledger import reserving, settling
from profiler.ledger.book import Ledger
from profiler.ledger.file import LedgerFile
from profiler.ledger.reserving import LEASE_US
from profiler.ledger.terms import Terms
from tests.support.ledgers import USD, Clock, a_bid, an_ask

MOST_PUSD = USD // 10


def main() -> None:
    """One of the runs."""
    what, path, *given = sys.argv[1:]
    if what == "race":
        _race(Path(path), int(given[0]), int(given[1]), given[2:])
    else:
        end = {"kill": _kill, "silence": _silence}[what]
        end(Path(path), Path(given[0]), int(given[1]), given[2:])


def _race(path: Path, programs: int, calls: int, mutants: list[str]) -> None:
    ledger = Ledger(path)
    billed = []
    for program in range(programs):
        reads, writes = os.pipe()
        if os.fork() == 0:
            os.close(reads)
            _apply(mutants)
            total = _spend(ledger, program, calls)
            os.write(writes, str(total).encode())
            os._exit(0)
        os.close(writes)
        billed.append(reads)
    texts = [os.read(reads, 64) for reads in billed]
    statuses = [os.wait()[1] for _ in billed]
    print(sum(int(text or 0) for text in texts))
    sys.exit(any(statuses))


def _spend(ledger: Ledger, program: int, calls: int) -> int:
    """Make calls of up to ten cents until there are no more; what they cost."""
    chance, total = random.Random(program), 0
    for number in range(calls):
        call = f"{program}-{number}"
        cost = chance.randint(MOST_PUSD // 2, MOST_PUSD)
        if not ledger.reserve(an_ask(call, a_bid(cost_pusd=MOST_PUSD))).refusals:
            total += cost
            ledger.settle(call, Amounts(cost, 10, 1))
    return total


def _kill(path: Path, bill: Path, holders: int, mutants: list[str]) -> None:
    clock = Clock()
    ledger = Ledger(path, clocks=clock)
    chance = random.Random(holders)
    bill.touch()
    longest_s = 0.02
    _apply(mutants)
    for number in range(holders):
        child = os.fork()
        if child == 0:
            _hold(ledger, bill, str(number))
        time.sleep(chance.uniform(0, longest_s))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        # kills are spread over the whole of a call, however fast this machine is today
        longest_s *= 0.9 if os.WIFEXITED(status) else 1.05
        # leases run out while others are still holding
        clock.pass_us(LEASE_US // 4)
    clock.pass_us(LEASE_US)
    ledger.renew("nobody")


def _silence(path: Path, bill: Path, holders: int, mutants: list[str]) -> None:
    clock = Clock()
    ledger = Ledger(path, clocks=clock)
    bill.touch()
    _apply(mutants)
    for number in range(holders):
        child = os.fork()
        if child == 0:
            _hold(ledger, bill, str(number), dies=True)
        os.waitpid(child, 0)
        clock.pass_us(LEASE_US // 4)
    clock.pass_us(LEASE_US)
    ledger.renew("nobody")


def _hold(ledger: Ledger, bill: Path, call: str, *, dies: bool = False) -> None:
    """One call of a program that will not live to see its end, unless it is quick."""
    try:
        if not ledger.reserve(an_ask(call, a_bid(cost_pusd=MOST_PUSD))).refusals:
            cost = random.Random(call).randint(MOST_PUSD // 2, MOST_PUSD)
            with bill.open("a") as file:
                file.write(f"{cost}\n")
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.001)
            ledger.settle(call, Amounts(cost, 10, 1))
    finally:
        os._exit(0)


def _apply(mutants: list[str]) -> None:
    for mutant in mutants:
        MUTANTS[mutant]()


def _check_then_act() -> None:
    """Look whether a call fits in one transaction, and hold it in another."""
    whole = Ledger.reserve

    def reserve(self: Ledger, ask: reserving.Ask) -> reserving.Reserved:
        _, refusals = self.check(ask.model, ask.bids)
        if refusals:
            return reserving.Reserved(ask.model, refusals=tuple(refusals))
        time.sleep(0)
        original, reserving._refusals = reserving._refusals, lambda *_: []
        try:
            return whole(self, ask)
        finally:
            reserving._refusals = original

    Ledger.reserve = reserve  # type: ignore[method-assign]  # the fault


def _release_on_expiry() -> None:
    """Give back what a silent call held."""

    def release(connection: sqlite3.Connection, terms: Terms, now_us: int) -> None:
        del terms
        silent = "SELECT call FROM holds WHERE state = 0 AND lease_us <= ?"
        for (call,) in connection.execute(silent, (now_us,)).fetchall():
            settling.release(connection, call)

    settling.charge_silent = release


def _deferred_begin() -> None:
    """Begin as a reader, with no queue in front."""

    def begin(self: LedgerFile) -> object:
        own = self._with_turn()
        self._give_back(own)
        own.turn.take()
        own.connection.execute("BEGIN")
        return own

    LedgerFile.begin = begin  # type: ignore[method-assign,assignment]  # the fault


def _float_money() -> None:
    """Count dollars as floats."""
    whole = Ledger.settle

    def settle(self: Ledger, call: str, used: Amounts | None) -> object:
        dollars = None if used is None else Amounts(used.cost_pusd / 3 * 3.3, 10, 1)  # type: ignore[arg-type]
        return whole(self, call, dollars)

    Ledger.settle = settle  # type: ignore[method-assign,assignment]  # the fault


MUTANTS: dict[str, Callable[[], None]] = {
    "check-then-act": _check_then_act,
    "release-on-expiry": _release_on_expiry,
    "deferred-begin": _deferred_begin,
    "float-money": _float_money,
}

if __name__ == "__main__":
    main()
