"""Any sequence of what can happen to calls leaves the ledger's sums right."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from profiler.domain.budgets import Amounts, Budget
from profiler.domain.periods import HOUR_US, Period
from profiler.ledger.book import Ledger
from profiler.ledger.definitions import COMMAND, save
from profiler.ledger.reserving import LEASE_US
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask

CENT = USD // 100
cents = st.integers(0, 40)


class Modelled(RuleBasedStateMachine):
    """One daily budget, one ledger, and a model of what every call was charged.

    In the model a call is what it holds, or what it was settled at; whether its lease has run out
    changes nothing of that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock()
        self.limit_cents = 100
        self.ledger = a_ledger(self.folder / "l.db", self.budget(), clock=self.clock)
        self.serial = 0
        self.most_cents = self.limit_cents
        self.charged: dict[str, int] = {}
        self.settled: set[str] = set()

    def budget(self) -> Budget:
        return a_budget(limit_pusd=self.limit_cents * CENT, period=Period.DAILY)

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    def sums(self) -> tuple[int, int]:
        """Used and held together in the newest window, and used over all windows."""
        with self.ledger.file.reading() as connection:
            newest = connection.execute(
                "SELECT settled_pusd + held_pusd FROM counters ORDER BY start_us DESC LIMIT 1"
            ).fetchone()
            (used,) = connection.execute(
                "SELECT coalesce(sum(settled_pusd), 0) FROM counters"
            ).fetchone()
        return (newest[0] if newest else 0), used

    @invariant()
    def every_call_is_charged_once(self) -> None:
        with self.ledger.file.reading() as connection:
            (taken,) = connection.execute(
                "SELECT coalesce(sum(settled_pusd + held_pusd), 0) FROM counters"
            ).fetchone()
        assert taken == sum(self.charged.values())

    @invariant()
    def no_window_is_beyond_the_limit(self) -> None:
        with self.ledger.file.reading() as connection:
            (most,) = connection.execute(
                "SELECT coalesce(max(settled_pusd + held_pusd), 0) FROM counters"
            ).fetchone()
        assert most <= self.most_cents * CENT

    @invariant()
    def counters_are_the_sums_of_their_calls(self) -> None:
        with self.ledger.file.reading() as connection:
            wrong = connection.execute(
                "SELECT id FROM counters WHERE "
                "held_pusd != (SELECT coalesce(sum(pusd), 0) FROM holds "
                "WHERE counter = id AND state = 0) OR "
                "held_calls != (SELECT count(*) FROM holds WHERE counter = id AND state = 0) OR "
                "settled_pusd != (SELECT coalesce(sum(pusd), 0) FROM holds "
                "WHERE counter = id AND state > 0)"
            ).fetchall()
        assert wrong == []

    @invariant()
    def no_lease_runs_out_before_it_is_looked_for(self) -> None:
        with self.ledger.file.reading() as connection:
            (late,) = connection.execute(
                "SELECT count(*) FROM holds, state WHERE state = 0 AND lease_us < first_lease_us"
            ).fetchone()
        assert late == 0

    @invariant()
    def windows_never_go_back(self) -> None:
        with self.ledger.file.reading() as connection:
            (seen,) = connection.execute("SELECT wall_us FROM state").fetchone()
        assert seen >= getattr(self, "_seen", 0)
        self._seen = seen


class Ledgers(Modelled):
    """What can happen to calls, to the machine and to the budget, in any order."""

    calls = Bundle("calls")

    @rule(target=calls, most=cents)
    def reserve(self, most: int) -> str:
        self.serial += 1
        call = str(self.serial)
        before, _ = self.sums()
        reserved = self.ledger.reserve(an_ask(call, a_bid(cost_pusd=most * CENT)))
        after, _ = self.sums()
        if reserved.refusals:
            assert after <= before or before + most * CENT > self.limit_cents * CENT
        else:
            assert after <= self.limit_cents * CENT
            self.charged[call] = most * CENT
        return call

    @rule(call=calls, cost=cents)
    def settle(self, call: str, cost: int) -> None:
        used = min(cost * CENT, self.charged.get(call, 0))
        for amount in (used, 39 * CENT):
            # the second telling changes nothing
            self.ledger.settle(call, Amounts(amount, 0, 1))
        self.end(call, used)

    @rule(call=calls)
    def settle_unknown(self, call: str) -> None:
        self.ledger.settle(call, None)
        self.end(call, self.charged.get(call, 0))

    def end(self, call: str, charged: int) -> None:
        if call in self.charged and call not in self.settled:
            self.charged[call] = charged
            self.settled.add(call)

    @rule(call=calls)
    def release(self, call: str) -> None:
        self.ledger.release(call)
        if call not in self.settled:
            self.charged.pop(call, None)

    @rule(target=calls, call=consumes(calls), other=calls)
    def rename(self, call: str, other: str) -> str:
        if call == other:
            return call
        self.ledger.rename(call, other)
        if other not in self.charged:
            self.move(call, other)
        elif call not in self.settled:
            self.charged.pop(call, None)
        return other

    def move(self, call: str, other: str) -> None:
        if call in self.charged:
            self.charged[other] = self.charged.pop(call)
        if call in self.settled:
            self.settled.remove(call)
            self.settled.add(other)

    @rule()
    def go_on_in_another_program(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.folder / "l.db", clocks=self.clock)

    @rule(call=calls)
    def renew(self, call: str) -> None:
        self.ledger.renew(call)

    @rule(us=st.sampled_from([1, LEASE_US - 1, LEASE_US, HOUR_US, 24 * HOUR_US]))
    def pass_time(self, us: int) -> None:
        self.clock.pass_us(us)

    @rule(hours=st.sampled_from([-50, -1, 1, 30]))
    def set_clock(self, hours: int) -> None:
        self.clock.wall_us += hours * HOUR_US

    @rule()
    def restart_the_machine(self) -> None:
        self.clock.boot += "x"
        self.clock.boot_us = 0

    @rule(limit=st.integers(1, 300))
    def change_the_limit(self, limit: int) -> None:
        self.limit_cents = limit
        self.most_cents = max(self.most_cents, limit)
        with self.ledger.writing() as (connection, _, now_us):
            save(connection, self.budget(), COMMAND, "ada", now_us)


TestLedgers = Ledgers.TestCase
TestLedgers.settings = settings(
    max_examples=200 if os.environ.get("STRESS") == "full" else 25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
