"""Labels on their way into the store."""

from pathlib import Path

import pytest

from profiler.domain.scopes import EVERYTHING
from profiler.store import dictionary, reads
from profiler.store.dictionary import MOST_TAGS, cleaned
from tests.support.stored import START_US, a_call, a_store


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("search", "search"),
        ("Zürich 東京 🙂", "Zürich 東京 🙂"),
        ("a\x1b]52;c;x\x07b", "a\ufffd]52;c;x\ufffdb"),
        ("c1\x9bm\x7f", "c1\ufffdm\ufffd"),
        ("line\nbreak\t", "line\ufffdbreak\ufffd"),
        ("\ud800", "\ufffd"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_label_is_cut_and_cannot_steer_a_terminal(tmp_path: Path, label: str, kept: str) -> None:
    assert cleaned(label) == kept
    with a_store(tmp_path / "p.db", [a_call(feature=label, model=label)]) as store:
        (call,) = reads.page(store, EVERYTHING, None, 1)
    assert (call.feature, call.model) == (kept, kept)


def test_labels_that_are_the_same_when_cleaned_are_one(tmp_path: Path) -> None:
    held = [a_call(tail=1, user="a\x00"), a_call(tail=2, user="a\x01")]
    with a_store(tmp_path / "p.db", held) as store:
        assert {call.user for call in reads.page(store, EVERYTHING, None, 9)} == {"a\ufffd"}


def test_tags_are_cleaned_and_counted(tmp_path: Path) -> None:
    tags = {f"k{n}\x00": "v\x1b" * 300 for n in range(100)}
    with a_store(tmp_path / "p.db", [a_call(tags=tags)]) as store:
        (call,) = reads.page(store, EVERYTHING, None, 1)
    assert len(call.tags) == MOST_TAGS
    assert call.tags["k0\ufffd"] == "v\ufffd" * 100


def test_more_labels_than_are_remembered_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionary, "_MOST_KEPT", 3)
    held = [a_call(START_US + n, user=f"u{n % 7}", session=f"s{n}") for n in range(50)]
    with a_store(tmp_path / "p.db", held[:20]) as store:
        a_store(store.path, held).close()
        assert reads.page(store, EVERYTHING, None, 99) == held[::-1]
