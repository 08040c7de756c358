"""An event of the log as a call of the store: usage in our buckets, priced."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from profiler.domain.calibration import UNCALIBRATED, Calibration
from profiler.domain.calls import Band, Basis, Call, Cost, Outcome
from profiler.domain.usage import Usage
from profiler.ingest.estimating import Estimate, estimate
from profiler.log.event import Event
from profiler.pricing.card import Terms
from profiler.pricing.context import price_context

MOST_PUSD = 10**16
"""Ten thousand dollars: no call costs more, so counts that say so contradict themselves."""

_OUTCOMES = {"ok": Outcome.OK, "error": Outcome.ERROR, "aborted": Outcome.ABORTED}
_BUCKETS = ("input", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h")
OURS = frozenset({*_BUCKETS, "output", "reasoning"})
"""Counts that are buckets of `domain.usage.Usage`."""
_NO_USAGE = Usage()
_NOT_BILLED = Cost(0, Basis.NOT_BILLED)
_ABSURD = Cost(None, Basis.NO_USAGE)


class Pricer(Protocol):
    """What ingest needs of a rate card; `pricing.card.Card` is one."""

    def terms(
        self, provider: str, answered: str, requested: str, tier: str, speed: str
    ) -> Terms | None:
        """What a call so served is charged by; `None` where there is no rate."""
        ...

    @property
    def reported_wins(self) -> bool:
        """Whether what a provider says a call cost is its cost, or stands beside ours."""
        ...

    def family(self, provider: str, models: Sequence[str]) -> str:
        """The name that the first of `models` with rates is listed by; empty without rates."""
        ...

    def cost(
        self,
        provider: str,
        models: Sequence[str],
        usage: Usage,
        at_us: int,
        context: Mapping[str, str] | None = None,
        *,
        is_estimated: bool = False,
    ) -> Cost:
        """What a call cost at its own time, or why nobody can say; nothing is raised."""
        ...


def call_of(event: Event, card: Pricer, known: Calibration = UNCALIBRATED) -> Call:
    """The call that `event` tells of, priced by the rates in force when it was made.

    Where it ended early, its usage is estimated by what is `known` of its model.
    """
    family = _family(event, card)
    usage, cost = _used_and_cost(event, family, card, known)
    return Call(
        id=event.id,
        started_at_us=event.at,
        provider=event.provider,
        requested_model=event.model,
        model=family,
        answered=event.answered,
        operation=event.operation,
        outcome=_OUTCOMES[event.outcome],
        usage=usage,
        cost=cost,
        is_streamed=event.stream,
        error=event.error,
        status=event.status,
        tier=event.tier,
        speed=event.speed,
        finish=event.finish,
        attempts=event.attempts,
        failures=tuple(event.failures),
        retry_wait_us=event.retry_wait_us,
        tools_offered=tuple(event.tools_offered),
        tools_called=tuple(event.tools_called),
        latency_us=event.latency_us,
        first_chunk_us=event.first_chunk_us,
        session=event.session,
        user=event.user,
        user_tier=event.user_tier,
        feature=event.feature,
        agent=event.agent,
        workflow=event.workflow,
        project=event.project,
        environment=event.environment,
        prompt_version=event.prompt_version,
        site=event.site,
        stack=tuple(event.stack),
        trace=event.trace,
        parent=event.parent,
        fingerprint=event.fingerprint,
        prefixes=tuple(event.prefixes),
        tags=event.tags or {},
    )


def _used_and_cost(
    event: Event, family: str, card: Pricer, known: Calibration
) -> tuple[Usage, Cost]:
    found = estimate(event, f"{event.provider}/{family}", known) if event.estimated else None
    usage = usage_of(found.counts if found else event.usage)
    cost = cost_of(event, usage, card)
    if found and cost.pusd and cost.basis is Basis.ESTIMATED:
        cost = replace(cost, band=_band(event, found, cost.pusd, card))
    return usage, cost


def usage_of(counts: Mapping[str, int | None] | None) -> Usage:
    """The usage an event has; unknown where it has none."""
    if not counts:
        return _NO_USAGE
    count = counts.get
    return Usage(
        count("input"),
        count("cache_read") or 0,
        count("cache_write") or 0,
        count("cache_write_5m") or 0,
        count("cache_write_1h") or 0,
        count("output"),
        count("reasoning") or 0,
        {} if counts.keys() <= OURS else _further(counts),
    )


def _further(counts: Mapping[str, int | None]) -> dict[str, int]:
    # a zero says that the provider counted none, and tells at which rate the rest was read
    return {name: count for name, count in counts.items() if count is not None and name not in OURS}


def _names(event: Event) -> list[str]:
    """What to look a rate up by: the model that answered, then the one asked for."""
    return [name for name in (event.answered, event.model) if name]


def _family(event: Event, card: Pricer) -> str:
    names = _names(event)
    return card.family(event.provider, names) or (names[0] if names else "")


def cost_of(event: Event, usage: Usage, card: Pricer) -> Cost:
    """What `usage` of the call that `event` tells of costs, whatever usage its line told."""
    if event.billed == "no":
        return _NOT_BILLED
    models = _names(event)
    context = None
    if event.tier or event.speed:
        context = price_context(event.provider, event.tier, event.speed)
    cost = card.cost(event.provider, models, usage, event.at, context, is_estimated=event.estimated)
    if event.reported_pusd is not None:
        cost = _with_reported(cost, event, wins=card.reported_wins)
    if event.derived and cost.basis is Basis.MEASURED:
        cost = replace(cost, basis=Basis.DERIVED)
    is_sane = (
        (cost.pusd or 0) <= MOST_PUSD
        and abs(cost.cache_saved_pusd) <= MOST_PUSD
        and abs(cost.cache_premium_pusd) <= MOST_PUSD
        and abs(cost.cache_missed_pusd) <= MOST_PUSD
    )
    return cost if is_sane else _ABSURD


def _band(event: Event, found: Estimate, pusd: int, card: Pricer) -> Band:
    """How much less and more the call may have cost, at its own rates."""
    low, high = (
        cost_of(event, usage_of(counts), card).pusd or pusd for counts in (found.low, found.high)
    )
    return Band(
        min(low * 1000 // pusd, 1000), max(-(-high * 1000 // pusd), 1000), found.learned_calls
    )


def _with_reported(ours: Cost, event: Event, *, wins: bool) -> Cost:
    """Our cost with the provider's own beside it; theirs is the cost where it wins or is alone."""
    told = event.reported_pusd
    if ours.pusd is not None and not wins:
        return replace(ours, reported_pusd=told)
    rate = f"reported by {event.provider}"
    return replace(ours, pusd=told, basis=Basis.DERIVED, rate=rate, reported_pusd=told)
