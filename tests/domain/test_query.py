import shlex
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profiler.domain.calls import Basis, Outcome
from profiler.domain.money import pusd
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.query import NO_ID, parse_filter
from profiler.domain.scopes import (
    EVERYTHING,
    Bound,
    Dimension,
    Filter,
    Match,
    Quantity,
    TagMatch,
    WayMatch,
    one_of,
)
from profiler.errors import BadQuery
from tests.support.sizes import OFTEN

UTC = ZoneInfo("UTC")
NOW = 1_790_000_000_000_000


def read(text: str) -> Filter:
    return parse_filter(text, NOW, UTC)


def test_nothing_typed_means_every_call() -> None:
    assert read("") == EVERYTHING


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


def test_what_a_cost_rests_on_can_be_asked_for() -> None:
    assert read("basis:measured").bases == (Basis.MEASURED, Basis.NOT_BILLED)
    assert set(read("!basis:measured").bases).isdisjoint(read("basis:measured").bases)
    with pytest.raises(BadQuery, match="write one of measured"):
        read("basis:guessed")


def test_single_calls_can_be_asked_for() -> None:
    first, second = "0" * 29 + "1", "0" * 29 + "a"
    assert read(f"id:{first},{second.upper()}").ids == (first, second)
    assert read(f"id:{0x0600:014x}{1:016x}").span == Span(0x0600, 0x0601)
    assert read(f"id:{first} id:{second}").ids == (NO_ID,)
    with pytest.raises(BadQuery, match="whole ids"):
        read("id:0660")


def test_calls_can_be_asked_for_by_the_way_they_were_made() -> None:
    assert read("'stack:app.py:9 main > *' !stack:*rag.py* 'stack:=<x> *'").ways == (
        WayMatch("app.py:9 main > *"),
        WayMatch("*rag.py*", is_excluded=True),
        WayMatch("<x> *", is_exact=True),
    )


def test_a_comma_between_values_means_either() -> None:
    assert read("finish:length,max_tokens !user:ada,") == Filter(
        matches=(
            Match(Dimension.FINISH, "length", others=("max_tokens",)),
            Match(Dimension.USER, "ada", is_excluded=True, others=("",)),
        )
    )


def test_either_of_several_ends_and_bases_can_be_asked_for() -> None:
    assert set(read("status:error,aborted").excluded) == {Outcome.OK}
    assert set(read("!status:error,aborted").excluded) == {Outcome.ERROR, Outcome.ABORTED}
    assert read("basis:estimated,derived").bases == (Basis.ESTIMATED, Basis.DERIVED)
    with pytest.raises(BadQuery, match="never sent, so it is no call; `profiler budget history"):
        read("status:refused")
    with pytest.raises(BadQuery, match="status:lost is unknown"):
        read("status:error,lost")


@OFTEN
@given(values=st.lists(st.text("a,\\*'= "), min_size=1, max_size=4))
def test_any_values_can_be_written_as_alternatives_or_as_names(values: list[str]) -> None:
    for sign, is_exact in (("", False), ("=", True)):
        (match,) = read(shlex.quote(f"feature:{sign}{one_of(*values)}")).matches
        assert list(match.patterns) == values
        assert match.is_exact is is_exact


@pytest.mark.parametrize("sign", ["!", "-"])
def test_a_sign_in_front_means_all_others(sign: str) -> None:
    found = read(f"{sign}feature:search {sign}status:error {sign}tag:release=7 {sign}priced:yes")
    assert found == Filter(
        matches=(Match(Dimension.FEATURE, "search", is_excluded=True),),
        is_priced=False,
        tags=(TagMatch("release", "7", is_excluded=True),),
        excluded=(Outcome.ERROR,),
    )


def test_a_bare_word_can_be_left_out_and_may_begin_with_a_dash() -> None:
    assert read("!mini").matches == (Match(Dimension.MODEL, "*mini*", is_excluded=True),)
    assert read("-mini").matches == (Match(Dimension.MODEL, "*-mini*"),)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("latency>5s", Bound(Quantity.LATENCY, above=5_000_000)),
        ("latency<300ms", Bound(Quantity.LATENCY, below=300_000)),
        ("first>=1.5s", Bound(Quantity.FIRST, above=1_499_999)),
        ("tokens>10000", Bound(Quantity.TOKENS, above=10_000)),
        ("tokens<=10k", Bound(Quantity.TOKENS, below=10_001)),
        ("output>1.5M", Bound(Quantity.OUTPUT, above=1_500_000)),
        ("input>10,000", Bound(Quantity.INPUT, above=10_000)),
        ("attempts>1", Bound(Quantity.ATTEMPTS, above=1)),
    ],
)
def test_counts_and_times_can_be_bounded(text: str, bound: Bound) -> None:
    assert read(text).bounds == (bound,)


def test_a_cost_may_be_bounded_by_the_figure_itself() -> None:
    assert read("cost>=0.01").cost_above_pusd == pusd("0.01") - 1
    assert read("cost<=0.01").cost_below_pusd == pusd("0.01") + 1


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("tag:release=7", TagMatch("release", "7")),
        ("tag:release=", TagMatch("release", "")),
        ("tag:release", TagMatch("release", "", is_excluded=True)),
        ("!tag:release", TagMatch("release", "")),
        ("tag:url=a=b", TagMatch("url", "a=b")),
    ],
)
def test_tags_are_named_with_their_value(text: str, tag: TagMatch) -> None:
    assert read(text).tags == (tag,)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour:red", "colour"),
        ("latency>5", "5s, 300ms or 2m"),
        ("tokens>many", "10000, 10k"),
        ("tokens>1.5", "never comes to"),
        ("tokens>1 tokens>2", "is given twice"),
        ("!cost>1", "the opposite bound"),
        ("!since:2d", "the opposite bound"),
        ("tag:=7", "needs a name"),
        ("!", "behind the !"),
        ("status:fine", "status:fine"),
        ("cost>much", "much"),
        ("since:soon", "soon"),
        ("priced:maybe", "priced:maybe"),
        ("feature=search", "did you mean feature:search"),
        ("!tag=team=blue", "did you mean tag:team=blue"),
        ('feature:"open', "quotes"),
    ],
)
def test_a_word_that_cannot_be_read_is_named(text: str, named: str) -> None:
    with pytest.raises(BadQuery, match=named):
        read(text)


@OFTEN
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
