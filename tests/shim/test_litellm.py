"""LiteLLM, by its own callback; where LiteLLM is installed (it may pin an older `openai`)."""

import asyncio
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from typing import Any

import pytest

import profiler
from profiler.ledger.book import path_in
from tests.shim.conftest import Log
from tests.support.ledgers import USD, a_budget, a_ledger
from tests.support.provider_server import ProviderServer, Reply, body, sse_reply, usage_in

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
litellm: Any = pytest.importorskip("litellm", reason="needs litellm in this environment")
pytestmark = pytest.mark.filterwarnings("ignore")

MESSAGES = [{"role": "user", "content": "When is the invoice due?"}]
KINDS = {
    "openai": ("openai/gpt-5.1", "/v1"),
    "anthropic": ("anthropic/claude-opus-4-5", ""),
    "gemini": ("gemini/gemini-2.5-pro", ""),
}
PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}


def asked(kind: str, server: ProviderServer, **rest: Any) -> dict[str, Any]:
    """What LiteLLM is asked for."""
    model, path = KINDS[kind]
    base = {"model": model, "messages": MESSAGES, "api_base": server.url + path}
    return {**base, "api_key": "key-of-a-test", "max_retries": 0, **rest}


def settled(log: Log, count: int) -> list[dict[str, Any]]:
    """The events, once there are `count`: LiteLLM calls back from a thread of its own."""
    deadline = time.monotonic() + 20
    while len(log.events()) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return log.events()


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_call_is_told_once(
    kind: str, is_streamed: bool, is_async: bool, log: Log, server: ProviderServer
) -> None:
    wanted = asked(kind, server, stream=is_streamed)
    if is_streamed:
        wanted["stream_options"] = {"include_usage": True}

    async def call() -> None:
        answer = await litellm.acompletion(**wanted)
        if is_streamed:
            _ = [chunk async for chunk in answer]
        # LiteLLM calls back from a task of this loop's
        await asyncio.sleep(1)

    with profiler.context(feature="faq"):
        if is_async:
            asyncio.run(call())
        else:
            answer = litellm.completion(**wanted)
            _ = list(answer) if is_streamed else None
    (event,) = settled(log, 1)
    assert (event["provider"], event["outcome"]) == (PROVIDERS[kind], "ok")
    assert (event["feature"], event.get("stream", False)) == ("faq", is_streamed)
    assert event["usage"]["input"] > 0
    assert event["usage"]["output"] > 0
    assert "estimated" not in event


def test_anthropics_cache_writes_stay_apart(log: Log, server: ProviderServer) -> None:
    litellm.completion(**asked("anthropic", server))
    (event,) = settled(log, 1)
    told = usage_in("anthropic_message.json")
    assert event["usage"]["input"] == told["input_tokens"]
    assert event["usage"]["cache_read"] == told["cache_read_input_tokens"]
    assert event["usage"]["cache_write_1h"] == 300


def test_a_stream_given_up_is_an_estimate_by_the_programs_end(
    quiet_log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: sse_reply(body("openai_chat_stream.sse"), hang_after=2)
    script = f"""
        import profiler; profiler.instrument()
        import litellm
        stream = litellm.completion(**{asked("openai", server, stream=True)!r})
        next(iter(stream))
    """
    environment = {**os.environ, "PROFILER_HOME": str(quiet_log.home)}
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, env=environment)
    event = quiet_log.only()
    assert (event["outcome"], event["estimated"]) == ("aborted", True)


def test_a_streams_usage_by_litellms_own_count_is_an_estimate(
    log: Log, server: ProviderServer
) -> None:
    list(litellm.completion(**asked("openai", server, stream=True)))
    (event,) = settled(log, 1)
    assert (event["outcome"], event["estimated"]) == ("ok", True)


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_refused_call_is_one_error(kind: str, log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b'{"error": {"message": "no"}}', status=429)
    with pytest.raises(litellm.exceptions.RateLimitError):
        litellm.completion(**asked(kind, server))
    events = settled(log, 1)
    assert [(event["outcome"], event["error"]) for event in events] == [("error", "rate_limit")]


def test_embeddings_are_told(log: Log, server: ProviderServer) -> None:
    litellm.embedding(
        model="openai/text-embedding-3-small",
        input=["x"],
        api_base=server.url + "/v1",
        api_key="key-of-a-test",
    )
    (event,) = settled(log, 1)
    assert (event["operation"], event["usage"]) == ("embeddings", {"input": 17, "output": 0})


def test_a_host_that_calls_openai_itself_is_told_as_ever(log: Log, server: ProviderServer) -> None:
    import openai

    client = openai.OpenAI(api_key="key-of-a-test", base_url=server.url + "/v1")
    messages: Any = MESSAGES
    client.chat.completions.create(model="gpt-5.1", messages=messages)
    assert log.only()["provider"] == "openai"


def test_callbacks_that_replace_ours_leave_the_sdk_to_tell(
    log: Log, server: ProviderServer
) -> None:
    for name in ("callbacks", "input_callback", "success_callback", "failure_callback"):
        getattr(litellm, name).clear()
    call: Callable[..., Any] = litellm.completion
    call(**asked("openai", server))
    assert log.only()["provider"] == "openai"


def test_uninstrumenting_takes_our_callback_out(quiet_log: Log, server: ProviderServer) -> None:
    before = list(litellm.callbacks)
    profiler.instrument()
    litellm.completion(**asked("openai", server))
    settled(quiet_log, 1)
    profiler.uninstrument()
    lists = (litellm.callbacks, litellm.input_callback, litellm.success_callback)
    assert litellm.callbacks == before
    assert not any(type(each).__name__ == "ProfilerLogger" for kept in lists for each in kept)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "stream"])
def test_what_its_sdk_holds_is_counted_once(
    is_streamed: bool, is_async: bool, log: Log, server: ProviderServer
) -> None:
    ledger = a_ledger(path_in(str(log.home)), a_budget(limit_pusd=USD))
    wanted = asked("openai", server, stream=is_streamed, max_tokens=50)
    if is_streamed:
        wanted["stream_options"] = {"include_usage": True}

    async def call() -> None:
        answer = await litellm.acompletion(**wanted)
        if is_streamed:
            _ = [chunk async for chunk in answer]
        await asyncio.sleep(1)

    if is_async:
        asyncio.run(call())
    else:
        answer = litellm.completion(**wanted)
        _ = list(answer) if is_streamed else None
    (event,) = settled(log, 1)
    with ledger.reading() as (connection, _, _now_us):
        holds = connection.execute("SELECT call FROM holds").fetchall()
    assert holds == [(event["id"],)]
