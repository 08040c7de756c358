import re
import signal
from pathlib import Path
from subprocess import PIPE

from tests.support.cli import profiler, profiler_json
from tests.support.running import running

TITLE = re.compile(r"^Spend by (.+) · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", re.MULTILINE)


def test_once_prints_one_plain_table(sample: Path) -> None:
    ran = profiler("top", "--once", "--since", "2020-01-01", home=sample)
    assert TITLE.findall(ran.stdout) == ["model"]
    assert "\x1b" not in ran.stdout
    assert "claude-opus-4-5" in ran.stdout


def test_tables_follow_one_another(sample: Path) -> None:
    ran = profiler(
        "top", "--by", "feature", "--by", "model", "--every", "0.2", "--times", "3", home=sample
    )
    assert TITLE.findall(ran.stdout) == ["feature and model"] * 3


def test_what_is_beyond_the_limit_is_one_row_and_nothing_is_left_out(sample: Path) -> None:
    whole = profiler_json("report", "--by", "user", "--format", "json", home=sample)
    ran = profiler(
        "top", "--once", "--by", "user", "--limit", "2", "--since", "2020-01-01", home=sample
    )
    assert f"({len(whole['rows']) - 2} more)" in ran.stdout
    (last,) = (line for line in ran.stdout.splitlines() if line.startswith("All "))
    assert last.split()[1].replace(",", "") == str(whole["totals"]["calls"])


def test_without_a_time_it_is_today(sample: Path) -> None:
    today = profiler("top", "--once", home=sample).stdout.splitlines()
    asked = profiler("top", "--once", "--since", "today", home=sample).stdout.splitlines()
    assert today[1:] == asked[1:]


def test_an_interrupt_ends_it_quietly(sample: Path) -> None:
    with running("top", "--every", "60", home=sample, stdout=PIPE, stderr=PIPE) as top:
        assert top.stdout is not None
        first = top.stdout.readline()
        top.send_signal(signal.SIGINT)
        _, complaint = top.communicate(timeout=20)
    assert TITLE.match(first)
    assert "Traceback" not in complaint
    assert top.returncode == 130


def test_a_rate_nobody_could_read_is_refused(sample: Path) -> None:
    ran = profiler("top", "--every", "0", home=sample)
    assert ran.returncode == 2
    assert "0.2" in ran.stderr


def test_a_range_of_no_days_is_refused(sample: Path) -> None:
    ran = profiler("top", "--once", "--since", "0d", home=sample)
    assert ran.returncode == 2
    assert "1d is today" in ran.stderr
