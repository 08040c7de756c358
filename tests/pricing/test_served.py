"""Whether a call's tier had rates of its own is told, and every unit is billed at its rate."""

import pytest

from profiler.domain.calls import Call
from profiler.domain.usage import Usage
from profiler.ingest.priced import call_of
from profiler.pricing.card import Card
from profiler.pricing.context import is_rated_as_served
from tests.pricing.support import an_event_read, at_us

CARD = Card.load()
NOW = at_us("2026-11-20T12:00:00")


def a_call(model: str, **fields: object) -> Call:
    return call_of(an_event_read(model=model, answered=None, at=NOW, **fields), CARD)


@pytest.mark.parametrize(
    ("provider", "model", "tier", "said"),
    [
        ("openai", "gpt-5.1", "flex", True),
        ("openai", "gpt-5.1", "default", None),
        ("openai", "gpt-4", "flex", False),
        ("openai", "text-embedding-3-small", "scale", False),
        ("openai", "no-such-model", "flex", None),
    ],
)
def test_a_tier_without_rates_of_its_own_is_told(
    provider: str, model: str, tier: str, said: bool | None
) -> None:
    assert is_rated_as_served(a_call(model, provider=provider, tier=tier)) is said


@pytest.mark.parametrize(
    ("provider", "model", "usage", "pusd"),
    [
        # requests: 12 dollars a thousand
        ("perplexity", "sonar", Usage(1_000, output=500), 1_500 * 10**6 + 12 * 10**9),
        # images: 8 and 32 dollars a million tokens
        (
            "openai",
            "chatgpt-image-latest",
            Usage(
                300, output=1_000, more={"input_image_tokens": 200, "output_image_tokens": 1_000}
            ),
            100 * 5 * 10**6 + 200 * 8 * 10**6 + 1_000 * 32 * 10**6,
        ),
        # audio: 10 and 20 dollars a million tokens, 0.30 read from a cache
        (
            "openai",
            "gpt-4o-mini-realtime-preview",
            Usage(
                250,
                50,
                output=100,
                more={
                    "input_audio_tokens": 200,
                    "cache_audio_read_tokens": 50,
                    "output_audio_tokens": 80,
                },
            ),
            100 * 600_000 + 150 * 10 * 10**6 + 50 * 300_000 + 20 * 2_400_000 + 80 * 20 * 10**6,
        ),
        # letters to be spoken: 15 dollars a million
        ("openai", "tts-1", Usage(0, output=0, more={"input_characters": 4_000}), 60 * 10**9),
        # pages: 3 dollars a thousand annotated ones, 1 dollar the others
        (
            "mistral",
            "mistral-ocr-2505",
            Usage(
                0,
                output=0,
                more={"input_document_pages": 10, "input_annotated_document_pages": 4},
            ),
            6 * 10**9 + 4 * 3 * 10**9,
        ),
        # searches: 10 dollars a thousand of the web, 2.50 of files
        (
            "openai",
            "gpt-4.1",
            Usage(10, output=0, more={"web_searches": 2, "storage_searches": 2}),
            10 * 2 * 10**6 + 2 * 10**10 + 2 * 2_500_000_000,
        ),
        ("anthropic", "claude-opus-4-8", Usage(0, output=0, more={"web_searches": 3}), 3 * 10**10),
        # thoughts at a rate of their own
        (
            "openrouter",
            "perplexity/sonar-deep-research",
            Usage(1_000, output=300, reasoning=200),
            1_000 * 2 * 10**6 + 100 * 8 * 10**6 + 200 * 3 * 10**6,
        ),
        # OpenAI lists one rate for what it writes to a cache, for 30 minutes or for 12 hours
        (
            "openai",
            "gpt-6.1-sol",
            Usage(1_000, 2_000, 4_000, output=100),
            1_000 * 2 * 10**6 + 2_000 * 100_000 + 4_000 * 2_500_000 + 100 * 10 * 10**6,
        ),
        # beyond 272,000 tokens of input everything costs more, what was written too
        (
            "openai",
            "gpt-6.1-sol",
            Usage(268_001, 0, 4_000, output=100),
            268_001 * 4 * 10**6 + 4_000 * 5 * 10**6 + 100 * 15 * 10**6,
        ),
    ],
)
def test_every_unit_is_billed_at_its_own_rate(
    provider: str, model: str, usage: Usage, pusd: int
) -> None:
    assert CARD.cost(provider, (model,), usage, NOW).pusd == pusd
    assert sum(line.pusd for line in CARD.lines(provider, (model,), usage, NOW)) == pusd


def test_the_direct_provider_is_billed_before_a_reseller() -> None:
    usage = Usage(input=1, output=0)
    assert " openai/gpt-5.1" in CARD.cost("azure", ("gpt-5.1",), usage, NOW).rate
    assert " openrouter/openai/" in CARD.cost("openrouter", ("openai/gpt-5.1",), usage, NOW).rate
    assert " openai/gpt-5.1" in CARD.cost("litellm", ("openai/gpt-5.1",), usage, NOW).rate
