"""genai-prices' own answers, and usage to ask it about."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

import msgspec
from genai_prices import Usage as TheirUsage, calc_price
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from profiler.domain.periods import EPOCH, to_us
from profiler.domain.usage import Usage, as_billed_units
from profiler.log.event import Event
from profiler.pricing.file import packaged
from profiler.pricing.match import Found
from profiler.pricing.price import Plan
from tests.support.events import an_event

CONTEXTS: list[Mapping[str, str] | None] = [
    None,
    {"processing": "batch"},
    {"service_tier": "flex"},
    {"service_tier": "priority"},
    {"service_tier": "default"},
    {"speed": "fast", "service_tier": "fast"},
    {"nonsense": "x"},
]

EXACT_DIGITS = 60
"""Enough for every finite price; an hour of audio per second repeats for ever."""


def both_sheets() -> Iterator[tuple[Found, Provider, ModelInfo]]:
    """Every model, as we ship it and as the library holds it."""
    ours, theirs = packaged()[0].providers, get_snapshot().providers
    for our_provider, their_provider in zip(ours, theirs, strict=True):
        pairs = zip(our_provider.models, their_provider.models, strict=True)
        for our_model, their_model in pairs:
            yield Found(our_provider, our_model, is_own=True), their_provider, their_model


def their_usd(
    model: ModelInfo,
    provider: Provider,
    usage: Usage,
    at_us: int,
    context: Mapping[str, str] | None,
) -> Fraction | None:
    """What the library says the usage costs; `None` where it refuses."""
    moment = EPOCH + timedelta(microseconds=at_us)
    with localcontext(prec=EXACT_DIGITS):
        try:
            price = model.calc_price(
                TheirUsage(**as_billed_units(usage)),
                provider,
                genai_request_timestamp=moment,
                price_context=context,
            )
        except ValueError:
            return None
        return Fraction(price.total_price)


def calculated_usd(
    provider: str, model: str, usage: Usage, at_us: int, context: Mapping[str, str] | None
) -> Fraction | None:
    """What the library's front door says; `None` where it refuses."""
    with localcontext(prec=EXACT_DIGITS):
        try:
            price = calc_price(
                TheirUsage(**as_billed_units(usage)),
                model,
                provider_id=provider,
                genai_request_timestamp=EPOCH + timedelta(microseconds=at_us),
                price_context=context,
            )
        except (LookupError, ValueError):
            return None
        return Fraction(price.total_price)


def is_same(ours: Fraction | None, theirs: Fraction | None) -> bool:
    """Equal; or, where a decimal cannot end, equal as far as the library computes."""
    if ours is None or theirs is None:
        return ours is theirs
    if _ends(ours):
        return ours == theirs
    return abs(ours - theirs) < Fraction(1, 10 ** (EXACT_DIGITS - 20))


def _ends(number: Fraction) -> bool:
    with localcontext(prec=EXACT_DIGITS):
        return Fraction(Decimal(number.numerator) / number.denominator) == number


def some_usage(rng: random.Random) -> Usage:
    """Plausible usage, at times with parts that contradict their wholes."""
    sizes = (0, 100, 5_000, 150_000, 400_000)
    fresh, read = rng.randrange(1 + rng.choice(sizes)), rng.randrange(1 + rng.choice(sizes))
    output = rng.randrange(20_000)
    more: dict[str, int] = {}
    if rng.random() < 0.6:
        more["web_searches"] = rng.randrange(4)
        more["input_text_tokens"] = rng.randrange(1 + fresh)
        more["audio_seconds"] = more["input_audio_seconds"] = rng.randrange(100)
    if rng.random() < 0.4:
        more["input_audio_tokens"] = rng.randrange(1 + fresh + read // 2)
        more["cache_audio_read_tokens"] = rng.randrange(1 + read)
    if rng.random() < 0.3:
        more["input_image_tokens"] = rng.randrange(1 + fresh // 2)
        more["output_audio_tokens"] = rng.randrange(1 + output)
        more["input_characters"] = rng.randrange(9_000)
        more["input_document_pages"] = more["input_annotated_document_pages"] = rng.randrange(9)
    return Usage(
        input=fresh,
        output=output,
        cache_read=read,
        cache_write=rng.choice((0, 0, 700)),
        cache_write_5m=rng.choice((0, 0, 5_000)),
        cache_write_1h=rng.choice((0, 0, 9_001)),
        reasoning=rng.choice((0, output // 3)),
        more=more,
    )


def at_us(text: str) -> int:
    """The moment an ISO date and time means, UTC where it says nothing else."""
    return to_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


def an_event_read(**fields: object) -> Event:
    """An event as a log's reader gives it."""
    return msgspec.convert({"v": 1, **an_event(**fields)}, Event)


def exact_pusd(plan: Plan, usage: Usage) -> Fraction:
    """The cost before it is rounded, for usage that has one.

    Raises:
        Unpriceable: the parts of a count exceed it.

    """
    return Fraction(plan._total(plan._counts(usage)), plan._rates.scale)
