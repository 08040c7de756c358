"""Exports by batches: the same rows as one by one, whatever the calls are."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from profiler.domain.calls import Band, Basis, Call, Cost
from profiler.domain.scopes import EVERYTHING
from profiler.report.batched import write_calls_csv, write_calls_jsonl
from profiler.report.columns import call_columns
from profiler.report.parquet import write_calls_parquet, write_parquet
from profiler.report.tabular import write_csv
from profiler.report.values import as_object
from profiler.store import batches as stored, reads
from profiler.store.batches import batches
from tests.support.batches import GivenBatch
from tests.support.golden import assert_golden
from tests.support.reports import a_call, calls_of_every_kind
from tests.support.stored import a_call as a_stored_call, a_store, batches as some_calls

COLUMNS = call_columns()


def csv_by_rows(calls: Sequence[Call], *, is_raw: bool = False) -> str:
    out = io.StringIO(newline="")
    write_csv(calls, COLUMNS, out, is_raw=is_raw)
    return out.getvalue()


def csv_by_batches(calls: Sequence[Call], *, is_raw: bool = False) -> str:
    out = io.StringIO(newline="")
    assert write_calls_csv([GivenBatch(calls)], COLUMNS, out, is_raw=is_raw) == len(calls)
    return out.getvalue()


def jsonl_of(calls: Sequence[Call]) -> str:
    out = io.StringIO()
    write_calls_jsonl([GivenBatch(calls)], COLUMNS, out)
    return out.getvalue()


@pytest.mark.parametrize("is_raw", [False, True])
def test_cells_are_those_of_rows_written_one_by_one(*, is_raw: bool) -> None:
    calls = calls_of_every_kind()
    assert csv_by_batches(calls, is_raw=is_raw) == csv_by_rows(calls, is_raw=is_raw)


@pytest.mark.parametrize("text", ['a"b', "a,b", "a\r\nb", "=1+1", "\x1b[31m", "é", ""])
def test_text_is_quoted_and_guarded_as_in_rows_written_one_by_one(text: str) -> None:
    calls = [a_call(user=text, trace=text, tags={text: text}), a_call()]
    assert csv_by_batches(calls) == csv_by_rows(calls)


def test_json_lines_stay_as_they_are() -> None:
    assert_golden("calls.jsonl", jsonl_of(calls_of_every_kind()))


def test_money_in_json_is_text_so_that_no_reader_makes_a_float_of_it() -> None:
    row = json.loads(jsonl_of([a_call(cost=Cost(10**16 + 1, Basis.MEASURED))]))
    assert row["cost_usd"] == "10000.000000000001"


@settings(max_examples=25, deadline=None)
@given(some_calls.filter(bool))
def test_what_is_read_by_batches_is_what_is_read_call_by_call(calls: list[Call]) -> None:
    with TemporaryDirectory() as folder, a_store(Path(folder) / "p.db", calls) as store:
        one_by_one = list(reads.each(store, EVERYTHING))
        text, lines, table = io.StringIO(newline=""), io.StringIO(), io.BytesIO()
        write_calls_csv(batches(store, EVERYTHING), COLUMNS, text)
        write_calls_jsonl(batches(store, EVERYTHING), COLUMNS, lines)
        write_calls_parquet(batches(store, EVERYTHING), COLUMNS, table)
    assert text.getvalue() == csv_by_rows(one_by_one)
    assert [json.loads(line) for line in lines.getvalue().splitlines()] == [
        as_object(call, COLUMNS) for call in one_by_one
    ]
    by_rows = io.BytesIO()
    write_parquet(one_by_one, COLUMNS, by_rows)
    assert pq.read_table(table).equals(pq.read_table(by_rows))


def test_batches_follow_each_other_without_gap_or_overlap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "SIZE", 3)
    calls = [a_stored_call(tail=number) for number in range(1, 11)]
    with a_store(tmp_path / "p.db", calls) as store:
        found = list(batches(store, EVERYTHING))
    assert [len(batch) for batch in found] == [3, 3, 3, 1]
    assert [one for batch in found for one in batch.field("id")] == [call.id for call in calls]


def test_the_band_of_an_estimate_is_written_with_it(tmp_path: Path) -> None:
    cost = Cost(1_000, Basis.ESTIMATED, "r", band=Band(900, 1_100, 7))
    calls = [a_stored_call(), a_stored_call(tail=2, cost=cost)]
    out = io.StringIO(newline="")
    with a_store(tmp_path / "p.db", calls) as store:
        write_calls_csv(batches(store, EVERYTHING), COLUMNS, out)
    exact, estimated = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    bounds = ("cost_low_pusd", "cost_high_pusd", "learned_calls")
    assert [estimated[name] for name in bounds] == ["900", "1100", "7"]
    assert [exact[name] for name in bounds] == ["", "", ""]
