"""One call, opened: the bill behind its cost, and what the same usage costs otherwise."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from profiler.analysis.results.snapshot import CallDetail, Elsewhere, PriceLine
from profiler.analysis.whatif import MODEL, candidates
from profiler.config import Settings
from profiler.domain.calls import Call
from profiler.domain.scopes import EVERYTHING
from profiler.domain.usage import Usage
from profiler.log.captured import text_of
from profiler.pricing.card import Card, Listed
from profiler.pricing.context import price_context
from profiler.pricing.installed import cards_behind
from profiler.pricing.price import Line
from profiler.store import reads
from profiler.store.engine import Store

OTHERS = 3
"""So many of those in use are named, and so many of their makers' other ones."""
MOST_USED = 12
"""So many of those in use are looked at, the dearest."""

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
    billed_by, lines = _bill(call, cards, context)
    return CallDetail(
        call,
        tuple(_price_line(line, call.usage) for line in lines),
        card.cost(call.provider, models, call.usage, now_us, context),
        text_of(settings.text_folder, call.id, call.started_at_us),
        _elsewhere(store, call, card, now_us),
        _all_cached(call, billed_by, context),
    )


def _bill(
    call: Call, cards: Iterable[Card], context: Mapping[str, str]
) -> tuple[Card | None, tuple[Line, ...]]:
    """The lines behind a call's cost, and the first of `cards` by which they add up to it."""
    models = (call.answered, call.requested_model)
    if call.cost.pusd is None or not call.usage.is_known:
        return None, ()
    for card in cards:
        lines = card.lines(call.provider, models, call.usage, call.started_at_us, context)
        if sum(line.pusd for line in lines) == call.cost.pusd:
            return card, lines
    return None, ()


def _all_cached(call: Call, card: Card | None, context: Mapping[str, str]) -> int | None:
    """The call's cost had all of its prompt been read from the cache, at the rates it was billed.

    A prompt with parts whose cached share nobody told (audio beside text) has no such cost.
    """
    usage = call.usage
    if card is None or not usage.total_input:
        return None
    read = replace(
        usage, input=0, cache_read=usage.total_input, cache_write=0, cache_write_5m=0,
        cache_write_1h=0, more={unit: n for unit, n in usage.more.items() if "write" not in unit},
    )  # fmt: skip
    models = (call.answered, call.requested_model)
    lines = card.lines(call.provider, models, read, call.started_at_us, context)
    if not any(line.unit == "cache_read_tokens" for line in lines):
        return None
    return sum(line.pusd for line in lines)


def _price_line(line: Line, usage: Usage) -> PriceLine:
    unit = line.unit.removesuffix("_tokens").replace("_", " ")
    if unit == "input" and line.count == usage.input != usage.total_input:
        # elsewhere "input" is all that was read; where cache has rates this line is a part of it
        unit = "fresh input"
    return PriceLine(unit, line.count, f"{line.rate_usd:f}", line.per, line.pusd)


def _elsewhere(store: Store, call: Call, card: Card, now_us: int) -> tuple[Elsewhere, ...]:
    """The cheapest that do the same work, in use and of the same makers; the cheapest first."""
    listed = card.find(call.provider, call.answered) or card.find(call.provider, call.model)
    if call.cost.pusd is None or not call.usage.total or listed is None:
        return ()
    its_own = _name(listed)
    used = {its_own, *_used(store, card)}
    meant = candidates(card, used) - {its_own}
    found = tuple(_alike(call, card, now_us, meant))
    in_use = tuple(islice((one for one in found if _name(one) in used), OTHERS))
    others = tuple(islice((one for one in found if _name(one) not in used), OTHERS))
    return tuple(sorted(in_use + others, key=lambda one: (one.pusd, one.provider, one.model)))


def _used(store: Store, card: Card) -> Iterator[str]:
    """The dearest models of the history, as they are listed."""
    for (provider, model), _ in reads.dearest(store, MODEL, EVERYTHING, MOST_USED).rows:
        if listed := card.find(provider, model):
            yield _name(listed)


def _name(one: Listed | Elsewhere) -> str:
    return f"{one.provider}/{one.model}"


def _alike(call: Call, card: Card, now_us: int, meant: Container[str]) -> Iterator[Elsewhere]:
    """Those `meant` that are of its kind and could hold it, the cheapest first.

    What costs nothing is left out: it is given away with limits, or listed without its rates.
    """
    kind, tokens = _kind(call.model), call.usage.total

    def could(listed: Listed) -> bool:
        if _name(listed) not in meant:
            return False
        if listed.context_window is not None and listed.context_window < tokens:
            return False
        return _kind(listed.model) == kind

    for pusd, listed in card.cheapest(call.usage, now_us, could):
        yield Elsewhere(listed.provider, listed.model, pusd)


def _kind(model: str) -> frozenset[str]:
    name = model.lower()
    return frozenset(word for word in _KINDS if word in name)
