import io
import subprocess
import sys
from decimal import Decimal
from itertools import repeat

import pyarrow as pa
import pyarrow.parquet as pq

from profiler.domain.calls import Call
from profiler.report.columns import call_columns
from profiler.report.parquet import BATCH_ROWS, write_parquet
from tests.support.reports import AT_US, a_call, calls_of_every_kind


def written(calls: list[Call]) -> pa.Table:
    out = io.BytesIO()
    assert write_parquet(calls, call_columns(), out) == len(calls)
    return pq.read_table(io.BytesIO(out.getvalue()))


def test_every_column_has_its_exact_type() -> None:
    schema = written([a_call()]).schema
    assert schema.field("cost_pusd").type == pa.int64()
    assert schema.field("cost_usd").type == pa.decimal128(38, 12)
    assert schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("is_streamed").type == pa.bool_()
    assert schema.field("tools_called").type == pa.list_(pa.string())
    assert schema.field("tags").type == pa.map_(pa.string(), pa.string())


def test_rows_come_back_as_they_were() -> None:
    calls = calls_of_every_kind()
    table = written(calls)
    assert table["id"].to_pylist() == [call.id for call in calls]
    assert table["cost_pusd"].to_pylist() == [call.cost.pusd for call in calls]
    assert table["user"].to_pylist() == [call.user for call in calls]
    assert table["started_at"].cast(pa.int64()).to_pylist()[0] == AT_US
    assert [dict(tags) for tags in table["tags"].to_pylist()] == [dict(c.tags) for c in calls]


def test_dollars_are_exact_decimals_and_unknown_is_null() -> None:
    costs = written(calls_of_every_kind())["cost_usd"].to_pylist()
    assert costs[1:4] == [Decimal("0.000000000001"), Decimal(0), None]


def test_further_units_are_a_map_of_counts() -> None:
    units = written(calls_of_every_kind())["further_units"].to_pylist()
    assert dict(units[3]) == {"input_audio_tokens": 4}


def test_no_rows_make_a_file_with_every_column() -> None:
    table = written([])
    assert table.num_rows == 0
    assert table.column_names == [column.name for column in call_columns()]


def test_rows_are_written_in_batches() -> None:
    out = io.BytesIO()
    write_parquet(repeat(a_call(), BATCH_ROWS + 1), call_columns(), out)
    assert pq.ParquetFile(io.BytesIO(out.getvalue())).num_row_groups == 2


def test_an_export_can_spare_what_pandas_takes() -> None:
    program = (
        "import sys, pyarrow as pa\n"
        "from profiler.report.parquet import spare_memory\n"
        "spare_memory()\n"
        "print(pa.array(['a', None]).to_pylist(), 'pandas' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("['a', None] False\n", "")
