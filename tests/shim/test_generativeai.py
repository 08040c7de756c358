"""Google's older SDK, where it is installed."""

import json
from typing import Any

import pytest

from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, Reply, body, json_reply

pytestmark = pytest.mark.filterwarnings("ignore")

CONTENT = {"input": 430, "cache_read": 1100, "output": 250, "reasoning": 160}


@pytest.fixture
def model(server: ProviderServer) -> Any:
    """A model of the older SDK, over plain HTTP."""
    genai: Any = pytest.importorskip(
        "google.generativeai", reason="needs google-generativeai", exc_type=ImportError
    )
    genai.configure(
        api_key="key-of-a-test", transport="rest", client_options={"api_endpoint": server.url}
    )
    return genai.GenerativeModel("gemini-2.5-pro")


def known_fields(document: dict[str, Any]) -> dict[str, Any]:
    """The answer without what this SDK has never heard of."""
    usage = document["usageMetadata"]
    kept = ("promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount")
    counts = {name: usage[name] for name in (*kept, "totalTokenCount")}
    return {**document, "usageMetadata": counts}


def answer_of() -> dict[str, Any]:
    """The canned answer, as this SDK can read it."""
    return known_fields(json.loads(body("gemini_generate.json")))


def test_an_answer_is_told_with_the_thoughts_its_usage_leaves_out(
    model: Any, log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: json_reply(answer_of())
    model.generate_content("When?")
    event = log.only()
    told = (event["provider"], event["operation"], event["model"], event["finish"])
    assert told == ("google", "generate_content", "gemini-2.5-pro", "STOP")
    raw = answer_of()["usageMetadata"]
    total = sum(event["usage"][name] for name in ("input", "cache_read", "output"))
    assert total == raw["totalTokenCount"]
    assert event["usage"]["cache_read"] == raw["cachedContentTokenCount"]


def test_a_stream_is_told_once(model: Any, log: Log, server: ProviderServer) -> None:
    first = answer_of()
    del first["candidates"][0]["finishReason"]
    server.answer = lambda _: json_reply([first, answer_of()])
    assert len(list(model.generate_content("When?", stream=True))) == 2
    event = log.only()
    assert (event["stream"], event["outcome"], event["finish"]) == (True, "ok", "STOP")
    assert event["usage"]["output"] > 0


def test_a_refused_call_is_an_error(model: Any, log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b'{"error": {"code": 400, "message": "no"}}', status=400)
    with pytest.raises(Exception, match="no"):
        model.generate_content("When?", request_options={"retry": None})
    event = log.only()
    assert (event["outcome"], event["error"], event["billed"]) == ("error", "invalid_request", "no")
