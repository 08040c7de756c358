from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profiler.domain.calls import Outcome
from profiler.domain.money import pusd
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.query import parse_filter
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.errors import BadQuery

UTC = ZoneInfo("UTC")
NOW = 1_790_000_000_000_000


def read(text: str) -> Filter:
    return parse_filter(text, NOW, UTC)


def test_nothing_typed_means_every_call() -> None:
    assert read("") == EVERYTHING
    assert read("").is_everything


def test_words_narrow_one_another() -> None:
    assert read("model:gpt-5* feature:search cost>0.01 status:error since:2h") == Filter(
        span=Span(NOW - 2 * HOUR_US, None),
        matches=(Match(Dimension.MODEL, "gpt-5*"), Match(Dimension.FEATURE, "search")),
        outcome=Outcome.ERROR,
        cost_above_pusd=pusd("0.01"),
    )


def test_a_bare_word_looks_for_a_model() -> None:
    assert read("opus").matches == (Match(Dimension.MODEL, "*opus*"),)


def test_quotes_hold_a_label_together() -> None:
    assert read('feature:"deep search"').matches == (Match(Dimension.FEATURE, "deep search"),)


def test_unpriced_calls_can_be_asked_for() -> None:
    assert read("priced:no").is_priced is False


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour:red", "colour"),
        ("status:fine", "status:fine"),
        ("cost>much", "much"),
        ("since:soon", "soon"),
        ("priced:maybe", "priced:maybe"),
        ('feature:"open', "quotes"),
    ],
)
def test_a_word_that_cannot_be_read_is_named(text: str, named: str) -> None:
    with pytest.raises(BadQuery, match=named):
        read(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read(text)
    except BadQuery:
        return
    assert isinstance(found, Filter)


@pytest.mark.parametrize("text", ["since:7d since:2d", "cost>1 cost>2", "status:ok status:error"])
def test_a_bound_given_twice_is_refused(text: str) -> None:
    with pytest.raises(BadQuery, match="is given twice"):
        read(text)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadQuery, match="no moment lies in that range"):
        read("since:7d until:8d")
