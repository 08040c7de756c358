"""Ledgers with budgets, clocks that stand still, and calls of a known price."""

from collections.abc import Mapping
from pathlib import Path

from profiler.domain.budgets import HARD_THRESHOLDS, Budget
from profiler.domain.periods import Period
from profiler.ledger.allowance import Cap
from profiler.ledger.book import Ledger
from profiler.ledger.clock import Reading
from profiler.ledger.definitions import COMMAND, save
from profiler.ledger.reserving import Ask, Bid
from profiler.ledger.scoping import Labels
from tests.support.events import START_US
from tests.support.opened import opened

USD = 10**12


class Clock:
    """Clocks that go on only when they are told to."""

    def __init__(self, at_us: int = START_US) -> None:
        self.wall_us = at_us
        self.boot_us = 0
        self.boot = "first"

    def __call__(self) -> Reading:
        return Reading(self.wall_us, self.boot_us, self.boot)

    def pass_us(self, us: int) -> None:
        """Time goes by."""
        self.wall_us += us
        self.boot_us += us


def a_budget(name: str = "team", limit_pusd: int | None = USD, **changes: object) -> Budget:
    """A hard monthly budget of a dollar."""
    fields: dict[str, object] = {
        "period": Period.MONTHLY,
        "zone": "UTC",
        "thresholds": HARD_THRESHOLDS,
        **changes,
    }
    return Budget(name, limit_pusd, **fields)  # type: ignore[arg-type]  # fields by name


def a_ledger(path: Path, *budgets: Budget, clock: Clock | None = None) -> Ledger:
    """A ledger with these budgets set."""
    ledger = opened(Ledger(path, clocks=clock))
    with ledger.defining() as (connection, _, now_us):
        for budget in budgets:
            save(connection, budget, COMMAND, "ada", now_us)
    return ledger


def a_bid(
    cost_pusd: int | None = USD // 10,
    tokens: int | None = 1_000,
    expected_pusd: int | None = None,
    tags: Mapping[str, str] | None = None,
    why: str = "",
    **labels: str,
) -> Bid:
    """What a call takes: ten cents and a thousand tokens, at most and as expected."""
    texts = {"provider": "openai", "model": "gpt-5", **labels}
    expected = cost_pusd if expected_pusd is None else expected_pusd
    return Bid(Labels(texts, tags or {}), Cap(cost_pusd, tokens, 1, why), Cap(expected, tokens))


def an_ask(call: str = "1", bid: Bid | None = None, **more: object) -> Ask:
    """A call that takes the same of every model."""
    taken = bid or a_bid()

    def bids(model: str) -> Bid:
        return taken._replace(
            labels=Labels({**taken.labels.texts, "model": model}, taken.labels.tags)
        )

    model = taken.labels.texts["model"]
    return Ask(call, model, bids, **more)  # type: ignore[arg-type]  # fields by name


def used(ledger: Ledger, name: str = "team", value: str = "") -> tuple[int, int]:
    """What a budget's newest window has used and holds, in pico-dollars."""
    with ledger.file.reading() as connection:
        row = connection.execute(
            "SELECT booked_pusd + settled_pusd - forgiven_pusd, held_pusd FROM counters "
            "JOIN budgets ON budgets.id = counters.budget WHERE name = ? AND value = ? "
            "ORDER BY start_us DESC LIMIT 1",
            (name, value),
        ).fetchone()
    return tuple(row) if row else (0, 0)
