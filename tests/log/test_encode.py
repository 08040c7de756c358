import json

from hypothesis import given, strategies as st

from profiler.log.encode import event_line, header_line, new_id
from profiler.log.fields import EVENT_PREFIX, HEADER_PREFIX, MAX_LINE_BYTES
from profiler.log.parse import parse_header, parse_line
from tests.support.sizes import OFTEN

NOW = 1_790_000_000_000_000
TEXT = st.text(max_size=60)


@OFTEN
@given(provider=TEXT, model=TEXT, tags=st.dictionaries(TEXT, TEXT, max_size=4))
def test_any_labels_survive_the_log(provider: str, model: str, tags: dict[str, str]) -> None:
    event: dict[str, object] = {"id": new_id(NOW), "at": NOW, "provider": provider, "model": model}
    event["tags"] = tags
    line = event_line(event)
    assert line.startswith(EVENT_PREFIX)
    assert line.count(b"\n") == 1
    [read], rejections = parse_line(line[:-1], 0)
    assert (read.provider, read.model, read.tags) == (provider, model, tags)
    assert rejections == []


def test_ids_sort_by_time_and_never_repeat() -> None:
    ids = [new_id(NOW + step) for step in range(500)]
    assert ids == sorted(ids)
    assert len({new_id(NOW) for _ in range(2_000)}) == 2_000


def test_a_header_gives_back_its_segment() -> None:
    line = header_line("ab" * 16)
    assert line.startswith(HEADER_PREFIX)
    header = parse_header(line[:-1])
    assert header is not None
    assert header.segment == "ab" * 16


def test_a_line_too_long_gives_up_what_is_optional_and_keeps_the_numbers() -> None:
    event: dict[str, object] = {
        "id": new_id(NOW),
        "at": NOW,
        "provider": "openai",
        "usage": {"input": 7, "output": 3},
        "tags": {str(n): "x" * 100 for n in range(1_000)},
    }
    line = event_line(event)
    assert len(line) <= MAX_LINE_BYTES
    assert json.loads(line)["usage"] == {"input": 7, "output": 3}
    assert "tags" not in json.loads(line)
