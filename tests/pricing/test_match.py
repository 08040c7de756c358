"""A name means the model that genai-prices takes it for."""

import random
import sys
from collections.abc import Iterator

from genai_prices.data_snapshot import get_snapshot
from hypothesis import given, strategies as st

from profiler.pricing.card import Card

CARD = Card.load()
PROVIDERS = ["openai", "anthropic", "google", "azure", "aws", "openrouter", "groq", "mistral"]
ALIASES = ["OpenAI", " bedrock ", "google-vertex", "litellm", "xai", "huggingface/groq", "nope", ""]


def theirs(provider: str, model: str) -> tuple[str, int | None] | None:
    try:
        _, found = get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return None
    return found.id, found.context_window or None


def ours(provider: str, model: str) -> tuple[str, int | None] | None:
    listed = CARD.find(provider, model)
    return (listed.model, listed.context_window) if listed else None


def disguises(name: str) -> Iterator[str]:
    yield from (name, name.upper(), f"{name}-20251211", f"{name}-20260231", f"{name}-2026-01-01")
    yield from (f"{name}-latest", f"openai/{name}", f"anthropic/{name}", f"{name}:free", name[:-1])


def test_hundreds_of_names_mean_the_same_model() -> None:
    rng = random.Random(7)
    names = [m.id for p in get_snapshot().providers for m in p.models]
    for name in rng.sample(names, 150):
        for disguised in disguises(name):
            for provider in (rng.choice(PROVIDERS), rng.choice(ALIASES)):
                where = (provider, disguised)
                assert (theirs(*where) if disguised else None) == ours(*where), where


def test_every_listed_name_means_what_it_means_there() -> None:
    for provider in get_snapshot().providers:
        for model in provider.models:
            assert theirs(provider.id, model.id) == ours(provider.id, model.id)


@given(st.sampled_from(PROVIDERS + ALIASES), st.text(min_size=1))
def test_any_text_means_the_same_or_nothing(provider: str, name: str) -> None:
    assert theirs(provider, name) == ours(provider, name)


def test_pricing_never_loads_the_library() -> None:
    import subprocess

    code = (
        "import sys; from profiler.pricing.card import Card; c = Card.load();"
        "c.cost('openai', ('gpt-5.1',), __import__('profiler.domain.usage').domain.usage.Usage(1,"
        " output=1), 0); assert 'genai_prices' not in sys.modules and 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
