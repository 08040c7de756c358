"""Lines of every kind become events or rejections, and never anything else."""

import json

import pytest
from hypothesis import given, settings, strategies as st

from profiler.log.event import Event
from profiler.log.fields import EVENT_PREFIX
from profiler.log.parse import (
    MAX_PARSED_BYTES,
    Rejection,
    parse_header,
    parse_line,
    parse_whole_lines,
)
from tests.support.events import an_event, lines_of

WHOLE = lines_of([an_event(tail=1)])[:-1]
ID = json.loads(WHOLE)["id"]


def with_field(name: str, text: bytes) -> bytes:
    """An event whose field `name` is `text`, written as it stands."""
    return WHOLE[:-1] + b',"' + name.encode() + b'":' + text + b"}"


HOSTILE = {
    "NaN": with_field("latency_us", b"NaN"),
    "Infinity": with_field("latency_us", b"Infinity"),
    "a float out of range": with_field("latency_us", b"1e999"),
    "an integer of 64 bits": with_field("latency_us", b"9223372036854775808"),
    "an integer of 5000 digits": with_field("latency_us", b"9" * 5000),
    "a negative count": with_field("latency_us", b"-1"),
    "a count beyond belief": with_field("usage", b'{"input":1000000001}'),
    "a fraction": with_field("attempts", b"1.5"),
    "a bool as int": with_field("attempts", b"true"),
    "an int as bool": with_field("stream", b"1"),
    "an object as text": with_field("feature", b'{"a":1}'),
    "a list as text": with_field("feature", b'["a"]'),
    "null as text": with_field("feature", b"null"),
    "a number as text": with_field("feature", b"5"),
    "text as a count": with_field("usage", b'{"input":"7"}'),
    "an unknown outcome": with_field("outcome", b'"fine"'),
    "an unknown `billed`": with_field("billed", b'"maybe"'),
    "depth": with_field("more", b"[" * 100_000),
    "depth at the top": b"[" * 100_000,
    "a top-level list": b"[1]",
    "a top-level number": b"7",
    "a top-level string": b'"v"',
    "a top-level null": b"null",
    "an empty object": b"{}",
    "no JSON": b"Traceback (most recent call last):",
    "half a line": WHOLE[:40],
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE.replace(b'{"v"', b'{ "v"'),
    "UTF-16": WHOLE.decode().encode("utf-16"),
    "invalid UTF-8": with_field("feature", b'"\xff"'),
    "an overlong slash": with_field("feature", b'"\xc0\xaf"'),
    "a raw control character": with_field("feature", b'"\x01"'),
    "NULs": b"\0" * 50,
    "two values": b"{} {}",
    "a wrong version": WHOLE.replace(b'"v":1', b'"v":2'),
    "a missing id": b'{"v":1,"at":5,"provider":"openai"}',
    "an id that is no id": WHOLE.replace(ID.encode(), b"x" * 30),
    "an id with a newline": WHOLE.replace(ID.encode(), ID.encode() + rb"\n"),
    "an id in capitals": WHOLE.replace(ID.encode(), b"A" * 30),
    "an id of another time": WHOLE.replace(ID[:14].encode(), b"0" * 14),
    "an id too large for a column": WHOLE.replace(ID[14:].encode(), b"f" * 16),
    "a torn header": b'{"v":1,"segment":"ab',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_line_is_one_rejection_with_its_place(line: bytes) -> None:
    events, rejections = parse_line(line, 70)
    assert events == []
    assert [(one.offset_bytes, one.length_bytes) for one in rejections] == [(70, len(line))]


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_line_sends_the_fast_path_to_the_slow_one(line: bytes) -> None:
    assert parse_whole_lines(WHOLE + b"\n" + line + b"\n") is None


ODD_BUT_WHOLE = {
    "duplicate keys": (with_field("feature", b'"a"')[:-1] + b',"feature":"b"}', "b"),
    "unknown fields of any size": (with_field("new", b"9" * 5000), ""),
    "half a surrogate pair": (with_field("feature", rb'"a\ud800b"'), "a\ufffdb"),
    "the other half": (with_field("feature", rb'"\udc00"'), "\ufffd"),
    "a whole pair": (with_field("feature", rb'"\ud83d\ude00\ud800"'), "\U0001f600\ufffd"),
    "a backslash before a u": (with_field("feature", rb'"\\ud800\ud800"'), r"\ud800" + "\ufffd"),
    "spaces around": (b"  " + with_field("feature", b'"x"') + b"\r", "x"),
}


@pytest.mark.parametrize(("line", "feature"), ODD_BUT_WHOLE.values(), ids=ODD_BUT_WHOLE.keys())
def test_an_odd_line_that_is_an_event_costs_nothing(line: bytes, feature: str) -> None:
    events, rejections = parse_line(line, 0)
    assert ([event.feature for event in events], rejections) == ([feature], [])


@pytest.mark.parametrize("line", [b"", b"   ", b"\t\r"])
def test_blank_lines_are_nothing(line: bytes) -> None:
    assert parse_line(line, 0) == ([], [])


def test_a_header_is_neither_event_nor_rejection() -> None:
    line = b'{"v":1,"segment":"' + b"0" * 32 + b'","pid":7}'
    assert parse_line(line, 0) == ([], [])
    header = parse_header(line)
    assert header is not None
    assert header.segment == "0" * 32


def test_an_event_glued_to_a_torn_header_is_found() -> None:
    torn = b'{"v":1,"segment":"0000'
    events, rejections = parse_line(torn + WHOLE, 0)
    assert [event.id for event in events] == [ID]
    assert [(one.offset_bytes, one.length_bytes) for one in rejections] == [(0, len(torn))]


def test_a_whole_line_behind_a_hole_of_nuls_is_found() -> None:
    events, rejections = parse_line(b"\0" * 9 + WHOLE, 5)
    assert [event.id for event in events] == [ID]
    assert [one.offset_bytes for one in rejections] == [5]


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, len(WHOLE) - 1))
def test_a_tear_costs_only_the_event_it_tore(first: int, second: int) -> None:
    events, rejections = parse_line(WHOLE[:first] + WHOLE[:second] + WHOLE, 0)
    assert [event.id for event in events] == [ID]
    assert sum(one.length_bytes for one in rejections) == first + second


def test_a_line_too_long_is_set_aside_unread() -> None:
    line = with_field("more", b'"' + b"x" * MAX_PARSED_BYTES + b'"')
    assert parse_line(line, 0)[1] == [
        Rejection(0, len(line), f"longer than {MAX_PARSED_BYTES} bytes")
    ]
    assert parse_whole_lines(line + b"\n") is None


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda b: EVENT_PREFIX + b)))
def test_no_bytes_whatever_raise(line: bytes) -> None:
    events, rejections = parse_line(line.replace(b"\n", b" "), 0)
    assert all(isinstance(event, Event) for event in events)
    assert len(rejections) <= 1 + line.count(EVENT_PREFIX)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, len(WHOLE) - 1), max_size=4), st.binary(min_size=1, max_size=4))
def test_no_damage_to_an_event_raises(places: list[int], noise: bytes) -> None:
    line = WHOLE
    for place in places:
        line = line[:place] + noise.replace(b"\n", b"") + line[place + 1 :]
    events, rejections = parse_line(line, 0)
    assert len(events) + len(rejections) >= 1


@given(st.lists(st.sampled_from([WHOLE, *HOSTILE.values(), b""]), max_size=6))
@settings(max_examples=100, deadline=None)
def test_the_fast_path_agrees_with_the_slow_one(lines: list[bytes]) -> None:
    fast = parse_whole_lines(b"".join(line + b"\n" for line in lines))
    slow = [parse_line(line, 0) for line in lines]
    if fast is not None:
        assert fast == [event for events, _ in slow for event in events]
        assert not any(rejections for _, rejections in slow)


def test_a_reason_never_repeats_the_line() -> None:
    secret = b'"sk-secret"'
    for name in ("usage", "attempts", "outcome", "billed", "stream", "latency_us"):
        _, rejections = parse_line(with_field(name, secret), 0)
        assert "secret" not in rejections[0].reason
