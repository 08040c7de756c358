import gzip
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from profiler.analysis.flame import Measure, grow
from profiler.domain.totals import Totals
from profiler.report.flame.collapsed import as_collapsed
from profiler.report.flame.drawing import as_svg, boxes
from profiler.report.flame.page import as_flame_page
from profiler.report.flame.pprof import as_pprof
from profiler.report.flame.speedscope import as_speedscope

DOLLAR = 10**12
MAIN, ANSWER, RANK = "app.py:9 main", "rag/answer.py:41 answer", "rag/answer.py:60 rank"
ROOT = grow(
    [
        ((MAIN, ANSWER), Totals(calls=3, spend_pusd=2 * DOLLAR, output_tokens=500)),
        ((MAIN, RANK), Totals(calls=1, spend_pusd=DOLLAR // 2, output_tokens=20)),
        ((MAIN,), Totals(calls=1, unpriced_calls=1)),
    ]
)


def test_collapsed_counts_millionths_of_a_dollar() -> None:
    assert as_collapsed(ROOT, Measure.COST).splitlines() == [
        f"{MAIN};{ANSWER} 2000000",
        f"{MAIN};{RANK} 500000",
    ]
    assert f"{MAIN} 1\n" in as_collapsed(ROOT, Measure.CALLS)


def test_a_name_cannot_break_a_collapsed_line() -> None:
    root = grow([(("a;b\nc 7",), Totals(calls=4))])
    assert as_collapsed(root, Measure.CALLS) == "a,b c 7 4\n"


def test_speedscope_holds_every_measure() -> None:
    document = json.loads(as_speedscope(ROOT, "spend", Measure.COST))
    frames = document["shared"]["frames"]
    cost, tokens, calls = document["profiles"]
    assert document["activeProfileIndex"] == 0
    assert sum(calls["weights"]) == calls["endValue"] == 5
    assert sum(tokens["weights"]) == 520
    told = {
        tuple(frames[n]["name"] for n in stack): weight
        for stack, weight in zip(cost["samples"], cost["weights"], strict=True)
    }
    assert told == {("main", "answer"): 2.0, ("main", "rank"): 0.5, ("main",): 0.0}
    assert {"name": "answer", "file": "rag/answer.py", "line": 41} in frames


def test_pprof_is_read_back_whole() -> None:
    profile = list(_fields(gzip.decompress(as_pprof(ROOT, Measure.COST, 1_000, 3_000))))
    texts = [value.decode() for number, value in profile if number == 6]
    kinds = [dict(_fields(value)) for number, value in profile if number == 1]
    assert [(texts[kind[1]], texts[kind[2]]) for kind in kinds] == [
        ("calls", "count"),
        ("tokens", "count"),
        ("cost", "picodollars"),
    ]
    functions = {f[1]: f for f in (dict(_fields(v)) for n, v in profile if n == 5)}
    lines = {}
    for place in (dict(_fields(v)) for n, v in profile if n == 4):
        line = dict(_fields(place[4]))
        lines[place[1]] = (texts[functions[line[1]][2]], texts[functions[line[1]][4]], line[2])
    found = {}
    for sample in (dict(_fields(v)) for n, v in profile if n == 2):
        stack = tuple(lines[number] for number in _varints(sample[1]))
        found[stack] = list(_varints(sample[2]))
    main = ("main", "app.py", 9)
    assert found == {
        (("answer", "rag/answer.py", 41), main): [3, 500, 2 * DOLLAR],
        (("rank", "rag/answer.py", 60), main): [1, 20, DOLLAR // 2],
        (main,): [1, 0, 0],
    }
    rest = dict(profile)
    assert (rest[9], rest[10], texts[rest[14]]) == (1_000_000, 2_000_000, "cost")


def test_the_drawing_is_well_formed_and_hostile_names_stay_text() -> None:
    hostile = "</title><script>alert(1)</script>\x1b[2J&\u202e"
    root = grow([((hostile, "]]>"), Totals(calls=1, spend_pusd=DOLLAR))])
    drawing = as_svg(root, Measure.COST, "Spend <by> stack")
    ET.fromstring(drawing)  # noqa: S314  # our own text
    assert "\x1b" not in drawing
    assert "<script" not in drawing
    page = as_flame_page(root, Measure.COST, hostile, hostile)
    assert page.count("<script>") == 1
    assert "\u202e" not in page


def test_boxes_lie_within_what_led_to_them() -> None:
    drawn = {box.frame.name: box for box in boxes(ROOT, Measure.COST, 0.0)}
    assert drawn[""].width == drawn[MAIN].width == 1.0
    assert (drawn[ANSWER].left, drawn[ANSWER].width) == (0.0, 0.8)
    assert (drawn[RANK].left, drawn[RANK].width, drawn[RANK].row) == (0.8, 0.2, 2)


def test_nothing_is_drawn_of_nothing() -> None:
    assert list(boxes(grow([]), Measure.COST, 0.0)) == []
    assert as_collapsed(grow([]), Measure.COST) == ""


def test_a_tooltip_tells_what_is_unpriced() -> None:
    titles = re.findall(r"<title>(.*?)</title>", as_svg(ROOT, Measure.COST, "t"), re.DOTALL)
    assert any("$2.50+" in title and MAIN in title for title in titles)


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """(number, value) of every field of a protocol buffer."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:
            yield key >> 3, message[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _varints(message: bytes) -> Iterator[int]:
    at = 0
    while at < len(message):
        value, at = _varint(message, at)
        yield value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
