import csv
import io
import json
import re
import sqlite3
import subprocess
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from profiler import display
from profiler.domain.money import pusd
from tests.support.cli import command, environment, profiler, profiler_json
from tests.support.events import a_segment, an_event


def spend_in(database: Path) -> int:
    """What SQLite itself adds up."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT sum(cost_pusd) FROM calls").fetchone()[0])


def test_every_face_shows_the_same_sum(sample: Path) -> None:
    spend = spend_in(sample / "profiler.db")
    report = profiler_json("report", "--format", "json", home=sample)
    exported = profiler("export", "calls", "--format", "jsonl", "-o", "-", home=sample).stdout
    rows = [json.loads(line) for line in exported.splitlines()]
    listed = profiler_json("calls", "--json", home=sample)["totals"]
    assert report["totals"]["spend_pusd"] == spend
    assert sum(row["cost_pusd"] or 0 for row in rows) == spend
    assert sum(Decimal(row["cost_usd"] or 0) for row in rows) * 10**12 == spend
    assert listed == report["totals"]
    for form in ("table", "md", "html"):
        assert display.money(spend) in profiler("report", "--format", form, home=sample).stdout


@pytest.mark.parametrize(
    "by", ["model", "provider", "feature", "user", "session", "day", "site", "agent", "workflow"]
)
def test_the_rows_add_up_to_the_whole_whatever_they_are_by(sample: Path, by: str) -> None:
    report = profiler_json("report", "--by", by, "--format", "json", home=sample)
    assert report["by"] == [by]
    assert sum(row["spend_pusd"] or 0 for row in report["rows"]) == report["totals"]["spend_pusd"]
    assert sum(row["calls"] for row in report["rows"]) == report["totals"]["calls"] == 1500


def test_measured_and_estimated_add_up_and_unpriced_stands_apart(sample: Path) -> None:
    totals = profiler_json("report", "--format", "json", home=sample)["totals"]
    assert totals["measured_pusd"] + totals["estimated_pusd"] == totals["spend_pusd"]
    assert totals["estimated_pusd"] > 0
    assert totals["unpriced_calls"] > 0


def test_a_private_model_is_unpriced_and_not_free(sample: Path) -> None:
    ran = profiler("report", "model:acme*", home=sample)
    (line,) = (line for line in ran.stdout.splitlines() if line.startswith("acme-intent-7b"))
    assert "unpriced" in line
    assert "$0" not in line


def test_json_is_short_for_its_format(sample: Path) -> None:
    short = profiler("report", "--json", home=sample)
    assert short.stdout == profiler("report", "--format", "json", home=sample).stdout
    assert profiler("report", home=sample).stdout.startswith("Spend by model")


def test_flags_and_words_mean_the_same(sample: Path) -> None:
    flags = (
        "--feature",
        "search",
        "--status",
        "ok",
        "--cost-above",
        "0.001",
        "--since",
        "2026-11-01",
    )
    words = ("feature:search", "status:ok", "cost>0.001", "since:2026-11-01")
    by_flags = profiler_json("report", *flags, "--format", "json", home=sample)
    by_words = profiler_json("report", *words, "--format", "json", home=sample)
    assert by_flags == by_words
    assert 0 < by_flags["totals"]["calls"] < 1500


def test_a_report_by_two_labels_has_both(sample: Path) -> None:
    ran = profiler("report", "--by", "feature", "--by", "model", "--format", "csv", home=sample)
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert {"feature", "model"} <= set(rows[0])
    assert sum(pusd(row["spend_usd"] or "0") for row in rows) == spend_in(sample / "profiler.db")


def test_days_stand_in_their_order(sample: Path) -> None:
    report = profiler_json(
        "report",
        "--by",
        "day",
        "since:2026-11-01",
        "until:2026-11-08",
        "--format",
        "json",
        home=sample,
    )
    assert [row["day"] for row in report["rows"]] == [f"2026-11-0{n}" for n in range(1, 8)]


def test_days_stand_alone(sample: Path) -> None:
    ran = profiler("report", "--by", "day", "--by", "model", home=sample)
    assert ran.returncode == 2
    assert "--by day stands alone" in ran.stderr


def test_a_file_is_written_in_the_format_of_its_name(sample: Path, tmp_path: Path) -> None:
    ran = profiler("report", "-o", str(tmp_path / "spend.html"), home=sample)
    assert ran.stdout == ""
    assert (tmp_path / "spend.html").read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "spend.html").stat().st_mode & 0o777 == 0o600


def test_a_file_that_exists_needs_force(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "spend.md"
    path.write_text("mine", "utf-8")
    ran = profiler("report", "-o", str(path), home=sample)
    assert ran.returncode == 6
    assert "--force" in ran.stderr
    assert path.read_text("utf-8") == "mine"
    assert profiler("report", "-o", str(path), "--force", home=sample).returncode == 0


def test_a_moment_that_is_none_is_named(sample: Path) -> None:
    ran = profiler("report", "--since", "yesteryear", home=sample)
    assert ran.returncode == 2
    assert "yesteryear" in ran.stderr


def test_nothing_recorded_is_an_empty_report(tmp_path: Path) -> None:
    report = profiler_json("report", "--format", "json", home=tmp_path)
    assert report["rows"] == []
    assert report["totals"]["calls"] == 0


def test_a_home_without_calls_says_how_to_get_some(tmp_path: Path) -> None:
    for name in ("report", "calls"):
        ran = profiler(name, home=tmp_path)
        assert ran.returncode == 0
        assert "no calls yet; record some: profiler run app.py" in ran.stderr
        assert "profiler demo" in ran.stderr


def test_a_filter_that_nothing_matches_is_told_of_the_star(sample: Path) -> None:
    ran = profiler("report", "feature:sear", home=sample)
    assert ran.returncode == 0
    assert "* is any text" in ran.stderr
    assert profiler("report", "feature:sear*", home=sample).stderr == ""


def test_quotes_the_shell_left_hold_a_label_together(sample: Path) -> None:
    quoted = profiler_json("report", 'feature:"search"', "--json", home=sample)
    assert quoted == profiler_json("report", "feature:search", "--json", home=sample)
    assert quoted["totals"]["calls"] > 0


def test_quotes_that_do_not_close_are_refused(sample: Path) -> None:
    ran = profiler("report", 'feature:"deep', home=sample)
    assert (ran.returncode, "do not close" in ran.stderr) == (2, True)


def test_a_time_given_as_word_and_as_flag_is_refused(sample: Path) -> None:
    ran = profiler("report", "since:2d", "--since", "3d", home=sample)
    assert (ran.returncode, "since: is given twice" in ran.stderr) == (2, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_output_that_takes_no_more_is_no_bug(sample: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            command("report"),
            env=environment(sample),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 6
    assert ran.stderr == "profiler: cannot write the output: No space left on device\n"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that takes no files")
def test_a_folder_that_takes_no_files_is_not_said_to_be_missing(sample: Path) -> None:
    ran = profiler("report", "-o", "/proc/x.html", home=sample)
    assert ran.returncode == 6
    assert "that folder takes no files" in ran.stderr


def test_two_stretches_are_compared(sample: Path) -> None:
    times = ("--since", "2026-11-10", "--until", "2026-11-20")
    other = ("--against", "2026-10-01..2026-11-10")
    found = profiler_json("report", *times, *other, "--json", home=sample)
    now = profiler_json("report", *times, "--json", home=sample)
    assert found["total"]["now"] == now["totals"]
    assert sum(row["change_pusd"] for row in found["rows"]) == found["total"]["change_pusd"]
    shown = profiler("report", *times, "--against", "previous", home=sample).stdout
    assert shown.startswith("What changed by model")


def test_a_summary_is_a_page_with_a_chart_and_no_script(sample: Path, tmp_path: Path) -> None:
    page = tmp_path / "week.html"
    ran = profiler("report", "--summary", "--since", "2026-11-10", "-o", str(page), home=sample)
    assert ran.returncode == 0
    text = page.read_text("utf-8")
    assert "<svg" in text
    assert "<script" not in text
    assert "What changed by feature" in text
    found = profiler_json("report", "--summary", "--since", "2026-11-10", "--json", home=sample)
    spend = found["models"]["total"]["now"]["spend_pusd"]
    assert f"Summary: {display.money(spend)}" in text
    for form in ("table", "md"):
        told = profiler(
            "report", "--summary", "--since", "2026-11-10", "--format", form, home=sample
        ).stdout
        assert display.money(spend) in told
        assert "Spend per day" in told


def test_a_summary_holds_budgets_to_what_was_used(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", [an_event(usage={"input": 8_000_000, "output": 0})])
    profiler("budget", "set", "team", "--limit", "5", "--period", "monthly", home=tmp_path)
    asked = ("report", "--summary", "--since", "2026-09-01")
    windows = profiler_json(*asked, "--json", home=tmp_path)["history"]
    (september,) = [one for one in windows if Decimal(one["actual"])]
    assert (september["budget"], Decimal(september["variance"])) == ("team", Decimal(-3))
    told = profiler(*asked, home=tmp_path).stdout
    assert "Budget against actual" in told
    assert "-$3.00" in told


def test_a_grouped_page_has_a_chart(sample: Path) -> None:
    page = profiler("report", "--by", "feature", "--format", "html", home=sample).stdout
    assert page.count("<svg") > 1
    assert "<figcaption>Spend per day</figcaption>" in page


def test_groups_go_to_parquet_exactly(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "models.parquet"
    assert profiler("report", "-o", str(file), home=sample).returncode == 0
    rows = pq.read_table(file).to_pylist()
    found = profiler_json("report", "--json", home=sample)
    assert {row["model"]: row["calls"] for row in rows} == {
        row["model"]: row["calls"] for row in found["rows"]
    }
    spend = sum(row["spend_usd"] or 0 for row in rows)
    assert spend * 10**12 == found["totals"]["spend_pusd"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--against", "yesterday"], "FROM..UNTIL"),
        (["--against", "previous"], "--since 7d"),
        (["--summary", "--against", "previous"], "leave --against out"),
        (["--summary", "--format", "csv"], "has no csv form"),
        (["--format", "parquet"], "name a file"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(
    sample: Path, arguments: list[str], told: str
) -> None:
    ran = profiler("report", *arguments, home=sample)
    assert ran.returncode == 2
    assert told in ran.stderr


@pytest.mark.parametrize(
    ("by", "layered"),
    [("user model", "user"), ("provider model", "model"), ("day", "model")],
)
def test_a_pages_chart_is_layered_as_its_table_is_grouped(
    by: str, layered: str, sample: Path
) -> None:
    words = [word for name in by.split() for word in ("--by", name)]
    page = profiler("report", *words, "--format", "html", home=sample).stdout
    rows = profiler_json("report", "--by", layered, "--json", home=sample)["rows"]
    names = re.findall(r'<i class="s\d"></i>([^<]*)</li>', page)
    assert names
    assert {*names} - {"(all others)", "(none)"} <= {row[layered] for row in rows}


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "9999-12-31"),
        ("--until", "9999-12-31"),
        ("--against", "0001-01-01..9999-12-31"),
        ("--since", "0001-01-01", "--summary"),
    ],
)
def test_a_moment_too_far_is_named_with_what_to_write(words: tuple[str, ...], sample: Path) -> None:
    ran = profiler("report", *words, home=sample)
    assert ran.returncode == 2
    assert words[1][:10] in ran.stderr
    assert "outside the years 1970 to 9000; write 24h" in ran.stderr


def test_nothing_lies_before_what_no_calendar_reaches(sample: Path) -> None:
    stretch = ("--since", "1970-01-01", "--until", "9000-12-31")
    ran = profiler("report", *stretch, "--against", "previous", home=sample)
    assert ran.returncode == 2
    assert "nothing lies before" in ran.stderr
