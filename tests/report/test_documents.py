import io
import json
import re
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from profiler.analysis.results.snapshot import CallDetail, Group, Grouped, PriceLine
from profiler.display import share, spend
from profiler.domain.budgets import Level
from profiler.domain.calls import Basis, Cost
from profiler.domain.periods import EVER, Span
from profiler.domain.totals import NOTHING, Totals
from profiler.report import structured
from profiler.report.document import alone
from profiler.report.markdown import as_markdown
from profiler.report.opened import draw_detail
from profiler.report.page import as_page
from profiler.report.sheet import (
    Heading,
    Line,
    Sheet,
    basis_note,
    sheet_of_budgets,
    sheet_of_calls,
    sheet_of_groups,
    span_words,
)
from profiler.report.terminal import bar, draw
from tests.support.golden import assert_golden
from tests.support.reports import AT_US, USD, a_call, a_report, a_standing, calls_of_every_kind

UTC = ZoneInfo("UTC")
SHEET = sheet_of_groups(a_report(), UTC, "model:gpt-5*")


def drawn(sheet: Sheet) -> str:
    out = io.StringIO()
    draw(sheet, out)
    return out.getvalue()


def test_the_terminal_table_stays_as_it_is() -> None:
    assert_golden("report.txt", drawn(SHEET))


def test_the_markdown_stays_as_it_is() -> None:
    assert_golden("report.md", as_markdown(alone(SHEET)))


def test_the_page_stays_as_it_is() -> None:
    assert_golden("report.html", as_page(alone(SHEET)))


def test_the_json_stays_as_it_is() -> None:
    assert_golden("report.json", structured.encoded(structured.of_groups(a_report())))


def test_the_list_of_calls_stays_as_it_is() -> None:
    totals = Totals(calls=2_000, unpriced_calls=1, estimated_calls=1, spend_pusd=USD)
    assert_golden("calls.txt", drawn(sheet_of_calls(calls_of_every_kind(), totals, EVER, UTC)))


def test_an_opened_call_stays_as_it_is() -> None:
    lines = (
        PriceLine("fresh input", 1200, "1.25", 1_000_000, 1_500_000_000),
        PriceLine("output", 350, "10", 1_000_000, 3_500_000_000),
    )
    out = io.StringIO()
    draw_detail(
        CallDetail(a_call(tags={"env": "test"}), lines, Cost(None, Basis.NO_RATE)), UTC, out
    )
    assert_golden("call.txt", out.getvalue())


@pytest.mark.parametrize("text", [drawn(SHEET), as_markdown(alone(SHEET)), as_page(alone(SHEET))])
def test_no_document_steers_a_terminal(text: str) -> None:
    assert not any(ord(c) < 32 and c != "\n" for c in text)


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(as_page(alone(SHEET)))
    assert not {tag for tag, _ in seen} & {"script", "link", "img", "iframe", "b"}
    assert not any({"src", "href", "onclick", "style"} & set(attrs) for _, attrs in seen)
    assert "&lt;b&gt;|*chat*" in as_page(alone(SHEET))


def test_a_label_cannot_break_out_of_a_markdown_table() -> None:
    (row,) = (line for line in as_markdown(alone(SHEET)).splitlines() if "chat" in line)
    assert row.startswith(r"| &lt;b&gt;\|\*chat\* | 40 |")


def test_a_sum_says_what_it_rests_on() -> None:
    totals = Totals(
        calls=10, unpriced_calls=2, estimated_calls=1, spend_pusd=3 * USD, estimated_pusd=USD
    )
    assert basis_note(totals) == (
        "$3.00 = $2.00 measured (7 calls) · $1.00 estimated (1 call) · "
        "2 calls unpriced: cost unknown, not in the sum."
    )


def test_a_sum_of_unpriced_calls_alone_is_not_a_zero() -> None:
    assert spend(Totals(calls=3, unpriced_calls=3)) == "unpriced"
    assert spend(Totals(calls=3)) == "$0.00"


def test_a_sum_that_unpriced_calls_come_on_top_of_says_so() -> None:
    assert spend(Totals(calls=2, unpriced_calls=1, spend_pusd=USD)) == "$1.00+"


def test_a_span_is_said_in_the_users_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert span_words(Span(AT_US, None), berlin) == "since 2026-11-20 19:00 (Europe/Berlin)"
    assert span_words(Span(None, AT_US), UTC) == "until 2026-11-20 18:00 (UTC)"
    assert span_words(Span(AT_US, AT_US), UTC).count(" to ") == 1
    assert span_words(EVER, UTC) == "all time"


def test_a_span_that_begins_with_a_day_names_the_day() -> None:
    midnight_us = AT_US - 18 * 3_600_000_000
    assert span_words(Span(midnight_us, AT_US), UTC) == "2026-11-20 to 2026-11-20 18:00 (UTC)"
    assert span_words(Span(None, midnight_us), UTC) == "until 2026-11-20 00:00 (UTC)"


def test_of_a_thousand_budgets_the_fullest_are_listed() -> None:
    sheet = sheet_of_budgets([a_standing(n) for n in range(9, 0, -1)], ["all"] * 9, most=3)
    assert len(sheet.lines) == 3
    assert "6 more are less full." in sheet.notes


def test_a_page_breaks_no_short_name_and_fits_long_ones() -> None:
    headings = (Heading("Model"), Heading("Id", is_whole=True))
    line = Line(("claude-sonnet-4-5", "x" * 60))
    page = as_page(alone(Sheet("", "", headings, (line, Line(("m" * 60, "y"))), None, ())))
    assert '<td class="name">claude-sonnet-4-5</td>' in page
    assert f'<td class="name">{"x" * 60}</td>' in page
    assert f'<td class="long">{"m" * 60}</td>' in page


def test_what_a_budget_rests_on_stands_beneath_its_name() -> None:
    page = as_page(alone(sheet_of_budgets([a_standing(1)], ["everything"])))
    assert re.search(r'<td class="name">[^<]+<small>[^<]*(measured|cost)[^<]*</small></td>', page)
    assert "Rests on" not in page


def test_figures_stand_large_above_what_they_were() -> None:
    line = Line(("Spend", "$5.65+", "$13.62+", "-58.5%"))
    heads = tuple(map(Heading, ("", "Now", "Before", "Change")))
    none = Line(("Retries", "3", "0", "–"))
    figures = as_page(alone(Sheet("", "", heads, (line, none), None, (), are_figures=True)))
    assert ">0 before<" in figures
    assert '<dt>Spend</dt><dd class="now">$5.65+</dd>' in figures
    assert "-58.5% from $13.62+" in figures
    assert "<table>" not in figures


def test_a_report_of_nothing_is_still_a_report() -> None:
    nothing = Grouped(("model",), EVER, (), NOTHING)
    assert "$0.00" in drawn(sheet_of_groups(nothing, UTC))
    assert json.loads(structured.encoded(structured.of_groups(nothing)))["rows"] == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", [80, 60, 50])
def test_a_narrow_terminal_keeps_the_labels_and_the_spend(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    draw(SHEET, terminal)
    text = re.sub(r"\x1b\[[\d;]*m", "", terminal.getvalue())
    assert max(len(line) for line in text.splitlines()) <= columns
    assert "search" in text
    assert "$12.35" in text
    assert ("Errors" in text) is (columns == 80)


def test_several_labels_make_several_columns() -> None:
    report = Grouped(("model", "user"), EVER, (Group(("m", "ada"), NOTHING, None),), NOTHING)
    sheet = sheet_of_groups(report, UTC)
    assert [heading.title for heading in sheet.headings[:3]] == ["Model", "User", "Calls"]
    assert sheet.total is not None
    assert len(sheet.total.cells) == len(sheet.lines[0].cells) == len(sheet.headings)


@pytest.mark.parametrize(
    ("share", "drawn_bar"),
    [(0.0, ""), (1.0, "█" * 10), (0.5, "█" * 5), (0.0001, "▏"), (7.0, "█" * 10)],
)
def test_a_bar_is_as_long_as_its_share(share: float, drawn_bar: str) -> None:
    assert bar(share) == drawn_bar


@pytest.mark.parametrize(
    ("spent_usd", "level"),
    [(59, Level.OK), (60, Level.WATCH), (79, Level.WATCH), (80, Level.HIGH), (100, Level.OVER)],
)
def test_a_budget_shows_its_level_in_words_and_tone(spent_usd: int, level: Level) -> None:
    (line,) = sheet_of_budgets([a_standing(spent_usd * USD)], ["everything"]).lines
    assert (line.tone, line.cells[-1]) == (level, level)


def test_a_budget_in_json_is_exact() -> None:
    found = structured.of_standing(a_standing(1, limit_pusd=3), "everything")
    assert (found["spent_usd"], found["left_usd"]) == ("0.000000000001", "0.000000000002")


UNPRICED = Totals(calls=7, unpriced_calls=7, output_tokens=70)
NOT_BILLED_BESIDE = Totals(calls=9, errors=2, unpriced_calls=7)


def a_report_of(*rows: Totals) -> Grouped:
    return Grouped(("model",), EVER, tuple(Group(("m",), row, None) for row in rows), rows[0])


def test_what_unpriced_calls_cost_is_null_and_never_zero() -> None:
    report = json.loads(structured.encoded(structured.of_groups(a_report_of(UNPRICED))))
    (row,) = report["rows"]
    for found in (row, report["totals"]):
        money = {name: value for name, value in found.items() if name.endswith("usd")}
        assert len(money) == 13
        assert set(money.values()) == {None}
    assert row["share"] is None


def test_a_sum_that_is_really_zero_stays_zero() -> None:
    free = structured.of_totals(Totals(calls=2))
    assert (free["spend_pusd"], free["spend_usd"]) == (0, "0.000000000000")
    assert structured.of_totals(NOTHING)["spend_pusd"] == 0


def test_where_no_cost_is_known_the_note_says_so() -> None:
    assert basis_note(UNPRICED) == "No cost is known: 7 of 7 calls unpriced."
    assert basis_note(NOT_BILLED_BESIDE) == (
        "No cost is known: 7 of 9 calls unpriced; the others cost nothing."
    )


def test_unpriced_calls_beside_calls_not_billed_are_no_zero() -> None:
    assert spend(NOT_BILLED_BESIDE) == "unpriced"
    assert share(NOT_BILLED_BESIDE, USD) is None
    assert "$0.00" not in drawn(sheet_of_groups(a_report_of(NOT_BILLED_BESIDE), UTC))


def test_input_is_all_that_was_read_and_fresh_what_was_not_cached() -> None:
    call = a_call()
    row = structured.of_calls((call,), NOTHING, EVER)["calls"][0]  # type: ignore[index]  # a list
    assert (row["total_input_tokens"], row["fresh_input_tokens"]) == (3_248, 1_200)
    assert "input_tokens" not in row
    totals = structured.of_totals(Totals(calls=1, input_tokens=1_200, cache_read_tokens=2_048))
    assert (totals["total_input_tokens"], totals["fresh_input_tokens"]) == (3_248, 1_200)
    assert "input_tokens" not in totals
    out = io.StringIO()
    draw_detail(CallDetail(call, (), call.cost), UTC, out)
    assert re.search(
        r"^input +3,248\nof it fresh +1,200\nof it cache read +2,048$", out.getvalue(), re.MULTILINE
    )


def test_a_long_label_does_not_stretch_a_piped_table() -> None:
    call = a_call(feature="f" * 200, session="s" * 200)
    text = drawn(sheet_of_calls([call], NOTHING, EVER, UTC))
    assert f"{'f' * 59}…" in text
    assert "f" * 60 not in text
    out = io.StringIO()
    draw_detail(CallDetail(call, (), call.cost), UTC, out)
    assert "s" * 200 in out.getvalue()
