"""The card as its callers see it."""

from decimal import Decimal

import pytest

from profiler.domain.calls import Basis, Cost
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
from profiler.pricing.context import price_context
from tests.pricing.support import at_us

NOW = at_us("2026-11-22T12:00:00")
SOURCE = "genai-prices@0.2.3"


@pytest.fixture(scope="module")
def card() -> Card:
    return Card.load()


def test_documented_openai_rates_give_the_documented_cost(card: Card) -> None:
    usage = Usage(input=1_000, cache_read=500, output=200, reasoning=50)
    cost = card.cost("openai", ("gpt-5.1",), usage, NOW)
    dollars = (Decimal("1.25") * 1_000 + Decimal("0.125") * 500 + 10 * Decimal(200)) / 1_000_000
    assert cost == Cost(
        int(dollars * PUSD_PER_USD),
        Basis.MEASURED,
        f"{SOURCE} openai/gpt-5.1",
        cache_saved_pusd=500 * 1_125_000,
        cache_missed_pusd=1_000 * 1_125_000,
    )


def test_documented_anthropic_rates_give_the_documented_cost(card: Card) -> None:
    usage = Usage(input=300, cache_read=1_024, cache_write_5m=500, cache_write_1h=300, output=210)
    cost = card.cost("anthropic", ("claude-opus-4-5-20251101",), usage, NOW)
    dollars = 300 * 5 + 1_024 * Decimal("0.5") + 500 * Decimal("6.25") + 300 * 10 + 210 * 25
    assert cost == Cost(
        int(dollars * 1_000_000),
        Basis.MEASURED,
        f"{SOURCE} anthropic/claude-opus-4-5",
        cache_saved_pusd=1_024 * 4_500_000,
        cache_premium_pusd=500 * 1_250_000 + 300 * 5_000_000,
        cache_missed_pusd=300 * 4_500_000,
    )


def test_a_call_beyond_the_threshold_is_billed_whole_at_the_upper_rate(card: Card) -> None:
    below = card.cost("openai", ("gpt-5.4",), Usage(input=271_999, cache_read=1, output=0), NOW)
    beyond = card.cost("openai", ("gpt-5.4",), Usage(input=272_000, cache_read=1, output=0), NOW)
    assert below.pusd == 271_999 * 2_500_000 + 250_000
    assert beyond.pusd == 272_000 * 5_000_000 + 500_000
    assert beyond.cache_saved_pusd == 4_500_000


def test_searches_are_billed_beside_tokens(card: Card) -> None:
    usage = Usage(input=10, output=0, more={"web_searches": 3})
    lines = card.lines("openai", ("gpt-5.1",), usage, NOW)
    assert [(line.unit, line.count, line.pusd) for line in lines] == [
        ("input_tokens", 10, 12_500_000),
        ("web_searches", 3, 30_000_000_000),
    ]


def test_audio_read_from_cache_saves_the_audio_rate(card: Card) -> None:
    more = {"input_audio_tokens": 100, "cache_audio_read_tokens": 50}
    usage = Usage(input=300, cache_read=100, output=0, more=more)
    cost = card.cost("google", ("gemini-2.5-flash",), usage, NOW)
    text, audio, text_read, audio_read = 250 * 300_000, 50 * 1_000_000, 50 * 30_000, 50 * 100_000
    assert cost.pusd == text + audio + text_read + audio_read
    assert cost.cache_saved_pusd == 50 * 270_000 + 50 * 900_000
    assert cost.cache_missed_pusd == 250 * 270_000 + 50 * 900_000


def test_parts_that_hide_what_was_written_promise_no_saving(card: Card) -> None:
    usage = Usage(input=40, cache_write=60, output=0, more={"input_audio_tokens": 60})
    cost = card.cost("google", ("gemini-2.5-flash",), usage, NOW)
    assert cost.pusd == 40 * 300_000 + 60 * 1_000_000
    assert cost.cache_missed_pusd == 0


def test_without_a_cache_rate_nothing_was_saved_or_missed(card: Card) -> None:
    usage = Usage(input=100, cache_read=50, cache_write=25, output=1)
    cost = card.cost("openai", ("gpt-4",), usage, NOW)
    assert cost.pusd == 175 * 30_000_000 + 60_000_000
    assert (cost.cache_saved_pusd, cost.cache_premium_pusd, cost.cache_missed_pusd) == (0, 0, 0)


def test_a_call_is_priced_at_its_own_time(card: Card) -> None:
    usage = Usage(input=1, output=0)
    before = card.cost("openai", ("o3",), usage, at_us("2025-06-10") - 1)
    after = card.cost("openai", ("o3",), usage, at_us("2025-06-10"))
    assert (before.pusd, before.rate) == (10_000_000, f"{SOURCE} openai/o3")
    assert (after.pusd, after.rate) == (2_000_000, f"{SOURCE} openai/o3 from 2025-06-10")


def test_a_rate_that_holds_at_some_hours_names_them(card: Card) -> None:
    usage = Usage(input=0, output=1)
    peak = card.cost("deepseek", ("deepseek-v4-pro",), usage, at_us("2026-11-22T03:59:59.999999"))
    calm = card.cost("deepseek", ("deepseek-v4-pro",), usage, at_us("2026-11-22T04:00:00"))
    assert peak.rate == f"{SOURCE} deepseek/deepseek-v4-pro daily 01:00:00-04:00:00"
    assert calm.rate == f"{SOURCE} deepseek/deepseek-v4-pro from 2026-08-17"
    assert peak.pusd != calm.pusd


@pytest.mark.parametrize(
    ("tier", "rate", "pusd"),
    [
        ("flex", "openai/gpt-5.1 flex from 2026-10-12", 625_000),
        ("priority", "openai/gpt-5.1 priority from 2026-10-12", 2_500_000),
        ("batch", "openai/gpt-5.1 batch from 2026-10-14", 625_000),
        ("default", "openai/gpt-5.1", 1_250_000),
        ("scale", "openai/gpt-5.1", 1_250_000),
    ],
)
def test_the_rate_names_only_a_context_that_changed_it(
    card: Card, tier: str, rate: str, pusd: int
) -> None:
    context = price_context("openai", tier, "")
    cost = card.cost("openai", ("gpt-5.1",), Usage(input=1, output=0), NOW, context)
    assert (cost.rate, cost.pusd) == (f"{SOURCE} {rate}", pusd)


def test_fast_speed_has_its_own_rate(card: Card) -> None:
    context = price_context("anthropic", "standard", "fast")
    cost = card.cost("anthropic", ("claude-opus-4-8",), Usage(input=1, output=0), NOW, context)
    assert (cost.pusd, cost.rate) == (10_000_000, f"{SOURCE} anthropic/claude-opus-4-8 fast")


def test_another_providers_model_is_billed_at_the_listing_providers_rate(card: Card) -> None:
    context = {"service_tier": "flex"}
    cost = card.cost("azure", ("gpt-5.1",), Usage(input=1, output=0), NOW, context)
    assert (cost.pusd, cost.rate) == (1_250_000, f"{SOURCE} openai/gpt-5.1")


def test_the_answering_model_is_billed_before_the_requested_one(card: Card) -> None:
    usage = Usage(input=1, output=0)
    assert "gpt-5.1" in card.cost("openai", ("gpt-5.1", "gpt-4"), usage, NOW).rate
    assert "gpt-4" in card.cost("openai", ("no-such-model", "gpt-4"), usage, NOW).rate
    assert "gpt-4" in card.cost("openai", ["", "gpt-4"], usage, NOW).rate


@pytest.mark.parametrize(
    ("provider", "models"),
    [
        ("openai", ("no-such-model",)),
        ("openai", ("",)),
        ("openai", ()),
        ("no-such-provider", ("gpt-5.1",)),
        ("", ("gpt-5.1",)),
        ("openai", ("\0" * 10_000,)),
    ],
)
def test_without_a_rate_a_call_is_unpriced(
    card: Card, provider: str, models: tuple[str, ...]
) -> None:
    usage = Usage(input=1, output=1)
    assert card.cost(provider, models, usage, NOW) == Cost(None, Basis.NO_RATE)
    assert card.lines(provider, models, usage, NOW) == ()


@pytest.mark.parametrize(
    "usage",
    [
        Usage(),
        Usage(input=1),
        Usage(output=1),
        Usage(input=-400, cache_read=500, output=1),
        Usage(input=1, output=1, reasoning=2),
        Usage(input=1, output=1, cache_write=-1),
        Usage(input=1, output=1, more={"input_audio_tokens": 2}),
        Usage(input=1, output=1, more={"web_searches": -1}),
        Usage(input=9, output=1, cache_read=9, more={"input_audio_tokens": 2}),
    ],
)
def test_unknown_or_contradictory_usage_is_unpriced(card: Card, usage: Usage) -> None:
    model = ("gemini-2.5-flash",)
    assert card.cost("google", model, usage, NOW) == Cost(None, Basis.NO_USAGE)
    assert card.lines("google", model, usage, NOW) == ()


def test_a_part_counted_as_none_is_not_missing(card: Card) -> None:
    more = {"input_audio_tokens": 2, "cache_audio_read_tokens": 0}
    usage = Usage(input=9, output=0, cache_read=9, more=more)
    cost = card.cost("google", ("gemini-2.5-flash",), usage, NOW)
    assert cost.pusd == 7 * 300_000 + 2 * 1_000_000 + 9 * 30_000


def test_estimates_are_marked(card: Card) -> None:
    cost = card.cost("openai", ("gpt-5.1",), Usage(input=1, output=0), NOW, is_estimated=True)
    assert (cost.basis, cost.pusd) == (Basis.ESTIMATED, 1_250_000)


def test_a_rate_of_zero_is_a_real_zero(card: Card) -> None:
    cost = card.cost("openai", ("omni-moderation-latest",), Usage(input=9, output=0), NOW)
    assert (cost.pusd, cost.basis) == (0, Basis.MEASURED)


def test_short_audio_is_billed_as_ten_seconds(card: Card) -> None:
    whisper = ("whisper-large-v3-turbo",)
    seconds = [
        card.cost("groq", whisper, Usage(0, output=0, more={"audio_seconds": n}), NOW).pusd
        for n in (0, 1, 10, 11)
    ]
    an_hour_pusd = 40_000_000_000
    assert seconds == [0, an_hour_pusd // 360, an_hour_pusd // 360, round(an_hour_pusd * 11 / 3600)]


def test_models_are_listed_with_their_windows(card: Card) -> None:
    listed = set(card.models())
    assert ("openai", "gpt-5.1", 400_000) in listed
    assert len(listed) == 2_330
    assert card.find("openai", "GPT-5.1-2025-11-13") == ("openai", "gpt-5.1", 400_000)
    assert card.find("openai", "no-such-model") is None


def test_hostile_names_do_not_fill_the_memory(card: Card) -> None:
    usage = Usage(input=1, output=0)
    for n in range(5_000):
        card.cost("openai", (f"gpt-5.4-2026-{n}",), usage, NOW, {"service_tier": f"t{n}"})
    card.cost("openai", ("x" * 1_000,), usage, NOW)
    assert len(card._remembered) <= 4_096
    assert max(len(name) for key in card._remembered for name in key[1]) <= 256
    assert len(card._offers) < 100
