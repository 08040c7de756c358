"""Calls the program tells of itself."""

from datetime import UTC, datetime
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import profiler
from profiler.domain.calls import Basis
from profiler.shim.instrument import SHIM
from tests.shim.conftest import Log
from tests.shim.test_anthropic import priced

CALL: dict[str, Any] = {
    "provider": "mistral",
    "model": "mistral-large-latest",
    "usage": {"input": 1_200, "cache_read": 800, "output": 90, "web_searches": 2},
}
STARTED = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_call_is_recorded_as_it_is_told(quiet_log: Log) -> None:
    with profiler.context(user="u1", feature="outer"):
        profiler.record(
            **CALL, started_at=STARTED, latency_s=1.5, feature="faq", run="7", outcome="aborted"
        )
    event = quiet_log.only()
    assert event["usage"] == CALL["usage"]
    assert event["at"] == round(STARTED.timestamp() * 1e6)
    fields = ("provider", "model", "operation", "outcome", "latency_us", "user", "feature", "tags")
    assert tuple(event[name] for name in fields) == (
        "mistral",
        "mistral-large-latest",
        "chat",
        "aborted",
        1_500_000,
        "u1",
        "faq",
        {"run": "7"},
    )
    assert event["site"].endswith("test_a_call_is_recorded_as_it_is_told")
    assert priced(event).cost.pusd


def test_names_may_end_in_tokens(quiet_log: Log) -> None:
    usage = {"input_tokens": 3, "output_tokens": 4, "reasoning_tokens": 1, "input_audio_tokens": 2}
    profiler.record(provider="openai", model="gpt-5.1", usage=usage)
    told = {"input": 3, "output": 4, "reasoning": 1, "input_audio_tokens": 2}
    assert quiet_log.only()["usage"] == told


@pytest.mark.parametrize("cost", [0.25, Decimal("0.25")])
def test_a_cost_the_provider_said_is_the_cost_of_a_model_nobody_lists(
    cost: Any, quiet_log: Log
) -> None:
    profiler.record(provider="mine", model="own-1", usage=None, cost_usd=cost)
    call = priced(quiet_log.only())
    assert (call.cost.pusd, call.cost.basis) == (250_000_000_000, Basis.DERIVED)


def test_a_cost_is_kept_to_the_last_digit_whatever_the_decimal_context(quiet_log: Log) -> None:
    with localcontext(Context(prec=4)):
        cost = Decimal("0.333302500001")
        profiler.record(provider="mine", model="own-1", usage=None, cost_usd=cost)
    assert quiet_log.only()["reported_pusd"] == 333_302_500_001


def test_a_call_began_as_long_ago_as_it_took(quiet_log: Log) -> None:
    profiler.record(**CALL)
    profiler.record(**CALL, latency_s=60)
    first, second = quiet_log.events()
    assert 59_000_000 < second["at"] - first["at"] < 61_000_000


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"usage": {"input": -1, "output": 2}}, "usage"),
        ({"usage": "a lot"}, "usage"),
        ({"cost_usd": "free"}, "cost_usd"),
        ({"cost_usd": float("nan")}, "cost_usd"),
        ({"latency_s": -3}, "latency_s"),
        ({"started_at": "today"}, "started_at"),
        ({"outcome": "great"}, "outcome"),
        ({"provider": 7}, "provider"),
    ],
)
def test_a_value_that_cannot_be_is_left_out_and_said_once(
    wrong: dict[str, Any],
    name: str,
    quiet_log: Log,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # what was said stays said for as long as a process lives
    monkeypatch.setattr(SHIM, "_warned", set())
    for _ in range(2):
        profiler.record(**{**CALL, **wrong})
    said = capsys.readouterr().err
    assert said.count("profiler.record") == 1
    assert f"`{name}`" in said
    first, _ = quiet_log.events()
    assert first["outcome"] == "ok"
    assert (first["provider"] == "unknown") == (name == "provider")


def test_nothing_is_recorded_when_disabled(quiet_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILER_DISABLE", "1")
    profiler.record(**CALL)
    assert quiet_log.events() == []


ANYTHING: Any = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=6) | st.integers(), st.integers() | st.text(max_size=3))
    | st.just(object())
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            (
                *CALL,
                "operation",
                "cost_usd",
                "started_at",
                "latency_s",
                "outcome",
                "feature",
                "tags",
            ),
            ANYTHING,
        )
    )
)
def test_nothing_is_raised_and_every_line_is_an_event(quiet_log: Log, told: dict[str, Any]) -> None:
    profiler.record(**told)
    quiet_log.events()
