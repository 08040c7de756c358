"""One call, opened: the bill behind its cost, and what the same usage costs otherwise."""

from collections.abc import Iterable, Iterator, Mapping

from profiler.analysis.results import CallDetail, Elsewhere, PriceLine
from profiler.config import Settings
from profiler.domain.calls import Call
from profiler.domain.usage import Usage
from profiler.log.captured import text_of
from profiler.pricing.card import Card
from profiler.pricing.context import price_context
from profiler.pricing.installed import cards_behind
from profiler.pricing.price import Line
from profiler.store import reads
from profiler.store.engine import Store

OTHERS = 3
"""So many of the same provider are named, and so many of all."""

_KINDS = (
    "audio",
    "embed",
    "guard",
    "image",
    "live",
    "moderation",
    "ocr",
    "realtime",
    "rerank",
    "search",
    "transcribe",
    "tts",
    "whisper",
)
"""Words in a model's name that tell what it is for; none of them is in those that just write."""


def opened(store: Store, card: Card, settings: Settings, call_id: str, now_us: int) -> CallDetail:
    """The call of that id, or whose id alone begins so.

    Raises:
        NotFound: no call, or several, have an id that begins so.

    """
    call = reads.one(store, call_id)
    models = (call.answered, call.requested_model)
    context = price_context(call.provider, call.tier, call.speed)
    cards = cards_behind(card, settings.home, call.cost.rate)
    lines = _bill(call, cards, context)
    return CallDetail(
        call,
        tuple(_price_line(line, call.usage) for line in lines),
        card.cost(call.provider, models, call.usage, now_us, context),
        text_of(settings.text_folder, call.id, call.started_at_us),
        _elsewhere(call, card, now_us),
    )


def _bill(call: Call, cards: Iterable[Card], context: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines behind a call's cost, by the first of `cards` by which they add up to it."""
    models = (call.answered, call.requested_model)
    if call.cost.pusd is None or not call.usage.is_known:
        return ()
    for card in cards:
        lines = card.lines(call.provider, models, call.usage, call.started_at_us, context)
        if sum(line.pusd for line in lines) == call.cost.pusd:
            return lines
    return ()


def _price_line(line: Line, usage: Usage) -> PriceLine:
    unit = line.unit.removesuffix("_tokens").replace("_", " ")
    if unit == "input" and line.count == usage.input != usage.total_input:
        # elsewhere "input" is all that was read; where cache has rates this line is a part of it
        unit = "fresh input"
    return PriceLine(unit, line.count, f"{line.rate_usd:f}", line.per, line.pusd)


def _elsewhere(call: Call, card: Card, now_us: int) -> tuple[Elsewhere, ...]:
    """The cheapest that do the same work, of its provider and of all; the cheapest first."""
    if call.cost.pusd is None or not call.usage.total:
        return ()
    found = sorted(_alike(call, card, now_us), key=lambda one: (one.pusd, one.provider, one.model))
    own = [one for one in found if one.provider == call.provider][:OTHERS]
    others = [one for one in found if one not in own][:OTHERS]
    return tuple(one for one in found if one in own or one in others)


def _alike(call: Call, card: Card, now_us: int) -> Iterator[Elsewhere]:
    """Other models of its kind that could hold it; those whose cost is unknown are left out."""
    kind, tokens = _kind(call.model), call.usage.total
    buckets, more = call.usage.buckets, call.usage.more
    for listed in card.models():
        if listed.model == call.model or _kind(listed.model) != kind:
            continue
        if listed.context_window is not None and listed.context_window < tokens:
            continue
        # not `cost`, which makes objects: there are thousands of models
        terms = card.terms(listed.provider, listed.model, "", "", "")
        charge = terms.charge(now_us, buckets, more) if terms else None
        # what costs nothing is given away with limits, or listed without its rates
        if charge and charge[0]:
            yield Elsewhere(listed.provider, listed.model, charge[0])


def _kind(model: str) -> frozenset[str]:
    name = model.lower()
    return frozenset(word for word in _KINDS if word in name)
