"""Bills worked out by hand from the providers' own pages, to the cent and far beyond."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from profiler.domain.money import PUSD_PER_USD
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
from profiler.pricing.context import price_context
from tests.pricing.support import at_us

CARD = Card.load()
WEEKDAY_PEAK, WEEKDAY_CALM = "2026-11-20T02:30:00", "2026-11-20T12:00:00"

ANTHROPIC = "https://platform.claude.com/docs/en/about-claude/pricing"
"""Opus 4.8: $5 input, $6.25 and $10 cache writes of 5 minutes and of an hour, $0.50 cache hits,
$25 output, a million tokens each."""
OPENAI_PRIORITY = "https://openai.com/api-priority-processing/"
"""GPT-5.1 at priority: $2.50 input, $0.25 cached, $20 output; GPT-5.4: $5, $0.50, $30."""
OPENAI = "https://developers.openai.com/api/docs/pricing"
"""GPT-5.1: $1.25 input, $0.125 cached, $10 output; half of that in batches."""
DEEPSEEK = "https://api-docs.deepseek.com/quick_start/pricing"
"""V4 Pro, off peak: $0.022 cache hit, $0.66 cache miss, $1.98 output; twice that at peak, 01:00 to
04:00 and 06:00 to 10:00 UTC. Before 16 August 2026: $0.003625, $0.435 and $0.87 at all hours."""
GENAI_PRICES = "https://pypi.org/project/genai-prices/0.2.1/"
"""Its example: a million tokens each way of o3 at flex on 2026-10-12 are $5."""
GEMINI_COST = "https://docs.rs/crate/gemini-cost/latest/source/tests/integration.rs"
"""300,000 tokens of input to Gemini 2.5 Pro are billed whole at $2.50 a million: $0.75."""


@pytest.mark.parametrize(
    ("page", "provider", "model", "usage", "served", "usd"),
    [
        (ANTHROPIC, "anthropic", "claude-opus-4-8", Usage(input=10_000, output=2_000), {}, "0.10"),
        (
            ANTHROPIC,
            "anthropic",
            "claude-opus-4-8",
            Usage(1_000, 100_000, 0, 20_000, 4_000, output=1_200),
            {},
            "0.25",
        ),
        (
            ANTHROPIC,
            "anthropic",
            "claude-opus-4-8",
            Usage(1_000, 100_000, 0, 20_000, 4_000, output=1_200),
            {"tier": "batch"},
            "0.125",
        ),
        (OPENAI, "openai", "gpt-5.1", Usage(80_000, 400_000, output=5_000), {}, "0.20"),
        (
            OPENAI,
            "openai",
            "gpt-5.1",
            Usage(80_000, 400_000, output=5_000),
            {"tier": "batch"},
            "0.10",
        ),
        (
            OPENAI_PRIORITY,
            "openai",
            "gpt-5.1",
            Usage(80_000, 400_000, output=5_000),
            {"tier": "priority"},
            "0.40",
        ),
        (
            OPENAI_PRIORITY,
            "openai",
            "gpt-5.4",
            Usage(20_000, 100_000, output=10_000),
            {"tier": "priority"},
            "0.45",
        ),
        (
            GENAI_PRICES,
            "openai",
            "o3",
            Usage(input=1_000_000, output=1_000_000),
            {"tier": "flex", "at": "2026-10-12T00:00:00"},
            "5",
        ),
        (GEMINI_COST, "google", "gemini-2.5-pro", Usage(input=300_000, output=0), {}, "0.75"),
        (
            GEMINI_COST,
            "google",
            "gemini-2.5-pro",
            Usage(input=100_000, output=50_000),
            {},
            "0.625",
        ),
        (
            DEEPSEEK,
            "deepseek",
            "deepseek-v4-pro",
            Usage(1_000_000, 1_000_000, output=1_000_000),
            {"at": WEEKDAY_CALM},
            "2.662",
        ),
        (
            DEEPSEEK,
            "deepseek",
            "deepseek-v4-pro",
            Usage(1_000_000, 1_000_000, output=1_000_000),
            {"at": WEEKDAY_PEAK},
            "5.324",
        ),
    ],
)
def test_a_bill_is_what_the_providers_page_makes_it(
    page: str, provider: str, model: str, usage: Usage, served: Mapping[str, str], usd: str
) -> None:
    context = price_context(provider, served.get("tier", ""), served.get("speed", ""))
    when = at_us(served.get("at", "2026-11-20T12:00:00"))
    assert (
        CARD.cost(provider, (model,), usage, when, context).pusd == Decimal(usd) * PUSD_PER_USD
    ), page
