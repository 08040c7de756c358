"""Each provider's convention, made disjoint in one place; and who bills."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from profiler.shim.providers import anthropic, google, openai
from profiler.shim.providers.hosts import biller
from profiler.shim.providers.reading import Reading, plain_usage


class Client:
    """What the shim reads of a client."""

    def __init__(self, host: str, port: int | None = None, version: str = "") -> None:
        self.base_url = type("Url", (), {"host": host, "port": port})()
        self._api_version = version


class AzureOpenAI(Client):
    """Told by its name, whatever its address."""


@pytest.mark.parametrize(
    ("host", "port", "who"),
    [
        ("api.openai.com", None, "openai"),
        ("eu.api.openai.com", None, "openai"),
        ("my-resource.openai.azure.com", None, "azure"),
        ("openrouter.ai", None, "openrouter"),
        ("bedrock-runtime.us-east-1.amazonaws.com", None, "aws"),
        ("us-central1-aiplatform.googleapis.com", None, "google"),
        ("127.0.0.1", 11434, "ollama"),
        ("localhost", 1234, "lmstudio"),
        ("llm.example", 11434, "sdk"),
        ("127.0.0.1", 8000, "sdk"),
        ("api.together.ai", None, "together"),
        ("dbc-1.cloud.databricks.com", None, "databricks"),
        ("notapi.openai.com.evil.example", None, "sdk"),
    ],
)
def test_who_bills_is_told_by_the_host(host: str, port: int | None, who: str) -> None:
    assert biller(host, port, "sdk") == who


def test_whoever_bills_is_somebody_the_price_data_knows() -> None:
    from profiler.pricing.card import Card
    from profiler.shim.providers.hosts import _BILLERS

    listed = {model.provider for model in Card.load().models()}
    assert {who for _, who in _BILLERS} <= listed


@pytest.mark.parametrize(
    ("client", "body", "is_asked"),
    [
        (Client("api.openai.com"), {}, True),
        (Client("127.0.0.1", 8000), {}, True),
        (Client("api.deepseek.com"), {}, True),
        (Client("api.groq.com"), {}, False),
        (Client("openrouter.ai"), {}, False),
        (Client("api.mistral.ai"), {}, False),
        (Client("llm.example"), {}, False),
        (AzureOpenAI("x.openai.azure.com", version="2024-10-21"), {}, True),
        (AzureOpenAI("x.openai.azure.com", version="2024-06-01"), {}, False),
        (AzureOpenAI("x.openai.azure.com", version="preview"), {}, True),
        (AzureOpenAI("x.openai.azure.com", version="2024-10-21"), {"data_sources": []}, False),
    ],
)
def test_usage_is_asked_of_those_who_tell_it_only_then(
    client: Client, body: dict[str, Any], is_asked: bool
) -> None:
    assert openai.may_ask_for_usage(client, "/chat/completions", body) is is_asked
    assert openai.may_ask_for_usage(client, "/responses", body) is False


def test_reasoning_counted_beside_output_is_put_into_it() -> None:
    raw = {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": 35,
        "completion_tokens_details": {"reasoning_tokens": 20},
    }
    assert openai.buckets(raw, "chat") == {"input": 10, "output": 25, "reasoning": 20}


def test_cache_writes_of_no_stated_lifetime_are_kept_apart() -> None:
    raw = {"input_tokens": 3, "output_tokens": 4, "cache_creation_input_tokens": 1163}
    assert anthropic.buckets(raw, "chat") == {"input": 3, "output": 4, "cache_write": 1163}


def test_a_blocked_prompt_has_no_output() -> None:
    reading = Reading()
    blocked = {
        "promptFeedback": {"blockReason": "SAFETY"},
        "usageMetadata": {"promptTokenCount": 9},
    }
    google.read_answer(reading, blocked)
    assert reading.finish == "SAFETY"
    assert google.buckets(reading.raw, "generate_content") == {"input": 9, "output": 0}


@pytest.mark.parametrize(
    ("path", "operation", "model"),
    [
        ("models/gemini-2.5-pro:generateContent", "generate_content", "gemini-2.5-pro"),
        ("models/g:streamGenerateContent?alt=sse", "generate_content", "g"),
        ("publishers/google/models/text-embedding-005:predict", "embeddings", "text-embedding-005"),
        ("publishers/google/models/imagen-4:predict", "", "imagen-4"),
        ("models/g:countTokens", "", "g"),
        ("models/g:batchGenerateContent", "job", "g"),
    ],
)
def test_googles_paths_tell_operation_and_model(path: str, operation: str, model: str) -> None:
    assert (google.operation_of(path), google.model_of(path)) == (operation, model)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "prompt_tokens",
                    "input_tokens",
                    "output_tokens",
                    "prompt_tokens_details",
                    "cached_tokens",
                    "cache_creation",
                    "iterations",
                    "type",
                    "promptTokenCount",
                    "promptTokensDetails",
                    "modality",
                    "tokenCount",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_no_usage_object_raises_or_yields_a_count_that_cannot_be(usage: object) -> None:
    raw = plain_usage(usage)
    for provider in (openai, anthropic, google):
        counts: dict[str, int] | None = provider.buckets(raw, "chat")
        assert counts is None or all(type(n) is int and n >= 0 for n in counts.values())
