"""One number, one truth: the screens, the report, the export and SQL tell the same."""

import csv
import io
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot

from profiler import display
from profiler.config import Settings
from profiler.domain.money import PUSD_PER_USD
from profiler.keeping.kept import Kept
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from tests.support.cli import a_sample_home, profiler, profiler_json
from tests.support.picture import NOW_US
from tests.tui.conftest import drive, screen_text, until

UTC = ZoneInfo("UTC")
ROOMY = (200, 50)

SQL = """
    SELECT model.value, feature.value, calls.cost_pusd, outcome, calls.input, cache_read,
           cache_write + cache_write_5m + cache_write_1h, calls.output, cache_saved_pusd
    FROM calls JOIN circumstances ON circumstances.id = circumstance_id
    LEFT JOIN labels AS model ON model.id = model_id
    LEFT JOIN labels AS feature ON feature.id = feature_id
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = a_sample_home(tmp_path_factory.mktemp("faces"))
    assert profiler("ingest", home=found).returncode == 0
    return found


class Row:
    """A call as the database alone tells it."""

    def __init__(self, values: tuple[object, ...]) -> None:
        model, feature, self.pusd, self.outcome, *tokens, self.saved = values
        self.model, self.feature = str(model or ""), str(feature or "")
        self.tokens = sum(int(str(number or 0)) for number in tokens)


def rows_in(home: Path) -> list[Row]:
    with sqlite3.connect(f"file:{home / 'profiler.db'}?mode=ro", uri=True) as connection:
        return [Row(values) for values in connection.execute(SQL)]


def spend_by(rows: list[Row], label: Callable[[Row], str]) -> dict[str, int]:
    """Pico-dollars by label, of labels with any priced call."""
    found: dict[str, int] = {}
    for row in rows:
        if row.pusd is not None:
            found[label(row)] = found.get(label(row), 0) + int(str(row.pusd))
    return {name: pusd for name, pusd in found.items() if pusd}


def exported(home: Path, column: str) -> dict[str, int]:
    """The same from the export, whose dollars are decimals."""
    text = profiler("export", "calls", "--format", "csv", "-o", "-", home=home).stdout
    found: dict[str, int] = {}
    for row in csv.DictReader(io.StringIO(text)):
        pusd = int(Decimal(row["cost_usd"] or 0) * PUSD_PER_USD)
        found[row[column]] = found.get(row[column], 0) + pusd
    return {name: pusd for name, pusd in found.items() if pusd}


def reported(home: Path, by: str) -> dict[str, int]:
    """The same from the report."""
    rows = profiler_json("report", "--by", by, "--json", home=home)["rows"]
    return {row[by]: row["spend_pusd"] for row in rows if row["spend_pusd"]}


def drawn(home: Path, keys: list[str], *names: str) -> str:
    """The app's screen after those keys, once it shows those names, over all time."""
    settings = Settings(home=home, zone=UTC)
    memory = Memory()
    memory.keep("range", "all")
    start = Start(memory=memory)
    app = ProfilerApp(lambda: Kept.open(settings), UTC, lambda: NOW_US, start)
    seen: list[str] = []

    async def look(pilot: Pilot[None]) -> None:
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        await until(pilot, lambda: all(f" {name} " in screen_text(app) for name in names))
        seen.append(screen_text(app))

    drive(app, look, ROOMY)
    return seen[0]


@pytest.mark.parametrize(("by", "keys"), [("model", ["3"]), ("feature", ["3", "b", "b"])])
def test_spend_by_label_is_one_number_everywhere(home: Path, by: str, keys: list[str]) -> None:
    expected = spend_by(rows_in(home), lambda row: str(getattr(row, by)))
    assert len(expected) >= 6
    assert reported(home, by) == expected
    assert exported(home, by) == expected
    screen = drawn(home, keys)
    for name, pusd in expected.items():
        # the chart beside the table names it, too
        told = [line for line in screen.splitlines() if f" {name} " in line]
        assert any(f" {display.money(pusd)}" in line for line in told)


def test_the_totals_are_one_number_everywhere(home: Path) -> None:
    rows = rows_in(home)
    totals = profiler_json("report", "--json", home=home)["totals"]
    spend = sum(int(str(row.pusd or 0)) for row in rows)
    expected = {
        "calls": len(rows),
        "spend_pusd": spend,
        "unpriced_calls": sum(row.pusd is None for row in rows),
        "errors": sum(row.outcome == 1 for row in rows),
        "aborted": sum(row.outcome == 2 for row in rows),
        "cache_saved_pusd": sum(int(str(row.saved)) for row in rows),
    }
    assert {name: totals[name] for name in expected} == expected
    assert totals["total_input_tokens"] + totals["output_tokens"] == sum(r.tokens for r in rows)
    assert sum(exported(home, "provider").values()) == spend
    overview = drawn(home, [])
    assert display.count(len(rows)) in overview
    assert f"{display.count(expected['unpriced_calls'])} calls unpriced" in overview
    cache = drawn(home, ["4"])
    assert display.money(expected["cache_saved_pusd"]) in cache
    for shown in (
        profiler("report", home=home).stdout,
        profiler("report", "--format", "md", home=home).stdout,
        profiler("report", "--format", "html", home=home).stdout,
    ):
        assert display.money(spend) in shown


SESSIONS = """
    SELECT session.value, SUM(cost_pusd), COUNT(*), MIN(cost_pusd IS NOT NULL)
    FROM calls JOIN labels AS session ON session.id = session_id GROUP BY session_id
"""


def test_sessions_sites_and_calls_tell_what_sql_tells(home: Path) -> None:
    rows = rows_in(home)
    spend = sum(int(str(row.pusd or 0)) for row in rows)
    with sqlite3.connect(f"file:{home / 'profiler.db'}?mode=ro", uri=True) as connection:
        found = connection.execute(SESSIONS).fetchall()
    dearest = sorted(
        (one for one in found if one[0] and one[1] is not None), key=lambda one: -one[1]
    )[:8]
    by_session = reported(home, "session")
    sessions = drawn(home, ["6", "b"], *(name for name, *_ in dearest))
    for name, pusd, calls, is_whole in dearest:
        assert by_session[name] == pusd
        (line,) = (line for line in sessions.splitlines() if f" {name} " in line)
        assert f" {display.money(pusd)}{'' if is_whole else '+'} " in line
        assert f" {display.count(calls)} " in line
    sites = drawn(home, ["5"])
    assert f"all calls · {display.money(spend)}" in sites
    flame = profiler("flame", "--format", "collapsed", "-o", "-", home=home).stdout
    micro = [int(line.rpartition(" ")[2]) for line in flame.splitlines()]
    # a line is rounded to micro-dollars
    assert abs(sum(micro) * 10**6 - spend) <= len(micro) * 10**6 // 2
    calls = drawn(home, ["2"])
    assert f"{display.count(len(rows))} in range: {display.money(spend)}" in calls
