"""What is archived comes back as it was."""

import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.domain.calls import Call
from profiler.errors import StoreError
from profiler.report.archive import archived_calls, write_archive
from tests.support.stored import a_call, batches

lists = st.lists(st.text(max_size=5), max_size=3).map(tuple)


def archived(path: Path, calls: list[Call]) -> Path:
    with path.open("wb") as file:
        assert write_archive(iter(calls), file) == len(calls)
    return path


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches, lists, st.text(st.characters(exclude_categories=["Cs"]), max_size=9))
def test_calls_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Call], names: tuple[str, ...], word: str
) -> None:
    path = tmp_path_factory.mktemp("archive") / "calls.parquet"
    told = [
        replace(call, stack=names, tools_called=names, failures=names, trace=word, prefixes=names)
        for call in calls
    ]
    assert list(archived_calls(archived(path, told))) == told


def test_a_field_that_an_older_archive_lacks_is_what_it_is_by_default(tmp_path: Path) -> None:
    path = archived(tmp_path / "calls.parquet", [a_call(feature="search", attempts=3)])
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["feature", "attempts"]), path)
    assert list(archived_calls(path)) == [a_call(feature="", attempts=1)]


@pytest.mark.parametrize("content", [b"", b"PAR1 no PAR1", b"\0" * 100])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calls.parquet"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"calls\.parquet is no archive of calls"):
        list(archived_calls(path))


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    pq.write_table(pa.table({"id": ["x"]}), path)
    with pytest.raises(StoreError, match="no archive"):
        list(archived_calls(path))


def test_an_empty_archive_is_one(tmp_path: Path) -> None:
    out = io.BytesIO()
    assert write_archive(iter([]), out) == 0
    (tmp_path / "calls.parquet").write_bytes(out.getvalue())
    assert list(archived_calls(tmp_path / "calls.parquet")) == []
