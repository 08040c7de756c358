"""Prompts are told apart and recognised by keyed hashes, never by their text."""

import copy
import gc
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel

from profiler.shim.fingerprint import MAX_PREFIXES, Fingerprint, Fingerprints

FINGERPRINTS = Fingerprints(b"k" * 32)


def of(**fields: Any) -> Fingerprint:
    found = FINGERPRINTS.of(fields)
    assert found is not None
    return found


def says(role: str, content: object) -> dict[str, object]:
    return {"role": role, "content": content}


def cached(text: str) -> dict[str, object]:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


TALK = [says("user", "a"), says("assistant", "b"), says("user", "c")]


def test_the_same_prompt_has_the_same_fingerprint() -> None:
    assert of(messages=TALK).whole == of(messages=copy.deepcopy(TALK), temperature=1).whole
    assert len(of(messages=TALK).whole) == 32


def test_another_install_gives_another_fingerprint() -> None:
    other = Fingerprints(b"o" * 32).of({"messages": TALK})
    assert other is not None
    assert other.whole != of(messages=TALK).whole


@pytest.mark.parametrize(
    "other",
    [
        {"messages": [says("user", "ab")]},
        {"messages": [says("user", ["a", "b"])]},
        {"messages": [says("user", [["a"], "b"])]},
        {"messages": [says("user", "a"), says("user", "b")]},
        {"messages": [says("system", "a")]},
        {"messages": [{"content": "a", "role": "user"}]},
        {"messages": [says("user", "a")], "tools": [{"name": "t"}]},
        {"messages": [says("user", "a")], "system": "a"},
        {"messages": [says("user", 1)]},
        {"messages": [says("user", "1")]},
        {"messages": [says("user", 1.0)]},
        {"messages": [says("user", True)]},
        {"messages": [says("user", None)]},
        {"messages": [says("user", b"a")]},
        {"input": "a"},
        {"contents": "a"},
        {"input": "a", "previous_response_id": "resp_1"},
    ],
    ids=repr,
)
def test_another_prompt_has_another_fingerprint(other: dict[str, Any]) -> None:
    seen = {of(messages=[says("user", "a")]).whole, of(messages=[says("user", "b")]).whole}
    assert of(**other).whole not in seen


def plain(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.text(max_size=3).filter(lambda name: name != "cache_control")
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=6,
    )


SMALL = st.sampled_from(["", "a", '"1:a', "1:", "[", "]", "N", "{", 0, 1, None, True, b"", b"a"])


@given(plain(SMALL), plain(SMALL))
def test_only_equal_values_are_hashed_alike(one: Any, other: Any) -> None:
    first, second = of(input=[{"v": one}]), of(input=[{"v": other}])
    assert (first.whole == second.whole) == (repr(one) == repr(other))


def test_a_conversation_that_goes_on_keeps_its_prefixes() -> None:
    before = of(system="s", tools=[{"name": "t"}], messages=TALK)
    after = of(system="s", tools=[{"name": "t"}], messages=[*TALK, says("assistant", "d")])
    assert len(before.prefixes) == 2 + len(TALK)
    assert after.prefixes[:-1] == before.prefixes
    assert before.prefixes[-1] == before.whole
    assert after.prefixes[-1] == after.whole


def test_a_change_breaks_the_prefixes_from_there_on() -> None:
    changed = [TALK[0], says("assistant", "B"), TALK[2]]
    one, other = of(system="s", messages=TALK), of(system="s", messages=changed)
    assert [a == b for a, b in zip(one.prefixes, other.prefixes, strict=True)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_breakpoint_within_a_message_ends_a_prefix() -> None:
    parts = [cached("book"), {"type": "text", "text": "question"}]
    others = [cached("book"), {"type": "text", "text": "another"}]
    one, other = of(messages=[says("user", parts)]), of(messages=[says("user", others)])
    assert len(one.prefixes) == 2
    assert one.prefixes[0] == other.prefixes[0]
    assert one.prefixes[1] != other.prefixes[1]


def test_a_breakpoint_that_moves_on_breaks_nothing() -> None:
    def turn(text: str, *, is_last: bool) -> dict[str, object]:
        part = cached(text) if is_last else {"type": "text", "text": text}
        return says("user", [part])

    before = of(messages=[turn("a", is_last=True)])
    after = of(messages=[turn("a", is_last=False), turn("b", is_last=True)])
    assert after.prefixes[0] == before.whole


def test_of_many_messages_the_first_and_the_last_and_breakpoints_are_kept() -> None:
    many = [says("user", str(number)) for number in range(100)]
    many[50] = says("user", [cached("middle"), {"type": "text", "text": "end"}])
    kept = of(messages=many).prefixes
    assert len(kept) == MAX_PREFIXES
    assert kept[:6] == of(messages=many[:6]).prefixes
    assert kept[-1] == of(messages=many).whole
    assert of(messages=[*many[:50], says("user", [cached("middle")])]).prefixes[-1] not in kept
    breakpoint_only = of(messages=[*many[:51]]).prefixes
    assert set(breakpoint_only) & set(kept[6:8])


class Touchy:
    """Says so when it is touched."""

    def __iter__(self) -> Iterator[object]:
        raise AssertionError

    def __str__(self) -> str:
        raise AssertionError

    __repr__ = __str__

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)

    def __eq__(self, other: object) -> bool:
        raise AssertionError

    __hash__ = None  # type: ignore[assignment]  # nothing may look it up


class Sly(dict[str, object]):
    def items(self) -> Any:
        raise AssertionError


@pytest.mark.parametrize("value", [Touchy(), Sly(a=1), iter(()), {1, 2}, object()], ids=type)
def test_what_is_not_plain_is_never_touched_and_has_no_fingerprint(value: object) -> None:
    assert FINGERPRINTS.of({"messages": [says("user", value)]}) is None
    assert FINGERPRINTS.of({"messages": value}) is None


def test_a_generator_is_left_for_the_host() -> None:
    messages = (says("user", text) for text in "ab")
    assert FINGERPRINTS.of({"messages": messages}) is None
    assert len(list(messages)) == 2


class Answer(BaseModel):
    text: str


def test_a_parsed_answer_given_back_is_read_by_its_fields() -> None:
    one, same, other = (
        of(messages=[says("assistant", [Answer(text=text)])]).whole for text in ("a", "a", "b")
    )
    assert one == same != other


def test_a_prompt_that_holds_itself_has_no_fingerprint() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert FINGERPRINTS.of({"messages": [says("user", loop)]}) is None


def test_what_was_not_given_changes_nothing() -> None:
    bare = of(messages=TALK)
    given = of(messages=TALK, tools=..., system=openai.omit, input=openai.not_given)
    assert (given.whole, given.prefixes) == (bare.whole, bare.prefixes)


def test_lone_surrogates_are_hashed() -> None:
    assert of(input="\ud800").whole != of(input="\ud801").whole


def test_without_a_prompt_there_is_no_fingerprint() -> None:
    assert FINGERPRINTS.of({"model": "m"}) is None
    assert FINGERPRINTS.of({"messages": None}) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": [says("user", "x" * 50_000_000)]},
        {"messages": [says("user", b"x" * 50_000_000)]},
        {"input": [list(range(8000))] * 200},
        {"input": ["text"] * 1_000_000},
        {"messages": [says("user", "x")] * 200_000},
    ],
    ids=["text", "bytes", "numbers", "texts", "messages"],
)
def test_the_work_on_a_huge_prompt_is_bounded(fields: dict[str, Any]) -> None:
    gc.collect()
    started = time.process_time()
    FINGERPRINTS.of(fields)
    assert time.process_time() - started < 1


def test_huge_prompts_of_other_lengths_or_ends_are_told_apart() -> None:
    text = "x" * 2_000_000
    assert len({of(input=value).whole for value in (text, text + "x", text[:-1] + "y")}) == 3
