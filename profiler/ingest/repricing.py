"""Calls priced again, by the rates in force now: only ever because somebody asked.

A call's usage is what it was; only what it cost by is looked up anew, at the time it was made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from profiler.domain.calls import Basis, Call, Cost, Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Filter
from profiler.ingest.priced import Pricer, cost_of
from profiler.log.event import Event
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.restating import restate

_BATCH = 1_000
"""Calls restated in one transaction."""


class Move(NamedTuple):
    """Calls of one model whose cost moves alike."""

    model: str
    """Provider and model."""
    old_rate: str
    """Empty where they were unpriced."""
    new_rate: str


@dataclass(slots=True)
class Moved:
    """How many they are, and what they add up to."""

    calls: int = 0
    newly_priced: int = 0
    difference_pusd: int = 0


@dataclass(slots=True)
class Repriced:
    """What a repricing moves, or moved."""

    looked_at: int = 0
    lost: int = 0
    """Calls whose rate is known no more; they keep the cost they have."""
    moves: dict[Move, Moved] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """How many calls move."""
        return sum(moved.calls for moved in self.moves.values())

    @property
    def newly_priced(self) -> int:
        """How many of them were unpriced."""
        return sum(moved.newly_priced for moved in self.moves.values())

    @property
    def difference_pusd(self) -> int:
        """What spend moves by."""
        return sum(moved.difference_pusd for moved in self.moves.values())

    def note(self, call: Call, cost: Cost) -> None:
        """Count one call that moves."""
        move = Move(f"{call.provider}/{call.model}", call.cost.rate, cost.rate)
        moved = self.moves.setdefault(move, Moved())
        moved.calls += 1
        moved.newly_priced += call.cost.pusd is None
        moved.difference_pusd += (cost.pusd or 0) - (call.cost.pusd or 0)


def reprice(
    store: Store,
    card: Pricer,
    span: Span,
    *,
    is_dry: bool,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Repriced:
    """Price the calls of `span` anew; where `is_dry`, only say what would move.

    Raises:
        StoreError: the store cannot be read or written; what was restated before stays so.

    """
    found = Repriced()
    for batch in _batches(reads.each(store, Filter(span=span))):
        moving = [one for call in batch if (one := _moving(call, card, found))]
        if moving and not is_dry:
            restate(store, moving)
        on_progress(found.looked_at)
    return found


def cost_now(call: Call, card: Pricer) -> Cost:
    """What `call` costs by the rates in force now, at its own time."""
    was = call.cost
    if was.basis is Basis.NOT_BILLED:
        return was
    is_reported = was.rate.startswith("reported by ")
    ended_early = call.is_streamed and call.outcome is not Outcome.OK
    event = Event(
        v=1,
        id=call.id,
        at=call.started_at_us,
        provider=call.provider,
        model=call.requested_model,
        answered=call.answered,
        tier=call.tier,
        speed=call.speed,
        estimated=was.basis is Basis.ESTIMATED or (was.pusd is None and ended_early),
        derived=was.basis is Basis.DERIVED and not is_reported,
        reported_pusd=was.reported_pusd,
    )
    return cost_of(event, call.usage, card)


def _moving(call: Call, card: Pricer, found: Repriced) -> Call | None:
    """`call` with the cost it moves to; `None` where it stays."""
    found.looked_at += 1
    now, was = cost_now(call, card), call.cost
    if now.pusd is None:
        found.lost += was.pusd is not None
        return None
    if _amounts(now) == _amounts(was):
        return None
    found.note(call, now)
    models = [name for name in (call.answered, call.requested_model) if name]
    return replace(call, cost=now, model=card.family(call.provider, models) or call.model)


def _amounts(cost: Cost) -> tuple[int | None, int, int, int]:
    return (
        cost.pusd,
        cost.cache_saved_pusd,
        cost.cache_premium_pusd,
        cost.cache_missed_pusd,
    )


def _batches(calls: Iterator[Call]) -> Iterator[list[Call]]:
    batch: list[Call] = []
    for call in calls:
        batch.append(call)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
