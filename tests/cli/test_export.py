import csv
import io
import json
import os
import re
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support.cli import profiler


def ids_in(home: Path) -> list[str]:
    """Every id in the order of time, by SQL."""
    with sqlite3.connect(f"file:{home / 'profiler.db'}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT at_us, tail FROM calls ORDER BY 1, 2")
        return [f"{start:014x}{tail:016x}" for start, tail in rows]


def test_every_format_holds_every_call_oldest_first(sample: Path, tmp_path: Path) -> None:
    for name in ("calls.csv", "calls.jsonl", "calls.parquet"):
        ran = profiler("export", "calls", "-o", str(tmp_path / name), home=sample)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == ""
        assert re.fullmatch(
            rf"profiler: wrote 1,500 calls to {re.escape(str(tmp_path / name))}: \$[0-9.]+\+, "
            r"\$[0-9.]+ measured · \$[0-9.]+ estimated · 64 calls unpriced\n",
            ran.stderr,
        )
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        of_csv = [row["id"] for row in csv.DictReader(file)]
    lines = (tmp_path / "calls.jsonl").read_text("ascii").splitlines()
    of_parquet = pq.read_table(tmp_path / "calls.parquet")["id"].to_pylist()
    assert of_csv == [json.loads(line)["id"] for line in lines] == of_parquet == ids_in(sample)


def test_parquet_adds_up_to_what_sqlite_adds_up_to(sample: Path, tmp_path: Path) -> None:
    profiler("export", "calls", "-o", str(tmp_path / "calls.parquet"), home=sample)
    table = pq.read_table(tmp_path / "calls.parquet")
    with sqlite3.connect(f"file:{sample / 'profiler.db'}?mode=ro", uri=True) as connection:
        sums = connection.execute("SELECT sum(cost_pusd), count(cost_pusd) FROM calls").fetchone()
    costs = [cost for cost in table["cost_pusd"].to_pylist() if cost is not None]
    assert (sum(costs), len(costs)) == sums
    assert sum(c for c in table["cost_usd"].to_pylist() if c is not None) * 10**12 == sums[0]


def test_only_the_calls_asked_for_are_exported(sample: Path) -> None:
    ran = profiler("export", "calls", "--feature", "route", "-o", "-", home=sample)
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert {row["feature"] for row in rows} == {"route"}
    assert {row["cost_usd"] for row in rows if row["outcome"] == "ok"} == {""}


def test_parquet_does_not_go_to_a_terminal_or_pipe(sample: Path) -> None:
    ran = profiler("export", "calls", "--format", "parquet", "-o", "-", home=sample)
    assert ran.returncode == 2
    assert "name a file" in ran.stderr


def test_a_name_with_an_ending_nobody_knows_is_refused(sample: Path, tmp_path: Path) -> None:
    ran = profiler("export", "calls", "-o", str(tmp_path / "calls.xyz"), home=sample)
    assert ran.returncode == 2
    assert ".csv, .jsonl, .ndjson, .parquet" in ran.stderr
    assert list(tmp_path.glob("calls.*")) == []


def test_raw_is_for_csv_alone(sample: Path) -> None:
    ran = profiler("export", "calls", "--raw", "--format", "jsonl", "-o", "-", home=sample)
    assert ran.returncode == 2


def test_the_output_must_be_named(sample: Path) -> None:
    ran = profiler("export", "calls", home=sample)
    assert ran.returncode == 2
    assert "--output" in ran.stderr


def test_an_output_that_exists_is_kept(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("mine", "utf-8")
    ran = profiler("export", "calls", "-o", str(path), home=sample)
    assert ran.returncode == 6
    assert ran.stderr == f"profiler: {path} exists already; add --force to replace it\n"
    assert path.read_text("utf-8") == "mine"


def test_a_folder_that_is_not_there_is_named(sample: Path, tmp_path: Path) -> None:
    ran = profiler("export", "calls", "-o", str(tmp_path / "no" / "calls.csv"), home=sample)
    assert ran.returncode == 6
    assert "make it first" in ran.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    ran = profiler("export", "calls", "-o", str(tmp_path / "shut" / "calls.csv"), home=sample)
    assert ran.returncode == 6
    assert "choose another folder" in ran.stderr
