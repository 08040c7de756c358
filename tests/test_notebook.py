"""The frames of notebooks tell what the report and the export tell."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from profiler.analysis import frames
from profiler.domain.scopes import EVERYTHING
from profiler.errors import BadQuery, NotFound, UsageError
from profiler.notebook import calls, spend
from tests.support.cli import a_sample_home, profiler, profiler_json
from tests.support.events import START_US, a_segment, an_event, some_events
from tests.support.workspaces import UTC, a_workspace

HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = a_sample_home(tmp_path_factory.mktemp("notebook"))
    assert profiler("ingest", home=found).returncode == 0
    return found


def known(row: Mapping[str, object]) -> dict[str, object]:
    """A row of a frame, `None` for what is not known, as JSON has it."""
    return {name: None if value is pd.NA else value for name, value in row.items()}


@pytest.mark.parametrize("by", [("model",), ("feature", "user"), ("site", "operation", "error")])
def test_sums_are_those_of_the_report(home: Path, by: tuple[str, ...]) -> None:
    words = [word for name in by for word in ("--by", name)]
    told = {
        tuple(row[name] for name in by): row
        for row in profiler_json("report", *words, "--json", home=home)["rows"]
    }
    frame = spend(by, home=home)
    assert len(frame) == len(told)
    for record in frame.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        names = [name for name in row if name not in by]
        expected = told[tuple(row[name] for name in by)]
        assert known(row) == {**known(row), **{name: expected[name] for name in names}}


def test_days_are_those_of_the_report(home: Path) -> None:
    rows = profiler_json("report", "--by", "day", "--json", home=home)["rows"]
    told = {row["day"]: row["spend_pusd"] for row in rows if row["calls"]}
    frame = spend((), every="day", zone="UTC", home=home)
    assert dict(zip(frame.start.dt.date.astype(str), frame.spend_pusd, strict=True)) == told


def test_calls_add_up_to_the_sums(home: Path) -> None:
    frame, whole = calls(home=home), spend((), home=home)
    assert len(frame) == whole.calls[0]
    assert frame.cost_pusd.sum() == whole.spend_pusd[0]
    assert frame.cost_pusd.isna().sum() == whole.unpriced_calls[0] > 0
    assert frame.total_input_tokens.sum() == whole.total_input_tokens[0]
    assert frame.cache_saved_pusd.sum() == whole.cache_saved_pusd[0]
    assert frame.started_at.is_monotonic_increasing
    # of what has no price at all nobody knows a sum
    by_model = frame.groupby("model", observed=True).cost_pusd.sum(min_count=1)
    sums = spend("model", home=home).set_index("model").spend_pusd
    assert sums.isna().any()
    assert by_model.to_dict() == sums.to_dict()


def test_the_filter_is_that_of_the_command_line(home: Path) -> None:
    words = ("feature:search", "cost>0.001")
    told = profiler_json("report", *words, "--json", home=home)["totals"]
    frame = calls(" ".join(words), home=home)
    assert (len(frame), frame.cost_pusd.sum()) == (told["calls"], told["spend_pusd"])
    assert set(frame.feature) == {"search"}
    assert spend((), " ".join(words), home=home).calls[0] == told["calls"]


def test_what_cannot_be_read_is_named(home: Path) -> None:
    with pytest.raises(BadQuery, match="'colour' cannot be filtered by"):
        calls("colour:red", home=home)
    with pytest.raises(BadQuery, match="'colour'"):
        spend("model", "colour:red", home=home)
    with pytest.raises(UsageError, match="'colour' is nothing to sum by"):
        spend("colour", home=home)
    with pytest.raises(UsageError, match="one of hour, day, week, month"):
        spend(every="minute", home=home)
    with pytest.raises(UsageError, match="no time zone"):
        spend(zone="Mars/Base", home=home)
    with pytest.raises(NotFound, match="nothing was recorded there"):
        calls(home=home / "elsewhere")


def test_a_store_without_calls_gives_frames_without_rows(tmp_path: Path, home: Path) -> None:
    empty = calls(home=tmp_path)
    assert len(empty) == 0
    assert list(empty.columns) == list(calls(home=home).columns)
    assert str(empty.started_at.dtype) == "datetime64[us, UTC]"
    assert str(empty.cost_pusd.dtype) == "Int64"
    assert len(spend(home=tmp_path)) == len(spend(every="day", home=tmp_path)) == 0
    assert next(iter(spend((), home=tmp_path).columns)) == "calls"


def test_what_has_no_price_is_not_free(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", [an_event(provider="acme", model="m", answered="m")])
    frame, sums = calls(home=tmp_path), spend("model", home=tmp_path)
    assert frame.cost_pusd[0] is pd.NA
    assert frame.cache_saved_pusd[0] is pd.NA
    assert frame.basis[0] == "no_rate"
    assert (sums.unpriced_calls[0], sums.spend_pusd[0]) == (1, pd.NA)


def test_a_call_is_told_in_units_that_its_columns_name(tmp_path: Path) -> None:
    events = [an_event(latency_us=1_500), an_event(at=START_US + 1, latency_us=None)]
    a_segment(tmp_path / "log", events)
    frame = calls(home=tmp_path)
    assert list(frame.latency_ms.fillna(-1)) == [1.5, -1]
    assert frame.started_at[0] == pd.Timestamp(START_US, unit="us", tz="UTC")
    assert (frame.total_input_tokens[0], frame.output_tokens[0]) == (1000, 100)
    assert frame.outcome[0] == "ok"


def test_what_lies_in_the_log_is_read_first(tmp_path: Path) -> None:
    for number in (1, 2):
        a_segment(tmp_path / "log", [an_event()])
        assert spend((), home=tmp_path).calls[0] == number


def test_sums_over_time_are_told_apart_by_several_labels(tmp_path: Path) -> None:
    events = [
        an_event(at=START_US + hour * HOUR_US, feature=feature)
        for hour, feature in ((0, "a"), (0, "b"), (2, "a"))
    ]
    a_segment(tmp_path / "log", events)
    frame = spend(("provider", "feature"), every="hour", zone="Asia/Kolkata", home=tmp_path)
    assert list(frame.feature) == ["a", "b", "a"]
    assert str(frame.start.dt.tz) == "Asia/Kolkata"
    assert (frame.start[2] - frame.start[0]).total_seconds() == 7_200


def test_batches_of_calls_make_one_frame(tmp_path: Path) -> None:
    events = [
        {**event, "feature": f"f{number % 7}"}
        for number, event in enumerate(some_events(10_500, step_us=1_000))
    ]
    with a_workspace(tmp_path, events, UTC) as workspace:
        frame = frames.calls(workspace.store, EVERYTHING)
    assert len(frame) == frame.id.nunique() == 10_500
    assert list(frame.feature) == [event["feature"] for event in events]
    assert list(frame.index) == list(range(10_500))


def test_pandas_is_imported_by_who_asks_for_frames_alone() -> None:
    told = "import sys, profiler, profiler.workspace; print('pandas' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"
