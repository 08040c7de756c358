"""Alerts that wait in a ledger, who is to be told of them, and what they are told."""

from pathlib import Path
from threading import Lock

from profiler.alerts.record import all_alerts, deliveries
from profiler.alerts.sender import Sender
from profiler.alerts.targets import Plan, Target
from profiler.domain.alerts import Alert, Delivery
from profiler.domain.budgets import SOFT_THRESHOLDS, Amounts
from profiler.domain.periods import SECOND_US
from profiler.ledger.book import Ledger
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask

MINUTE_US = 60 * SECOND_US
TEAM = Target("team", "url_env", "ALERTS_URL")
BOSS = Target("boss", "url_env", "ALERTS_URL", is_escalation=True)


class Kept:
    """A channel that keeps what it is given, and fails when it is told to."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.fault = ""
        self._turn = Lock()

    def __call__(self, _address: str, title: str, body: str) -> str:
        with self._turn:
            if not self.fault:
                self.bodies.append(f"{title}\n{body}")
        return self.fault


def a_spender(path: Path, *names: str, clock: Clock | None = None) -> Ledger:
    """A ledger with soft budgets of a dollar, each for every user."""
    budgets = [
        a_budget(name, thresholds=SOFT_THRESHOLDS, each=("user",), scope=())
        for name in names or ("team",)
    ]
    return a_ledger(path, *budgets, clock=clock or Clock())


def spend(ledger: Ledger, call: str, cents: int = 95, user: str = "ada") -> None:
    """A call that cost so much."""
    ledger.reserve(an_ask(call, a_bid(user=user)))
    ledger.settle(call, Amounts(cents * USD // 100, 1, 1))


def a_sender(ledger: Ledger, plan: Plan, channel: Kept) -> Sender:
    return Sender(ledger, plan, {"ALERTS_URL": "json://127.0.0.1:1/"}, channel)


def logged(ledger: Ledger) -> list[tuple[Alert, list[Delivery]]]:
    with ledger.reading() as (connection, _, _now_us):
        found = all_alerts(connection)[::-1]
        return [(one, deliveries(connection, [one.id])) for one in found]
