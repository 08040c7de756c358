"""An event of the log as a call of the store: labels cleaned, usage priced."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Protocol

from profiler.domain.calls import Basis, Call, Cost, Outcome
from profiler.domain.usage import Usage
from profiler.log.event import Event
from profiler.log.fields import MAX_LABEL_CHARS
from profiler.pricing.context import price_context

MOST_PUSD = 10**16
"""Ten thousand dollars: no call costs more, so counts that say so contradict themselves."""

MOST_TAGS = 64

_OUTCOMES = {"ok": Outcome.OK, "error": Outcome.ERROR, "aborted": Outcome.ABORTED}
_BUCKETS = ("input", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h")
_OURS = frozenset({*_BUCKETS, "output", "reasoning"})
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_USAGE = Usage()
_NOT_BILLED = Cost(0, Basis.NOT_BILLED)
_ABSURD = Cost(None, Basis.NO_USAGE)


class Pricer(Protocol):
    """What ingest needs of a rate card; `pricing.card.Card` is one."""

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


def call_of(event: Event, card: Pricer) -> Call:
    """The call that `event` tells of, priced by the rates in force when it was made."""
    usage = usage_of(event)
    return Call(
        id=event.id,
        started_at_us=event.at,
        provider=cleaned(event.provider),
        requested_model=cleaned(event.model),
        model=cleaned(event.answered or event.model),
        operation=cleaned(event.operation),
        outcome=_OUTCOMES[event.outcome],
        usage=usage,
        cost=_cost_of(event, usage, card),
        is_streamed=event.stream,
        error=cleaned(event.error),
        status=event.status,
        tier=cleaned(event.tier),
        speed=cleaned(event.speed),
        finish=cleaned(event.finish),
        attempts=event.attempts,
        latency_us=event.latency_us,
        first_chunk_us=event.first_chunk_us,
        session=cleaned(event.session),
        user=cleaned(event.user),
        feature=cleaned(event.feature),
        agent=cleaned(event.agent),
        workflow=cleaned(event.workflow),
        project=cleaned(event.project),
        site=cleaned(event.site),
        tags=_tags_of(event.tags) if event.tags else {},
    )


def cleaned(label: str) -> str:
    """`label` as it is stored: cut, and with U+FFFD for what could steer a terminal.

    Faces clean text again when they draw it; this is for whoever reads the database itself.
    """
    if len(label) <= MAX_LABEL_CHARS and label.isascii() and label.isprintable():
        return label
    return _CONTROLS.sub("\ufffd", label[:MAX_LABEL_CHARS])


def _tags_of(tags: Mapping[str, str]) -> dict[str, str]:
    return {cleaned(name): cleaned(text) for name, text in islice(tags.items(), MOST_TAGS)}


def usage_of(event: Event) -> Usage:
    """The usage of `event`; unknown where it has none."""
    counts = event.usage
    if not counts:
        return _NO_USAGE
    more = counts.keys() - _OURS
    return Usage(
        input=counts.get("input"),
        cache_read=counts.get("cache_read") or 0,
        cache_write=counts.get("cache_write") or 0,
        cache_write_5m=counts.get("cache_write_5m") or 0,
        cache_write_1h=counts.get("cache_write_1h") or 0,
        output=counts.get("output"),
        reasoning=counts.get("reasoning") or 0,
        more={name: count for name in sorted(more) if (count := counts[name])} if more else {},
    )


def _cost_of(event: Event, usage: Usage, card: Pricer) -> Cost:
    if event.billed == "no" and not usage.is_known:
        return _NOT_BILLED
    models = [name for name in (event.answered, event.model) if name]
    context = None
    if event.tier or event.speed:
        context = price_context(event.provider, event.tier, event.speed)
    cost = card.cost(event.provider, models, usage, event.at, context, is_estimated=event.estimated)
    sizes = (cost.pusd or 0, cost.cache_saved_pusd, cost.cache_premium_pusd, cost.cache_missed_pusd)
    return _ABSURD if max(sizes) > MOST_PUSD or min(sizes) < -MOST_PUSD else cost
