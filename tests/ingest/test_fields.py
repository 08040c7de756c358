"""Every field of the log comes back from the store."""

from pathlib import Path

import pytest

from profiler.domain.calls import Basis
from profiler.domain.scopes import EVERYTHING, Dimension
from tests.support.events import an_event
from tests.support.workspaces import a_workspace

FURTHER = {
    "user_tier": "free",
    "environment": "staging",
    "prompt_version": "v7",
    "failures": ["rate_limit", "timeout"],
    "retry_wait_us": 1_500_000,
    "tools_offered": ["search", "weather"],
    "tools_called": ["weather", "weather"],
    "stack": ["app.py:3 <module>", "rag/answer.py:41 answer"],
    "trace": "0af7651916cd43dd8448eb211c80319c",
    "parent": "b7ad6b7169203331",
    "fingerprint": "c" * 32,
    "prefixes": ["a" * 32, "b" * 32],
}


@pytest.mark.parametrize("name", FURTHER)
def test_a_field_of_the_log_comes_back_from_the_store(tmp_path: Path, name: str) -> None:
    with a_workspace(tmp_path, [an_event(**{name: FURTHER[name]})]) as workspace:
        [call] = workspace.each(EVERYTHING)
    expected = FURTHER[name]
    assert getattr(call, name) == (tuple(expected) if isinstance(expected, list) else expected)


@pytest.mark.parametrize("dimension", ["user_tier", "environment", "prompt_version", "finish"])
def test_spend_is_told_apart_by_every_label(tmp_path: Path, dimension: str) -> None:
    events = [an_event(**{dimension: name}) for name in ("a", "b", "b")]
    with a_workspace(tmp_path, events) as workspace:
        rows = workspace.grouped((Dimension(dimension),), EVERYTHING).rows
    assert [(row.labels, row.totals.calls) for row in rows] == [(("b",), 2), (("a",), 1)]


def test_a_cost_the_provider_reports_stands_beside_ours(tmp_path: Path) -> None:
    with a_workspace(tmp_path, [an_event(reported_pusd=7)]) as workspace:
        [call] = workspace.each(EVERYTHING)
    assert call.cost.reported_pusd == 7
    assert call.cost.pusd == 450_000_000
    assert call.cost.rate.startswith("genai-prices@")


def test_a_cost_only_the_provider_knows_is_the_cost(tmp_path: Path) -> None:
    event = an_event(provider="openrouter", model="x/new", answered="x/new", reported_pusd=7)
    with a_workspace(tmp_path, [event]) as workspace:
        [call] = workspace.each(EVERYTHING)
    assert (call.cost.pusd, call.cost.basis) == (7, Basis.DERIVED)
    assert call.cost.rate == "reported by openrouter"


def test_a_call_is_not_lost_for_its_endless_label(tmp_path: Path) -> None:
    with a_workspace(tmp_path, [an_event(user="u" * 5_000)]) as workspace:
        [call] = workspace.each(EVERYTHING)
    assert call.user == "u" * 200


def test_a_model_has_one_name_whatever_snapshot_answered_or_none(tmp_path: Path) -> None:
    events = [
        an_event(model="gpt-5-mini", answered="gpt-5-mini-2025-08-07"),
        an_event(model="gpt-5-mini", answered=None, usage=None, outcome="error", error="timeout"),
        an_event(model="acme-7b", answered="acme-7b-0325"),
        an_event(model="acme-7b", answered=None, usage=None, outcome="error", error="timeout"),
    ]
    with a_workspace(tmp_path, events) as workspace:
        calls = list(workspace.each(EVERYTHING))
    named = {(call.requested_model, call.answered, call.model) for call in calls}
    assert named == {
        ("gpt-5-mini", "gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("gpt-5-mini", "", "gpt-5-mini"),
        ("acme-7b", "acme-7b-0325", "acme-7b-0325"),
        ("acme-7b", "", "acme-7b"),
    }
