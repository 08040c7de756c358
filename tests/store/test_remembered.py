"""What was read is kept while it holds, and while it is not too much."""

import pytest

from profiler.store import remembered
from profiler.store.remembered import Remembered


def test_what_holds_no_longer_is_let_go_of() -> None:
    known = Remembered()
    known.keep("monday", stamp=1, found=[3], size=1)
    assert known.get("monday", 1) == [3]
    assert known.get("monday", 2) is None
    assert known.get("monday", 1) is None
    assert len(known) == 0


def test_what_nobody_asked_for_lately_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 10)
    known = Remembered()
    for name in ("a", "b", "c"):
        known.keep(name, 0, name, size=3)
    assert known.get("a", 0) == "a"
    known.keep("d", 0, "d", size=4)
    assert [known.get(name, 0) for name in "abcd"] == ["a", None, "c", "d"]
    known.keep("a", 0, "another", size=1)
    known.keep("e", 0, "e", size=2)
    assert [known.get(name, 0) for name in "acde"] == ["another", "c", "d", "e"]
    known.keep("far too much", 0, "f", size=11)
    assert len(known) == 0
