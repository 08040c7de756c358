"""A call priced again rests on what it rested on before."""

from dataclasses import replace

import msgspec
import pytest

from profiler.domain.calls import Basis, Call
from profiler.ingest.priced import call_of
from profiler.ingest.repricing import cost_now
from profiler.log.event import Event
from profiler.pricing.card import Card
from tests.support.events import an_event

CARD = Card.load()


def a_call(**fields: object) -> Call:
    event = msgspec.convert({"v": 1, **an_event(answered=None, **fields)}, Event)
    return call_of(event, CARD)


@pytest.mark.parametrize(
    "fields",
    [
        {"usage": {"input": 100, "output": 20, "cache_read": 7}},
        {"usage": {"input": 100, "output": 20}, "tier": "flex"},
        {"usage": {"input": 100, "output": 20, "web_searches": 2}},
        {"usage": {"input": 100, "output": 20}, "derived": True},
        {"usage": {"input": 100, "output": 20}, "reported_pusd": 12},
        {"usage": None, "model": "nobody-knows", "reported_pusd": 12},
        {"usage": None, "billed": "no", "outcome": "error"},
        {"usage": {"input": 1}},
        {"usage": {"input": 1, "output": 1}, "model": "nobody-knows"},
        {"usage": {"input": 5, "output": 1}, "estimated": True, "stream": True},
    ],
)
def test_by_the_same_prices_a_call_costs_the_same(fields: dict[str, object]) -> None:
    call = a_call(**{"provider": "openai", "model": "gpt-5.1", **fields})
    now = cost_now(call, CARD)
    assert (now.pusd, now.basis, now.rate) == (call.cost.pusd, call.cost.basis, call.cost.rate)
    assert now.reported_pusd == call.cost.reported_pusd


def test_a_broken_stream_that_gets_a_price_is_an_estimate() -> None:
    usage = {"input": 5, "output": 1}
    broken: dict[str, object] = {"stream": True, "outcome": "aborted", "estimated": True}
    unpriced = a_call(provider="openai", model="nobody-knows", usage=usage, **broken)
    assert unpriced.cost.basis is Basis.NO_RATE
    listed = a_call(provider="openai", model="gpt-5.1", usage=usage, **broken)
    appeared = replace(unpriced, requested_model="gpt-5.1")
    assert cost_now(appeared, CARD).basis is Basis.ESTIMATED
    assert cost_now(listed, CARD).pusd == listed.cost.pusd
