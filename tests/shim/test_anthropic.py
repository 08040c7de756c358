"""Anthropic beyond its messages: batches, runs inside a call, clouds, helpers, broken streams."""

import asyncio
import base64
import json
import struct
import zlib
from typing import Any

import anthropic
import pytest
from anthropic import beta_tool

import profiler
from profiler.domain.calls import Basis
from profiler.ingest.priced import call_of
from profiler.log.event import Event
from profiler.log.parse import parse_line
from profiler.pricing.card import Card
from tests.shim.clients import (
    MESSAGE,
    MESSAGES,
    Due,
    anthropic_client,
    async_anthropic_client,
)
from tests.shim.conftest import Log
from tests.support.provider_server import (
    ProviderServer,
    Reply,
    body,
    json_reply,
    sse_reply,
)

KEY = "key-of-a-test"
CARD = Card.load()


def priced(event: dict[str, Any]) -> Any:
    """The call an event becomes."""
    (read,), _ = parse_line((json.dumps(event) + "\n").encode(), 0)
    assert isinstance(read, Event)
    return call_of(read, CARD)


def read_results(server: ProviderServer) -> list[Any]:
    """Reads the batch's results to their end."""
    return list(anthropic_client(server).messages.batches.results("msgbatch_1"))


def test_each_result_of_a_batch_is_a_call_at_the_batch_tier(
    log: Log, server: ProviderServer
) -> None:
    assert len(read_results(server)) == 4
    first, second = sorted(log.events(), key=lambda event: -event["usage"]["input"])
    assert first["usage"] == {
        "input": 300,
        "cache_read": 1024,
        "cache_write_5m": 500,
        "cache_write_1h": 300,
        "output": 210,
    }
    assert second["usage"] == {"input": 40, "output": 9}
    assert {event["tier"] for event in (first, second)} == {"batch"}
    assert {event["at"] for event in (first, second)} == {1793491200123456}
    half = priced(second).cost.pusd
    assert half * 2 == priced({**second, "tier": "standard"}).cost.pusd


def test_results_read_twice_count_once(log: Log, server: ProviderServer) -> None:
    read_results(server)
    profiler.uninstrument()
    profiler.instrument()
    raw = anthropic_client(server).messages.batches.with_raw_response
    anthropic_client(server).messages.batches.retrieve("msgbatch_1")
    list(raw.results("msgbatch_1").parse())

    async def again() -> None:
        client = async_anthropic_client(server)
        async for _ in await client.beta.messages.batches.results("msgbatch_1"):
            pass

    asyncio.run(again())
    ids = [event["id"] for event in log.events()]
    assert len(ids) >= 4
    assert len(set(ids)) == 2


def test_a_batchs_calls_carry_the_labels_it_was_asked_with(
    log: Log, server: ProviderServer
) -> None:
    client = anthropic_client(server)
    with profiler.context(feature="nightly"):
        client.messages.batches.create(requests=[])
    assert log.events() == []
    read_results(server)
    assert {event["feature"] for event in log.events()} == {"nightly"}


def test_the_host_reads_a_batch_as_without_us(quiet_log: Log, server: ProviderServer) -> None:
    bare = [result.model_dump() for result in read_results(server)]
    profiler.instrument()
    assert [result.model_dump() for result in read_results(server)] == bare
    stream = anthropic_client(server).messages.batches.results("msgbatch_1")
    next(stream)
    stream.close()
    assert len(quiet_log.events()) == 3


def test_runs_of_other_models_and_compactions_are_calls_of_their_own(
    log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: Reply(body("anthropic_iterations.json"))
    with profiler.context(feature="search"):
        anthropic_client(server).beta.messages.create(**MESSAGE)
    events = log.events()
    main = next(event for event in events if event["operation"] == "chat")
    told = {(e["operation"], e["model"]): e["usage"] for e in events if e is not main}
    assert main["usage"] == {"input": 300, "output": 210}
    assert told == {
        ("compaction", "claude-opus-4-5-20251101"): {"input": 150000, "output": 3000},
        ("advisor", "claude-fable-5"): {"input": 823, "output": 531},
    }
    inside = [event for event in events if event is not main]
    assert {event["parent"] for event in inside} == {main["id"][14:]}
    assert {event["feature"] for event in inside} == {"search"}
    assert len({event["id"] for event in events}) == 3
    assert "latency_us" not in inside[0]
    assert all(priced(event).cost.basis is Basis.MEASURED for event in events)


def test_a_streams_runs_are_told_as_a_messages_are(log: Log, server: ProviderServer) -> None:
    usage = json.loads(body("anthropic_iterations.json"))["usage"]
    delta = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}
    start, *_, _, stop = body("anthropic_stream.sse").strip().split(b"\n\n")
    event = b"event: message_delta\ndata: " + json.dumps(delta).encode()
    server.answer = lambda _: sse_reply(b"\n\n".join([start, event, stop]) + b"\n\n")
    list(anthropic_client(server).beta.messages.create(**MESSAGE, stream=True))
    assert sorted(event["operation"] for event in log.events()) == ["advisor", "chat", "compaction"]


def test_a_refusal_before_the_first_word_costs_nothing(log: Log, server: ProviderServer) -> None:
    message = json.loads(body("anthropic_message.json"))
    message["stop_reason"] = "refusal"
    message["usage"] = {"input_tokens": 412, "output_tokens": 0}
    server.answer = lambda _: json_reply(message)
    anthropic_client(server).messages.create(**MESSAGE)
    event = log.only()
    assert (event["finish"], event["billed"], event["usage"]["input"]) == ("refusal", "no", 412)
    assert (priced(event).cost.pusd, priced(event).cost.basis) == (0, Basis.NOT_BILLED)


def test_counting_tokens_is_no_call(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b'{"input_tokens": 2095}')
    client = anthropic_client(server)
    client.messages.count_tokens(model="claude-opus-4-5", messages=MESSAGES)
    client.beta.messages.count_tokens(model="claude-opus-4-5", messages=MESSAGES)
    assert log.events() == []


def test_parsed_messages_are_told_once(log: Log, server: ProviderServer) -> None:
    anthropic_client(server).messages.parse(**MESSAGE, output_format=Due)
    assert log.only()["usage"]["cache_write_1h"] == 300


def test_each_turn_of_a_tool_runner_is_a_call(log: Log, server: ProviderServer) -> None:
    @beta_tool
    def due(invoice: str) -> str:
        """When an invoice is due.

        Args:
            invoice: Its number.
        """
        return f"{invoice}: on the first"

    asked = json.loads(body("anthropic_message.json"))
    asked["stop_reason"] = "tool_use"
    asked["content"] = [{"type": "tool_use", "id": "t", "name": "due", "input": {"invoice": "7"}}]

    def answer(_: object) -> Reply:
        is_first = len(server.received) == 1
        return json_reply(asked) if is_first else Reply(body("anthropic_message.json"))

    server.answer = answer
    anthropic_client(server).beta.messages.tool_runner(**MESSAGE, tools=[due]).until_done()
    finishes = [event["finish"] for event in log.events()]
    assert finishes == ["tool_use", "end_turn"]


def bedrock(server: ProviderServer) -> anthropic.AnthropicBedrock:
    """A client of Bedrock's."""
    pytest.importorskip("boto3", reason="Bedrock signs with boto3")
    return anthropic.AnthropicBedrock(
        aws_access_key="a",
        aws_secret_key=KEY,
        aws_region="us-east-1",
        base_url=server.url,
        max_retries=0,
    )


BEDROCK: dict[str, Any] = {**MESSAGE, "model": "global.anthropic.claude-opus-4-5-20251101-v1:0"}


def test_bedrock_is_billed_by_aws_at_the_rate_of_the_region_asked_for(
    log: Log, server: ProviderServer
) -> None:
    bedrock(server).messages.create(**BEDROCK)
    event = log.only()
    assert (event["provider"], event["model"]) == ("aws", BEDROCK["model"])
    assert "answered" not in event
    assert "global.anthropic.claude-opus-4-5" in priced(event).cost.rate


def framed(document: bytes) -> bytes:
    """One event as Bedrock sends it: a length, headers and payload, each checked."""
    payload = json.dumps({"bytes": base64.b64encode(document).decode()}).encode()
    headers = b"".join(
        struct.pack("!B", len(name)) + name + struct.pack("!BH", 7, len(value)) + value
        for name, value in (
            (b":event-type", b"chunk"),
            (b":content-type", b"application/json"),
            (b":message-type", b"event"),
        )
    )
    prelude = struct.pack("!II", len(headers) + len(payload) + 16, len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def test_bedrocks_own_streams_are_read(log: Log, server: ProviderServer) -> None:
    lines = body("anthropic_stream.sse").splitlines()
    frames = b"".join(framed(line[6:]) for line in lines if line.startswith(b"data: "))
    server.answer = lambda _: Reply(frames, content_type="application/vnd.amazon.eventstream")
    list(bedrock(server).messages.create(**BEDROCK, stream=True))
    event = log.only()
    assert (event["provider"], event["stream"], event["outcome"]) == ("aws", True, "ok")
    assert event["usage"]["cache_write_1h"] == 300


@pytest.mark.parametrize("is_streamed", [False, True])
def test_vertex_is_billed_by_google(is_streamed: bool, log: Log, server: ProviderServer) -> None:
    client = anthropic.AnthropicVertex(
        region="us-east5",
        project_id="p",
        access_token=KEY,
        base_url=server.url,
    )
    asked: dict[str, Any] = {**MESSAGE, "model": "claude-opus-4-5@20251101"}
    if is_streamed:
        with client.messages.stream(**asked) as stream:
            stream.until_done()
    else:
        client.messages.create(**asked)
    event = log.only()
    assert (event["provider"], event["model"]) == ("google", "claude-opus-4-5@20251101")
    assert priced(event).cost.pusd


@pytest.mark.parametrize("is_async", [False, True])
def test_a_stream_given_up_counts_what_was_read_and_heard(
    is_async: bool, log: Log, server: ProviderServer
) -> None:
    def taken(event: Any) -> bool:
        return bool(event.type == "content_block_delta")

    async def give_up() -> None:
        stream = await async_anthropic_client(server).messages.create(**MESSAGE, stream=True)
        async for event in stream:
            if taken(event):
                break
        await stream.close()

    if is_async:
        asyncio.run(give_up())
    else:
        stream = anthropic_client(server).messages.create(**MESSAGE, stream=True)
        next(event for event in stream if taken(event))
        stream.close()
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("aborted", True)
    assert event["usage"]["input"] == 340
    assert event["usage"]["output"] >= 2
    assert priced(event).cost.basis is Basis.ESTIMATED
    assert priced(event).cost.pusd


def test_a_stream_that_breaks_off_counts_what_was_heard(log: Log, server: ProviderServer) -> None:
    content = body("anthropic_stream.sse")
    server.answer = lambda _: sse_reply(content, cut_after=5)
    with pytest.raises(Exception, match=r".+"):
        list(anthropic_client(server).messages.create(**MESSAGE, stream=True))
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("error", True)
    assert event["usage"]["output"] >= 4
