"""Services that speak like OpenAI: named as themselves, by their own counts and costs."""

import json
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.shim.providers.openai_usage import buckets, pusd
from profiler.store import reads
from profiler.store.engine import Store
from tests.shim.clients import CHAT, openai_client
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, body, json_reply, sse_reply


def service(url: str, *answers: bytes, kind: str = "application/json") -> openai.OpenAI:
    """A client of the service at `url`, which gives these answers in turn."""
    waiting = list(answers)

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=waiting.pop(0), headers={"content-type": kind})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return openai.OpenAI(api_key="k", base_url=url, max_retries=0, http_client=http)


def chat(usage: dict[str, Any], **rest: Any) -> bytes:
    """A chat's answer with that usage object."""
    return json.dumps({**json.loads(body("openai_chat.json")), "usage": usage, **rest}).encode()


PLAIN = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


@pytest.mark.parametrize(
    ("url", "who"),
    [
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("https://api.deepseek.com", "deepseek"),
        ("https://api.x.ai/v1", "x-ai"),
        ("https://api.mistral.ai/v1", "mistral"),
        ("https://api.together.xyz/v1", "together"),
        ("https://api.fireworks.ai/inference/v1", "fireworks"),
        ("https://api.cerebras.ai/v1", "cerebras"),
        ("https://api.perplexity.ai", "perplexity"),
        ("https://api.moonshot.ai/v1", "moonshotai"),
        ("https://api.z.ai/api/paas/v4", "zai"),
        ("http://127.0.0.1:11434/v1", "ollama"),
        ("http://localhost:1234/v1", "lmstudio"),
        ("http://127.0.0.1:8000/v1", "openai"),
        ("https://generativelanguage.googleapis.com/v1beta/openai/", "google"),
        ("https://eu.azure-api.net/openai/v1", "azure"),
    ],
)
def test_a_service_is_named_by_its_address(url: str, who: str, log: Log) -> None:
    service(url, chat(PLAIN)).chat.completions.create(**CHAT)
    event = log.only()
    assert (event["provider"], event["usage"]) == (who, {"input": 100, "output": 20})


@pytest.mark.parametrize(
    ("url", "told", "counted"),
    [
        (
            "https://api.deepseek.com",
            {"prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 36},
            {"input": 36, "cache_read": 64, "output": 20},
        ),
        (
            "https://api.x.ai/v1",
            {"total_tokens": 150, "completion_tokens_details": {"reasoning_tokens": 30}},
            {"input": 100, "output": 50, "reasoning": 30},
        ),
        (
            "https://api.moonshot.ai/v1",
            {"cached_tokens": 80},
            {"input": 20, "cache_read": 80, "output": 20},
        ),
        (
            "https://api.perplexity.ai",
            {"citation_tokens": 7, "num_search_queries": 3, "reasoning_tokens": 5},
            {
                "input": 100,
                "output": 32,
                "reasoning": 5,
                "output_citation_tokens": 7,
                "web_searches": 3,
            },
        ),
        (
            "https://api.mistral.ai/v1",
            {"prompt_audio_seconds": 12},
            {"input": 100, "output": 20, "audio_seconds": 12},
        ),
    ],
)
def test_a_services_own_counts_are_understood(
    url: str, told: dict[str, Any], counted: dict[str, int], log: Log
) -> None:
    service(url, chat({**PLAIN, **told})).chat.completions.create(**CHAT)
    assert log.only()["usage"] == counted


@pytest.mark.parametrize(
    ("url", "told", "cost_pusd"),
    [
        ("https://openrouter.ai/api/v1", {"cost": 0.00014}, 140_000_000),
        ("https://openrouter.ai/api/v1", {"cost": 0}, 0),
        ("https://openrouter.ai/api/v1", {"cost": 1.5e-05, "is_byok": False}, 15_000_000),
        (
            "https://openrouter.ai/api/v1",
            {
                "cost": 0.05,
                "is_byok": True,
                "cost_details": {"upstream_inference_cost": 1.1},
            },
            1_150_000_000_000,
        ),
        ("https://api.x.ai/v1", {"cost_in_usd_ticks": 37_756_000}, 3_775_600_000),
        ("https://api.perplexity.ai", {"cost": {"total_cost": 0.006}}, 6_000_000_000),
        # a service that is not known to count in dollars may mean cents, or credits
        ("https://api.together.xyz/v1", {"cost": 0.5}, None),
    ],
)
def test_a_cost_the_service_reports_is_kept_exactly(
    url: str, told: dict[str, Any], cost_pusd: int | None, log: Log
) -> None:
    service(url, chat({**PLAIN, **told})).chat.completions.create(**CHAT)
    assert log.only().get("reported_pusd") == cost_pusd


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (0.1, 100_000_000_000),
        (0.1 + 0.2, 300_000_000_000),
        (3, 3_000_000_000_000),
        ("0.000000000001", 1),
        ("0.0000000000015", 2),
        ("0.0000000000025", 2),
        ("1e-12", 1),
        (-0.1, None),
        (float("nan"), None),
        (float("inf"), None),
        ("1e99", None),
        (1e9, None),
        ("0x10", None),
        (True, None),
        (None, None),
    ],
)
def test_dollars_become_pico_dollars_without_arithmetic(
    written: object, amount: int | None
) -> None:
    assert pusd(written) == amount


def test_a_reported_cost_in_a_stream_is_kept(log: Log) -> None:
    content = body("openai_chat_stream.sse").replace(
        b'"usage": {"prompt_tokens"', b'"usage": {"cost": 0.0123, "prompt_tokens"'
    )
    client = service("https://openrouter.ai/api/v1", content, kind="text/event-stream")
    list(client.chat.completions.create(**CHAT, stream=True))
    assert log.only()["reported_pusd"] == 12_300_000_000


def test_a_stream_of_groqs_through_openais_sdk_tells_its_usage(log: Log) -> None:
    client = service(
        "https://api.groq.com/openai/v1", body("groq_stream.sse"), kind="text/event-stream"
    )
    list(client.chat.completions.create(model="llama-3.3-70b-versatile", messages=[], stream=True))
    event = log.only()
    assert (event["provider"], event["usage"]["output"]) == ("groq", 20)
    assert "estimated" not in event


def test_usage_in_the_last_choice_is_found(log: Log) -> None:
    content = (
        b'data: {"id": "k", "object": "chat.completion.chunk", "created": 1, "model": "kimi-k2",'
        b' "choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "usage":'
        b' {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}}]}\n\n'
    )
    client = service("https://api.moonshot.ai/v1", content, kind="text/event-stream")
    list(client.chat.completions.create(model="kimi-k2", messages=[], stream=True))
    event = log.only()
    assert event["usage"] == {"input": 9, "output": 3}
    assert "estimated" not in event


def test_vllm_on_this_machine_is_known_by_what_it_adds(
    log: Log, server: ProviderServer, tmp_path: Path
) -> None:
    extra = {"prompt_logprobs": None, "kv_transfer_params": None}
    server.answer = lambda _: json_reply(json.loads(chat(PLAIN, **extra)))
    openai_client(server).chat.completions.create(**CHAT)
    assert log.only()["provider"] == "vllm"
    with Store.open(tmp_path / "store.db") as store:
        drain(store, Card.load(), log.folder)
        (call,) = reads.each(store, EVERYTHING)
    assert (call.cost.pusd, call.cost.rate) == (0, "free: runs on your own machine")


def test_vllm_on_this_machine_is_known_in_a_stream(log: Log, server: ProviderServer) -> None:
    content = body("openai_chat_stream.sse").replace(
        b'"logprobs": null}', b'"logprobs": null, "stop_reason": null}'
    )
    server.answer = lambda _: sse_reply(content)
    list(openai_client(server).chat.completions.create(**CHAT, stream=True))
    assert log.only()["provider"] == "vllm"


def test_vllm_elsewhere_is_not_taken_for_ones_own(log: Log) -> None:
    answer = chat(PLAIN, prompt_logprobs=None)
    service("https://llm.example/v1", answer).chat.completions.create(**CHAT)
    assert log.only()["provider"] == "openai"


def test_azure_is_named_and_priced_by_the_model_that_answered(log: Log) -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=json.loads(chat(PLAIN)))

    client = openai.AzureOpenAI(
        api_key="k",
        api_version="2024-10-21",
        azure_endpoint="https://mine.openai.azure.com",
        http_client=httpx2.Client(transport=httpx2.MockTransport(answer)),
    )
    client.chat.completions.create(model="my-deployment", messages=CHAT["messages"])
    event = log.only()
    assert (event["provider"], event["model"]) == ("azure", "my-deployment")
    assert event["answered"] == "gpt-5.1-2025-11-13"


def test_sound_billed_by_its_length_is_counted_in_whole_seconds() -> None:
    raw = {"type": "duration", "seconds": 8.2}
    assert buckets(raw, "transcription") == {"input": 0, "output": 0, "audio_seconds": 9}


def test_a_client_that_is_sent_elsewhere_is_billed_from_there(log: Log) -> None:
    answer = json.dumps({"model": "m", "choices": []}).encode()
    client = service("https://api.deepseek.com/v1", answer, answer)
    for address in ("https://api.deepseek.com/v1", "https://api.groq.com/v1"):
        client.base_url = address
        client.chat.completions.create(**CHAT)
    assert [event["provider"] for event in log.events()] == ["deepseek", "groq"]
