import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields
from itertools import repeat

from hypothesis import given, strategies as st

from profiler.domain.calls import Basis, Call, Cost
from profiler.domain.money import pusd
from profiler.report.columns import call_columns, group_columns
from profiler.report.tabular import write_csv
from profiler.report.values import dollars, safe_cell
from tests.support.golden import assert_golden
from tests.support.reports import a_call, a_report, calls_of_every_kind


def csv_of(calls: list[Call], *, is_raw: bool = False) -> str:
    out = io.StringIO(newline="")
    write_csv(calls, call_columns(), out, is_raw=is_raw)
    return out.getvalue()


def cells_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_stays_as_it_is() -> None:
    assert_golden("calls.csv", csv_of(calls_of_every_kind()))


def test_a_report_as_csv_stays_as_it_is() -> None:
    report = a_report(("feature", "user"))
    out = io.StringIO(newline="")
    write_csv(report.rows, group_columns(report.by), out)
    assert_golden("report.csv", out.getvalue())


@given(st.text())
def test_no_cell_of_text_can_be_run_as_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(
    st.text(
        alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")) | st.sampled_from("\t\r\n")
    )
)
def test_a_cell_comes_back_as_written_but_for_the_apostrophe(text: str) -> None:
    (row,) = cells_of(csv_of([a_call(user=text)]))
    assert row["user"] in {text, f"'{text}"}


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_raw_text_comes_back_exactly(text: str) -> None:
    (row,) = cells_of(csv_of([a_call(user=text)], is_raw=True))
    assert row["user"] == text


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_is_never_given_an_apostrophe_nor_rounded(amount: int) -> None:
    (row,) = cells_of(csv_of([a_call(cost=Cost(amount, Basis.MEASURED))]))
    assert int(row["cost_pusd"]) == amount
    assert pusd(row["cost_usd"]) == amount


@given(st.text())
def test_no_cell_steers_a_terminal(text: str) -> None:
    assert not any(ord(c) < 32 and c not in "\t\r\n" for c in safe_cell(text))


def test_an_unpriced_call_has_an_empty_cost_and_not_a_zero() -> None:
    unpriced, free = cells_of(
        csv_of([a_call(cost=Cost(None, Basis.NO_RATE)), a_call(cost=Cost(0, Basis.NOT_BILLED))])
    )
    assert (unpriced["cost_pusd"], unpriced["cost_usd"], unpriced["basis"]) == ("", "", "no_rate")
    assert (free["cost_pusd"], free["cost_usd"]) == ("0", "0.000000000000")


def test_dollars_below_zero_keep_their_sign() -> None:
    assert dollars(-1) == "-0.000000000001"


def test_rows_are_written_as_they_are_read() -> None:
    rows: Iterator[Call] = repeat(a_call(), 3_000)
    tracemalloc.start()
    with open("/dev/null", "w", encoding="utf-8") as nothing:  # noqa: PTH123 - a device
        assert write_csv(rows, call_columns(), nothing) == 3_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000


def test_every_field_of_a_call_has_its_column() -> None:
    told = {column.name for column in call_columns()}
    renamed = {"started_at_us": "started_at", "usage": "total_input_tokens", "cost": "cost_pusd"}
    assert {renamed.get(field.name, field.name) for field in fields(Call)} <= told
    assert {"reported_pusd", "fresh_input_tokens"} <= told


def test_lists_of_words_are_json_in_a_cell_and_nothing_where_there_are_none() -> None:
    called, silent = cells_of(csv_of([a_call(tools_called=("search", 'a"b')), a_call()]))
    assert json.loads(called["tools_called"]) == ["search", 'a"b']
    assert silent["tools_called"] == ""
