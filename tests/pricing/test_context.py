"""The words of a response become the words rates are listed under."""

import pytest

from profiler.pricing.context import price_context


@pytest.mark.parametrize(
    ("provider", "tier", "speed", "context"),
    [
        ("openai", "flex", "", {"service_tier": "flex"}),
        ("openai", "Priority", "", {"service_tier": "priority"}),
        ("openai", "default", "", {}),
        ("openai", "auto", "", {}),
        ("openai", "batch", "", {"processing": "batch"}),
        ("anthropic", "batch", "", {"processing": "batch"}),
        ("anthropic", "standard", "fast", {"speed": "fast"}),
        ("anthropic", "priority", "standard", {"service_tier": "priority"}),
        ("google", "ON_DEMAND", "", {}),
        ("google", "ON_DEMAND_FLEX", "", {"service_tier": "flex"}),
        ("google", "standard", "", {}),
        ("", "", "", {}),
    ],
)
def test_tiers_and_speeds_become_contexts(
    provider: str, tier: str, speed: str, context: dict[str, str]
) -> None:
    assert price_context(provider, tier, speed) == context
