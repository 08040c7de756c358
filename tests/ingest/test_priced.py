"""An event as a call: what is kept, what is cleaned, what it costs."""

from collections.abc import Mapping

import msgspec
import pytest

from profiler.domain.calls import Basis, Call, Outcome
from profiler.domain.usage import Usage
from profiler.ingest.priced import call_of
from profiler.log.event import Event
from profiler.pricing.card import Card
from tests.support.events import an_event

CARD = Card.load()


def a_call(**fields: object) -> Call:
    return call_of(msgspec.convert({"v": 1, **an_event(**fields)}, Event), CARD)


def test_a_call_is_priced_by_the_model_that_answered() -> None:
    call = a_call(model="gpt-5", answered="gpt-5-mini", usage={"input": 1_000_000, "output": 0})
    assert (call.cost.pusd, call.cost.basis) == (250_000_000_000, Basis.MEASURED)
    assert (call.requested_model, call.model) == ("gpt-5", "gpt-5-mini")


def test_a_model_without_a_rate_is_priced_by_the_one_asked_for() -> None:
    call = a_call(model="gpt-5-mini", answered="no-such", usage={"input": 1_000_000, "output": 0})
    assert call.cost.pusd == 250_000_000_000


@pytest.mark.parametrize(
    ("fields", "basis", "pusd"),
    [
        ({"usage": None}, Basis.NO_USAGE, None),
        ({"usage": {}}, Basis.NO_USAGE, None),
        ({"usage": {"input": 5}}, Basis.NO_USAGE, None),
        ({"usage": {"input": None, "output": 5}}, Basis.NO_USAGE, None),
        ({"usage": None, "billed": "no"}, Basis.NOT_BILLED, 0),
        ({"usage": None, "billed": "unknown"}, Basis.NO_USAGE, None),
        ({"model": "no-such", "answered": None}, Basis.NO_RATE, None),
        ({"provider": "nobody", "model": "zzz", "answered": None}, Basis.NO_RATE, None),
        ({"usage": {"input": 0, "output": 0}}, Basis.MEASURED, 0),
        ({"usage": {"input": 4, "output": 0}, "estimated": True}, Basis.ESTIMATED, 1_000_000),
    ],
)
def test_unknown_is_never_zero(
    fields: Mapping[str, object], basis: Basis, pusd: int | None
) -> None:
    call = a_call(**fields)
    assert (call.cost.basis, call.cost.pusd) == (basis, pusd)


def test_a_cost_beyond_belief_is_unpriced() -> None:
    call = a_call(
        provider="openai", model="o1-pro", answered=None, usage={"input": 10**9, "output": 10**9}
    )
    assert (call.cost.basis, call.cost.pusd) == (Basis.NO_USAGE, None)


def test_usage_beyond_our_buckets_is_kept_under_its_own_name() -> None:
    call = a_call(usage={"input": 7, "output": 8, "cache_read": None, "web_searches": 2, "x": None})
    assert call.usage == Usage(input=7, output=8, more={"web_searches": 2})


def test_the_tier_of_a_response_decides_its_rate() -> None:
    opus: dict[str, object] = {"provider": "anthropic", "model": "claude-opus-5", "answered": None}
    opus |= {"at": 1_795_000_000_000_000}
    plain, batch, fast = (
        a_call(**opus, **served).cost.pusd for served in ({}, {"tier": "batch"}, {"speed": "fast"})
    )
    assert plain is not None
    assert batch == plain // 2
    assert fast == plain * 2


def test_everything_else_is_kept_as_it_is() -> None:
    call = a_call(
        outcome="aborted",
        status=200,
        attempts=3,
        stream=True,
        first_chunk_us=9,
        speed="fast",
        tags={"b": "1", "a": "2"},
        site="a.py:1 f",
        finish="stop",
    )
    assert (call.outcome, call.status, call.attempts) == (Outcome.ABORTED, 200, 3)
    assert (call.is_streamed, call.first_chunk_us, call.speed) == (True, 9, "fast")
    assert (call.tags, call.site, call.finish) == ({"b": "1", "a": "2"}, "a.py:1 f", "stop")
