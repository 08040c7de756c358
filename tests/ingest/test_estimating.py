"""Streams that ended early: reckoned by what the user's own measured calls taught."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, strategies as st

from profiler.domain.calibration import Calibration, Side
from profiler.domain.calls import Basis, Call
from profiler.domain.scopes import EVERYTHING
from profiler.ingest.estimating import estimate
from profiler.ingest.priced import call_of
from profiler.log.event import Event
from profiler.pricing.card import Card
from profiler.store import calibration
from tests.support.events import a_segment, an_event
from tests.support.workspaces import a_workspace

FAMILY = "openai/gpt-5-mini"


def measured(number: int, per_mille: int = 500, **fields: object) -> dict[str, object]:
    """A stream read to its end, with half a token a byte both ways unless told otherwise."""
    size = 2_000 + number
    usage = {"input": size * per_mille // 1000, "output": size * per_mille // 1000}
    return an_event(stream=True, sent_bytes=size, heard_bytes=size, **{"usage": usage, **fields})


def broken(**fields: object) -> dict[str, object]:
    """A stream that ended early, with what the shim made of it."""
    usage = {"input": 1_000, "output": 500}
    given = {"sent_bytes": 4_000, "heard_bytes": 2_000, "usage": usage, "outcome": "aborted"}
    return an_event(stream=True, estimated=True, **{**given, **fields})


def an_estimate(**fields: object) -> Call:
    event = msgspec.convert({"v": 1, **broken(**fields)}, Event)
    return call_of(event, Card.load())


def test_a_family_never_measured_is_estimated_by_defaults_and_says_so() -> None:
    call = an_estimate()
    assert (call.usage.input, call.usage.output) == (1_000, 500)
    assert call.cost.basis is Basis.ESTIMATED
    assert call.cost.band is not None
    assert call.cost.band.learned_calls == 0
    assert call.cost.low_pusd is not None
    assert call.cost.high_pusd is not None
    assert call.cost.pusd is not None
    assert call.cost.low_pusd < call.cost.pusd < call.cost.high_pusd


def test_the_users_own_calls_teach_how_much_text_a_token_is(tmp_path: Path) -> None:
    events = [broken(), *(measured(number) for number in range(200))]
    with a_workspace(tmp_path, events) as workspace:
        [call] = [one for one in workspace.each(EVERYTHING) if one.cost.band]
        assert workspace.detail(call.id, 0).call == call
    assert call.usage.input == pytest.approx(2_000, rel=0.03)
    assert call.usage.output == pytest.approx(1_000, rel=0.03)
    assert call.cost.band is not None
    assert call.cost.band.learned_calls == 200
    assert call.cost.band.low_per_mille > 800


def test_what_is_learned_outlasts_a_pass_and_is_learned_once(tmp_path: Path) -> None:
    events = [measured(number) for number in range(50)]
    with a_workspace(tmp_path, events) as workspace:
        log = workspace.settings.log_folder
        a_segment(log, events)
        workspace.drain()
        with workspace.store.reading() as connection:
            known = calibration.known(connection)
        assert known.of(FAMILY, Side.OUTPUT).calls == 50
        a_segment(log, [broken()])
        workspace.drain()
        [call] = [one for one in workspace.each(EVERYTHING) if one.cost.band]
    assert call.cost.band is not None
    assert call.cost.band.learned_calls == 50


def test_another_family_learns_nothing_from_it(tmp_path: Path) -> None:
    other = broken(model="gpt-5", answered="gpt-5")
    with a_workspace(tmp_path, [*(measured(number) for number in range(50)), other]) as workspace:
        [call] = [one for one in workspace.each(EVERYTHING) if one.cost.band]
    assert call.cost.band is not None
    assert call.cost.band.learned_calls == 0


def test_estimates_and_unfinished_or_unpriced_calls_teach_nothing(tmp_path: Path) -> None:
    events = [
        broken(),
        measured(1, usage=None),
        measured(2, model="nobody-knows", answered=None),
        an_event(),
    ]
    with a_workspace(tmp_path, events) as workspace, workspace.store.reading() as connection:
        assert calibration.known(connection) == Calibration()


def test_calls_that_offered_tools_are_learned_apart(tmp_path: Path) -> None:
    events = [measured(n, usage={"input": 9_000, "output": 1_000}, tools_offered=["f"])
              for n in range(30)]  # fmt: skip
    with a_workspace(tmp_path, [*events, broken(tools_offered=["f"]), broken()]) as workspace:
        tooled, plain = sorted(
            (one for one in workspace.each(EVERYTHING) if one.cost.band),
            key=lambda one: not one.tools_offered,
        )
    assert tooled.usage.input == 9_000
    assert plain.usage.input == 1_000


def test_thinking_that_is_not_shown_is_expected_where_it_is_usual(tmp_path: Path) -> None:
    usage = {"input": 500, "output": 900, "reasoning": 400}
    events = [measured(0, usage=usage) for _ in range(30)]
    with a_workspace(tmp_path, [*events, broken()]) as workspace:
        [call] = [one for one in workspace.each(EVERYTHING) if one.cost.band]
    assert call.usage.reasoning == 400
    assert call.usage.output == pytest.approx(400 + 500, rel=0.1)


@pytest.mark.parametrize("told", [{"input": 7, "output": 9_000}, {"input": 7, "cache_read": 5}])
def test_what_the_provider_counted_itself_stands(told: dict[str, int]) -> None:
    call = an_estimate(told=told)
    assert (call.usage.input, call.usage.cache_read) == (7, told.get("cache_read", 0))
    assert call.usage.output == max(told.get("output", 0), 500)


def test_an_older_log_keeps_its_own_estimate_without_a_band() -> None:
    call = an_estimate(sent_bytes=None, heard_bytes=None)
    assert (call.usage.input, call.usage.output) == (1_000, 500)
    assert (call.cost.basis, call.cost.band) == (Basis.ESTIMATED, None)


counts = st.integers(0, 10**6)


@given(
    counts,
    counts,
    st.dictionaries(st.sampled_from(["input", "output", "cache_read", "reasoning"]), counts),
)
def test_no_bound_of_an_estimate_is_below_what_was_surely_received(
    sent: int, heard: int, told: dict[str, int]
) -> None:
    event = msgspec.convert(
        {"v": 1, **broken(sent_bytes=sent, heard_bytes=heard, told=told)}, Event
    )
    found = estimate(event, FAMILY, Calibration())
    if found is None:
        assert sent == heard == 0
        return
    for some in (found.low, found.counts, found.high):
        assert all((some[name] or 0) >= count for name, count in told.items())
        assert (some["output"] or 0) >= (1 if heard else 0)
    for name in found.counts:
        if name != "reasoning":
            low, middle, high = (
                some.get(name) or 0 for some in (found.low, found.counts, found.high)
            )
            assert low <= middle <= high
