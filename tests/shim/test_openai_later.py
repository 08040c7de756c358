"""Answers that come later: told once they are there, and once only, however often they are read."""

import asyncio
import json
from pathlib import Path
from typing import Any

import openai
import pytest

import profiler
from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.shim.clients import async_openai_client, openai_client
from tests.shim.conftest import Log
from tests.support.openai_service import Background, batches
from tests.support.provider_server import ProviderServer, body, json_reply, sse_reply

USAGE = {"input": 264, "cache_read": 1280, "cache_write": 256, "output": 420, "reasoning": 320}
CREATED_US = 1_795_000_000_000_000


def begin(client: openai.OpenAI) -> Any:
    return client.responses.create(model="gpt-5.1", input="When?", background=True)


def test_a_response_begun_in_the_background_is_no_event_yet(
    log: Log, server: ProviderServer
) -> None:
    server.answer = Background()
    assert begin(openai_client(server)).status == "queued"
    assert log.events() == []


def test_a_background_response_is_told_when_it_is_fetched_whole(
    log: Log, server: ProviderServer
) -> None:
    server.answer = Background()
    client = openai_client(server)
    with profiler.context(feature="report"):
        begun = begin(client)
    assert client.responses.retrieve(begun.id).status == "in_progress"
    assert log.events() == []
    assert client.responses.retrieve(begun.id).status == "completed"
    event = log.only()
    assert (event["usage"], event["outcome"], event["finish"]) == (USAGE, "ok", "completed")
    assert (event["at"], event["latency_us"]) == (CREATED_US, 42_000_000)
    assert (event["model"], event["answered"]) == ("gpt-5.1", "gpt-5.1-2025-11-13")
    # as whoever asked for it labelled it, not whoever fetched it
    assert event["feature"] == "report"
    assert "estimated" not in event


def test_a_background_response_fetched_often_is_counted_once(
    log: Log, server: ProviderServer, tmp_path: Path
) -> None:
    server.answer = Background(ready_at=1)
    client = openai_client(server)
    begun = begin(client)
    for _ in range(3):
        client.responses.retrieve(begun.id)
    profiler.uninstrument()
    profiler.instrument()
    client.responses.retrieve(begun.id)
    assert len({event["id"] for event in log.events()}) == 1
    with Store.open(tmp_path / "store.db") as store:
        drain(store, Card.load(), log.folder)
        assert reads.calls_ever(store) == 1


def test_a_background_response_fetched_by_another_program_is_told(
    log: Log, server: ProviderServer
) -> None:
    server.answer = Background(ready_at=0)
    asyncio.run(async_openai_client(server).responses.retrieve("resp_bg"))
    event = log.only()
    assert (event["usage"], event["answered"]) == (USAGE, "gpt-5.1-2025-11-13")


@pytest.mark.parametrize(
    ("status", "outcome", "error"),
    [("failed", "error", "server_error"), ("cancelled", "aborted", "cancelled")],
)
def test_a_background_response_that_failed_is_told_without_usage(
    status: str, outcome: str, error: str, log: Log, server: ProviderServer
) -> None:
    server.answer = Background(ready_at=0, status=status, usage=None, output=[])
    openai_client(server).responses.retrieve("resp_bg")
    event = log.only()
    assert (event["outcome"], event["error"], event["billed"]) == (outcome, error, "unknown")
    assert "usage" not in event


def test_a_background_response_cancelled_by_us_is_told(log: Log, server: ProviderServer) -> None:
    server.answer = Background(ready_at=0, status="cancelled", usage=None)
    openai_client(server).responses.cancel("resp_bg")
    assert log.only()["outcome"] == "aborted"


def test_a_response_told_when_it_was_made_is_not_told_when_it_is_fetched(
    log: Log, server: ProviderServer
) -> None:
    client = openai_client(server)
    made = client.responses.create(model="gpt-5.1", input="When?")
    server.answer = lambda _: json_reply(json.loads(body("openai_response.json")))
    client.responses.retrieve(made.id)
    assert len(log.events()) == 1


def background_stream() -> bytes:
    return body("openai_response_stream.sse").replace(
        b'"object": "response",', b'"object": "response", "background": true,'
    )


def test_a_background_stream_that_breaks_off_is_told_by_who_fetches_it(
    log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: sse_reply(background_stream())
    client = openai_client(server)
    stream = client.responses.create(model="gpt-5.1", input="x", background=True, stream=True)
    next(iter(stream))
    stream.close()
    assert log.events() == []
    list(client.responses.retrieve("resp_1", stream=True, starting_after=0))
    event = log.only()
    assert (event["usage"], event["outcome"], event["stream"]) == (USAGE, "ok", True)


def read_results(server: ProviderServer) -> bytes:
    client = openai_client(server)
    batch = client.batches.retrieve("batch_1")
    return client.files.content(batch.output_file_id or "").content


def test_each_line_of_a_batchs_results_is_an_event_at_the_batch_tier(
    log: Log, server: ProviderServer
) -> None:
    server.answer = batches
    assert read_results(server) == body("openai_batch_output.jsonl")
    events = log.events()
    assert {(event["tier"], event["at"]) for event in events} == {("batch", CREATED_US)}
    assert sorted(e["operation"] for e in events) == ["chat", "chat", "embeddings"]
    assert sorted(e["usage"]["input"] for e in events) == [17, 264, 342]


def test_a_batchs_results_are_priced_as_a_batch(
    log: Log, server: ProviderServer, tmp_path: Path
) -> None:
    server.answer = batches
    read_results(server)
    with Store.open(tmp_path / "store.db") as store:
        drain(store, Card.load(), log.folder)
        chats = [call for call in reads.each(store, EVERYTHING) if call.operation == "chat"]
    assert len(chats) == 2
    assert all("openai/gpt-5.1 batch" in call.cost.rate for call in chats)


def test_a_batchs_results_read_twice_are_counted_once(
    log: Log, server: ProviderServer, tmp_path: Path
) -> None:
    server.answer = batches
    read_results(server)
    profiler.uninstrument()
    profiler.instrument()
    read_results(server)
    with Store.open(tmp_path / "store.db") as store:
        drain(store, Card.load(), log.folder)
        assert reads.calls_ever(store) == 3


def test_a_batchs_results_carry_the_labels_it_was_asked_for_with(
    log: Log, server: ProviderServer
) -> None:
    server.answer = batches
    client = openai_client(server)
    with profiler.context(feature="nightly"):
        client.batches.create(
            input_file_id="file-in", endpoint="/v1/chat/completions", completion_window="24h"
        )
    assert log.events() == []
    read_results(server)
    assert {event["feature"] for event in log.events()} == {"nightly"}


def test_a_batchs_results_streamed_to_disk_are_told_line_by_line(
    log: Log, server: ProviderServer, tmp_path: Path
) -> None:
    server.answer = batches
    content = openai_client(server).files.with_streaming_response.content
    with content("file-out") as response:
        response.stream_to_file(tmp_path / "results.jsonl")
    assert (tmp_path / "results.jsonl").read_bytes() == body("openai_batch_output.jsonl")
    assert len(log.events()) == 3


def test_a_batchs_results_are_told_to_asynchronous_programs_too(
    log: Log, server: ProviderServer
) -> None:
    server.answer = batches
    asyncio.run(async_openai_client(server).files.content("file-out"))
    assert len(log.events()) == 3


def test_a_file_that_is_no_batchs_results_tells_nothing(log: Log, server: ProviderServer) -> None:
    server.answer = batches
    assert openai_client(server).files.content("file-other").content.startswith(b"{")
    assert log.events() == []


def test_a_fetch_that_fails_is_no_event(log: Log, server: ProviderServer) -> None:
    with pytest.raises(openai.NotFoundError):
        openai_client(server).batches.retrieve("batch_none")
    assert log.events() == []
