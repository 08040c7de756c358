import json
import os
import stat
from pathlib import Path

import pytest

from profiler.tui.asking.saved import SavedFilters
from profiler.tui.memory import Memory


def test_what_was_chosen_is_there_next_time(tmp_path: Path) -> None:
    path = tmp_path / "home" / "tui.json"
    memory = Memory(path)
    assert memory.text("theme", "dark") == "dark"
    memory.keep("theme", "light")
    memory.keep("columns", ["time", "cost"])
    again = Memory(path)
    assert (again.text("theme"), again.texts("columns")) == ("light", ["time", "cost"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["tui.json"]  # noqa: PTH208  the names alone


@pytest.mark.parametrize(
    "found", [b"", b"{", b"[]", b"\xff\xfe", b'{"theme": 7, "columns": [1]}', b"[" * 100_000]
)
def test_what_cannot_be_read_is_forgotten_and_can_be_chosen_anew(
    found: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "tui.json"
    path.write_bytes(found)
    memory = Memory(path)
    assert (memory.text("theme", "dark"), memory.texts("columns")) == ("dark", [])
    memory.keep("theme", "light")
    assert json.loads(path.read_text("utf-8")) == {"theme": "light"}


def test_where_nothing_can_be_written_it_lasts_as_long_as_the_app(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder would be")
    memory = Memory(tmp_path / "home" / "tui.json")
    memory.keep("theme", "light")
    assert memory.text("theme") == "light"
    assert Memory().text("theme", "dark") == "dark"


def test_a_filters_name_is_kept_whatever_stands_in_it() -> None:
    filters = SavedFilters(Memory())
    filters.keep("dear\tones", "cost>1")
    filters.keep("dear ones", "cost>2")
    assert filters.all() == {"dear ones": "cost>2"}
