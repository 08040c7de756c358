"""The short way into the store leads where the long one does."""

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from profiler.ingest.entering import entry_of
from profiler.ingest.priced import call_of
from profiler.log.event import Event
from profiler.pricing.card import Card
from profiler.store.rows import entry_of as entry_of_call
from tests.support.events import START_US, an_event

CARD = Card.load()

labels = st.sampled_from(["", "a", "é\x00", "x" * 300])
counts = st.none() | st.integers(0, 10**9)
LABELS = (
    "feature", "agent", "site", "error", "finish", "speed", "user_tier", "workflow", "project",
    "environment", "prompt_version", "trace", "parent", "fingerprint",
)  # fmt: skip
lists = st.lists(labels, max_size=3)
fields = st.fixed_dictionaries(
    {},
    optional={
        "at": st.integers(START_US, START_US + 10**13),
        "provider": st.sampled_from(["openai", "anthropic", "ollama", "nobody"]),
        "model": st.sampled_from(["", "gpt-5", "claude-sonnet-4-5", "none"]),
        "answered": st.sampled_from(["", "gpt-5-2025-08-07", "none"]),
        "stream": st.booleans(),
        "outcome": st.sampled_from(["ok", "error", "aborted"]),
        "status": st.none() | st.just(200),
        "billed": st.sampled_from(["", "no", "unknown"]),
        "usage": st.none()
        | st.dictionaries(
            st.sampled_from(["input", "cache_read", "cache_write_5m", "output", "reasoning"]),
            counts,
        )
        | st.just({"input": 9, "output": 1, "web_searches": 2}),
        "estimated": st.booleans(),
        "derived": st.booleans(),
        "reported_pusd": st.none() | st.integers(0, 10**16),
        "tier": st.sampled_from(["", "flex", "priority", "batch"]),
        "attempts": st.integers(0, 3),
        "latency_us": st.none() | st.integers(0, 10**12),
        "retry_wait_us": st.none() | st.just(0) | st.just(7),
        "session": labels,
        "user": labels,
        **dict.fromkeys(LABELS, labels),
        **dict.fromkeys(("stack", "tools_offered", "tools_called", "failures"), lists),
        "prefixes": lists,
        "tags": st.none() | st.dictionaries(labels, labels, max_size=3),
    },
)


@settings(max_examples=400, deadline=None)
@given(fields=fields, tail=st.integers(0, 2**63 - 1))
def test_an_event_is_taken_in_as_the_call_it_tells_of(fields: dict[str, object], tail: int) -> None:
    event = msgspec.convert({"v": 1, **an_event(tail=tail, **fields)}, Event)
    assert entry_of(event, CARD) == entry_of_call(call_of(event, CARD))


def test_an_ordinary_event_is_not_made_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiler.ingest.entering.call_of", None)
    entry = entry_of(msgspec.convert({"v": 1, **an_event(tags={"a": "b"})}, Event), CARD)
    assert entry[-1] == '{"tags":{"a":"b"}}'
