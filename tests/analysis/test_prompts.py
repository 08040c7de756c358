from collections.abc import Sequence
from pathlib import Path

import pytest

from profiler.analysis.prompts import LOOKED_AT, judged, prompts
from profiler.analysis.results.caching import PromptPlace
from profiler.domain.calls import Basis, Cost
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.domain.usage import Usage
from profiler.store.reads import Prompt
from tests.support.stored import START_US, a_call, a_store

NOW_US = START_US + 10**12
PLACE = ("anthropic", "claude", "chat", "app.py:1 reply")


def a_prompt(number: int, *prefixes: str, session: int = 1, **changes: object) -> Prompt:
    prompt = Prompt(
        "0" * 30,
        START_US + number * 1_000_000, PLACE, session, prefixes, read=0, written=0,
        is_kept_long=False, is_priced=True, premium_pusd=0, missed_pusd=10,
    )  # fmt: skip
    return prompt._replace(**changes)  # type: ignore[arg-type]  # fields by name


def told(*oldest_first: Prompt, now_us: int = NOW_US) -> PromptPlace:
    [place] = judged(oldest_first, now_us)
    return place


def breaks(*oldest_first: Prompt) -> int:
    return told(*oldest_first).breaks


def test_instructions_that_change_break_the_prompt() -> None:
    first, second = a_prompt(1, "s1", "a"), a_prompt(2, "s2", "b", missed_pusd=7, premium_pusd=2)
    place = told(first, second)
    assert (place.calls, place.breaks, place.break_pusd) == (2, 1, 9)


@pytest.mark.parametrize(
    "prefixes",
    [
        (["s", "a"], ["s", "b"], ["s", "c"]),
        (["s", "a"], ["s", "a", "b", "c"], ["s", "a", "b", "c", "d", "e"]),
        (["s", "a", "b", "c", "d"], ["s", "x"], ["s", "a", "b", "c", "d", "e", "f"]),
        (["s1", "a"], ["s1", "b"], ["s1", "a"]),
    ],
    ids=["other questions", "a conversation", "conversations in turn", "the same again"],
)
def test_what_goes_on_or_begins_anew_breaks_nothing(prefixes: Sequence[list[str]]) -> None:
    assert breaks(*(a_prompt(number, *one) for number, one in enumerate(prefixes))) == 0


def test_instructions_known_from_before_break_nothing() -> None:
    assert breaks(a_prompt(1, "s1", "a"), a_prompt(2, "s2", "b"), a_prompt(3, "s1", "c")) == 1


def test_a_history_cut_short_breaks_the_prompt() -> None:
    whole = a_prompt(1, "s", "a", "b", "c", "d")
    trimmed = a_prompt(2, "s", "c2", "d2", "e2", "f2")
    assert breaks(whole, trimmed) == 1


def test_prompts_without_instructions_differ_by_nature() -> None:
    hello, other = a_prompt(1, "a"), a_prompt(2, "b", session=2)
    further = a_prompt(3, "b", "c", "d", session=2)
    assert breaks(hello, other, further) == 0


def test_breaks_of_unknown_cost_are_counted_apart() -> None:
    place = told(a_prompt(1, "s1", "a"), a_prompt(2, "s2", "b", is_priced=False, missed_pusd=0))
    assert (place.breaks, place.break_unpriced, place.break_pusd) == (1, 1, 0)


def test_a_write_is_unread_until_a_later_call_reads_it() -> None:
    written = a_prompt(1, "s", "a", written=500, premium_pusd=3)
    reading = a_prompt(2, "s", "a", "b", read=500)
    alone, both = told(written), told(written, reading)
    assert (alone.writes, alone.unread, alone.unread_tokens, alone.unread_pusd) == (1, 1, 500, 3)
    assert (both.writes, both.unread, both.unread_pusd) == (1, 0, 0)


def test_the_last_turn_of_a_conversation_is_written_for_nobody() -> None:
    first = a_prompt(1, "s", "a", written=500)
    last = a_prompt(2, "s", "a", "b", "c", read=500, written=100, premium_pusd=2)
    other = a_prompt(3, "s", "x", read=400)
    place = told(first, last, other)
    assert (place.unread, place.unread_tokens) == (1, 100)


def test_what_may_still_be_read_is_not_judged() -> None:
    prompt = a_prompt(1, "s", "a", written=500)
    soon = prompt.at_us + 200 * 1_000_000
    assert told(prompt, now_us=soon).writes == 0
    assert told(prompt._replace(is_kept_long=True), now_us=soon + 10**9).writes == 0


def test_stored_calls_are_read_with_their_hashes(tmp_path: Path) -> None:
    cost = Cost(9, Basis.MEASURED, cache_missed_pusd=5, cache_premium_pusd=1)
    calls = [
        a_call(
            START_US + number,
            number,
            prefixes=(f"s{number}", f"x{number}"),
            cost=cost,
            feature="chat",
        )
        for number in (1, 2)
    ]
    bare = a_call(START_US + 3, 3, usage=Usage(1, cache_write_5m=7, output=1))
    with a_store(tmp_path / "p.db", [*calls, bare]) as store:
        found = prompts(store, EVERYTHING, NOW_US)
        none = prompts(store, Filter(matches=(Match(Dimension.FEATURE, "none"),)), NOW_US)
    assert (found.looked_at, found.is_all, found.unknown) == (3, True, 1)
    [place] = found.places
    assert (place.feature, place.breaks, place.break_pusd) == ("chat", 1, 6)
    assert (none.looked_at, none.places) == (0, ())


def test_no_more_than_the_newest_are_looked_at(tmp_path: Path) -> None:
    calls = [a_call(START_US + number, number) for number in range(LOOKED_AT + 5)]
    with a_store(tmp_path / "p.db", calls) as store:
        found = prompts(store, EVERYTHING, NOW_US)
    assert (found.looked_at, found.is_all) == (LOOKED_AT, False)
