"""Traces and parents: blocks of the program's own steps, or the spans OpenTelemetry has."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest

import profiler
from tests.shim.clients import CHAT, async_openai_client, openai_client
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer


def ask(server: ProviderServer) -> None:
    openai_client(server).chat.completions.create(**CHAT)


def spans(log: Log) -> list[tuple[Any, Any]]:
    return [(event.get("trace"), event.get("parent")) for event in log.events()]


def test_without_a_block_there_is_no_trace(log: Log, server: ProviderServer) -> None:
    ask(server)
    with profiler.context(user="ann", session="s", environment="test", team="search"):
        ask(server)
    assert spans(log) == [(None, None)] * 2


@pytest.mark.parametrize("name", ["feature", "agent", "workflow"])
def test_a_block_that_names_a_step_is_a_span(name: str, log: Log, server: ProviderServer) -> None:
    with profiler.context(tags={}, **{name: "step"}):
        ask(server)
        ask(server)
    first, second = spans(log)
    assert first == second
    trace, parent = first
    assert (len(trace), len(parent)) == (32, 16)
    assert int(trace, 16)
    assert int(parent, 16)


def test_blocks_within_a_block_share_its_trace(log: Log, server: ProviderServer) -> None:
    with profiler.context(workflow="outer"):
        ask(server)
        with profiler.context(user="ann"):
            ask(server)
        with profiler.context(agent="inner"):
            ask(server)
        ask(server)
    (outer, user, inner, after) = spans(log)
    assert outer == user == after
    assert inner[0] == outer[0]
    assert inner[1] != outer[1]


def test_each_entry_of_a_block_is_a_span_of_its_own(log: Log, server: ProviderServer) -> None:
    @profiler.track
    def step() -> None:
        ask(server)

    step()
    step()
    (first, second) = spans(log)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_tasks_of_one_block_share_its_span(log: Log, server: ProviderServer) -> None:
    client = async_openai_client(server)

    async def main() -> None:
        with profiler.context(agent="a"):
            asks = [client.chat.completions.create(**CHAT) for _ in range(3)]
            await asyncio.gather(*asks)

    asyncio.run(main())
    assert len(set(spans(log))) == 1


OPENED = """
import sys
import profiler
import json
from profiler.shim.instrument import SHIM

def told():
    labels = SHIM.recorder.labels()
    return json.loads("{%s}" % ",".join(labels[name] for name in ("trace", "parent")))

assert not [name for name in sys.modules if name.startswith("opentelemetry")]
with profiler.context(agent="a"):
    ours = told()
assert not [name for name in sys.modules if name.startswith("opentelemetry")]

from opentelemetry import trace

with profiler.context(agent="a"):
    assert told()["trace"] not in {"", ours["trace"]}
context = trace.SpanContext(0xABC, 0xDEF, is_remote=False)
with trace.use_span(trace.NonRecordingSpan(context)), profiler.context(agent="a"):
    theirs = told()
assert theirs == {"trace": "0" * 29 + "abc", "parent": "0" * 13 + "def"}, theirs
sys.modules["opentelemetry.trace"] = None
with profiler.context(agent="a"):
    assert len(told()["trace"]) == 32
"""


def test_the_span_opentelemetry_has_current_is_the_parent() -> None:
    pytest.importorskip("opentelemetry.trace", reason="the library the host may have loaded")
    done = subprocess.run(
        [sys.executable, "-c", OPENED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
