"""Captured text is kept for its days, and goes with whatever next reads the log."""

import os
import time
from pathlib import Path

import pytest

from profiler.config import read_settings
from profiler.errors import UsageError
from profiler.ingest.retention import Retention, remove_old_texts
from profiler.workspace import Workspace

DAY_S = 86_400


def a_text_file(folder: Path, name: str, age_days: float) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("x")
    at_s = time.time() - age_days * DAY_S
    os.utime(path, (at_s, at_s))
    return path


def test_old_files_go_and_new_ones_stay(tmp_path: Path) -> None:
    old, new = (a_text_file(tmp_path, f"{age}.jsonl", age) for age in (31, 29))
    other = a_text_file(tmp_path, "mine.txt", 99)
    assert remove_old_texts(tmp_path, 30, time.time()) == 1
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)


def test_nothing_is_made_where_no_text_was_captured(tmp_path: Path) -> None:
    assert remove_old_texts(tmp_path / "text", 30, time.time()) == 0
    assert not (tmp_path / "text").exists()


def test_files_are_looked_for_once_an_hour(tmp_path: Path) -> None:
    retention = Retention(tmp_path, 1)
    a_text_file(tmp_path, "a.jsonl", 2)
    assert retention.enforce() == 1
    a_text_file(tmp_path, "b.jsonl", 2)
    assert retention.enforce() == 0


def test_ingest_removes_what_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_TEXT_DAYS", "3")
    settings = read_settings(tmp_path)
    old, new = (a_text_file(settings.text_folder, f"{age}.jsonl", age) for age in (4, 2))
    with Workspace.open(settings) as workspace:
        workspace.drain()
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("chosen", ["0", "-1", "many", "1.5", "99999999"])
def test_a_number_of_days_that_cannot_be_is_refused(
    chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_TEXT_DAYS", chosen)
    with pytest.raises(UsageError, match="PROFILER_TEXT_DAYS"):
        read_settings(tmp_path)
