"""One line, at once, whatever state the home is in."""

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from profiler import display
from tests.support.cli import a_sample_home, command, profiler, profiler_json
from tests.support.terminal import Terminal

LINE = "import sys; sys.argv[1:] = ['statusline']; from profiler.cli.main import main; main()"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the sample calls in it."""
    profiler("ingest", home=a_sample_home(tmp_path))
    return tmp_path


def statusline(home: Path, *options: str) -> str:
    ran = profiler("statusline", *options, home=home)
    assert ran.returncode == 0
    assert ran.stderr == ""
    assert ran.stdout.count("\n") == 1
    return ran.stdout.rstrip("\n")


def test_it_tells_today_the_month_and_the_fullest_budget(home: Path) -> None:
    profiler("budget", "set", "wide", "--limit", "5000", "--period", "total", home=home)
    profiler("budget", "set", "team", "--limit", "50", "--period", "total", home=home)
    profiler("ingest", home=home)
    month = profiler_json("report", "--since", "month", "--format", "json", home=home)["totals"]
    all_time = profiler_json("report", "--since", "2020-01-01", "--format", "json", home=home)
    today, told_month, budget, *_ = statusline(home).split(" · ")
    assert today == "$0.00 today"
    assert told_month.removesuffix(" month").rstrip("+") == display.money(month["spend_pusd"])
    assert budget == f"team {all_time['totals']['spend_pusd'] / (50 * 10**12):.0%}"


def test_a_damaged_ledger_is_said_to_be_so(home: Path) -> None:
    (home / "ledger.db").write_bytes(b"this is no database" * 1_000)
    assert statusline(home, "--format", "{budget}") == "budgets: damaged"


def test_a_part_that_says_nothing_goes(home: Path) -> None:
    assert statusline(home, "--format", "spent {today} · {budget}") == "spent $0.00"


def test_a_full_budget_is_coloured_and_tmux_reads_nothing_else(home: Path) -> None:
    profiler("budget", "set", "#(date)", "--limit", "1", "--period", "total", home=home)
    profiler("ingest", home=home)
    told = statusline(home, "--format", "{budget}", "--color", "tmux")
    assert told.startswith("#[fg=red,bold]##(date) ")
    assert told.endswith("%#[default]")
    assert statusline(home, "--format", "{budget}", "--color", "ansi").startswith("\x1b[1;31m#(")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_tmux_draws_a_name_that_would_command_it_as_it_is(home: Path) -> None:
    socket, name = str(home / "tmux"), "#[fg=red]x#(date)#{pid}##[bg=red]"
    profiler("budget", "set", name, "--limit", "1", "--period", "total", home=home)
    profiler("ingest", home=home)
    words = shlex.join(command("statusline", "--color", "tmux"))
    settings = home / "tmux.conf"
    settings.write_text(
        f'set -g status-right-length 400\nset -g status-right "#({words})"\n'
        "set -g status-interval 1\nset -g status-left ''\nset -g window-status-current-format ''\n"
    )
    starts = ["tmux", "-S", socket, "-f", str(settings), "new-session", "cat"]
    script = f"import os; os.execvp('tmux', {starts!r})"
    try:
        with Terminal(home=home, size=(400, 5), script=script) as terminal:
            terminal.wait_for(f"{name} ")
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], capture_output=True, check=False)


@pytest.mark.parametrize(
    ("waits_s", "told"), [(3 * 3600, "read 3 h ago"), (90, "read 1 min ago"), (30, "")]
)
def test_log_that_waits_a_minute_to_be_read_is_told_of(home: Path, waits_s: int, told: str) -> None:
    segment = next((home / "log").glob("*.jsonl"))
    with sqlite3.connect(home / "profiler.db") as connection:
        connection.execute(
            "UPDATE meta SET value = ? WHERE key = 'latest_read_us'",
            (str(time.time_ns() // 1000 - waits_s * 1_000_000),),
        )
    connection.close()
    os.utime(segment)
    assert statusline(home, "--format", "{stale}") == told


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    assert statusline(tmp_path) == "no calls yet"


def test_calls_that_nobody_has_read_are_not_said_to_be_none(tmp_path: Path) -> None:
    assert statusline(a_sample_home(tmp_path)) == "calls not read yet: profiler ingest"
    assert not (tmp_path / "profiler.db").exists()


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (lambda path: path.write_bytes(b"nothing of ours" * 99), "profiler: damaged, see doctor"),
        (lambda path: set_version(path, "99"), "profiler: upgrade needed"),
    ],
)
def test_a_database_out_of_reach_is_a_word(home: Path, harm: object, word: str) -> None:
    assert callable(harm)
    harm(home / "profiler.db")
    assert statusline(home) == word


def test_settings_that_make_no_sense_are_a_word(home: Path) -> None:
    (home / "profiler.toml").write_text("zone = 7\n")
    assert statusline(home) == "profiler: settings make no sense, see doctor"


def test_a_format_that_names_nothing_known_is_told(home: Path) -> None:
    ran = profiler("statusline", "--format", "{mont}", home=home)
    assert ran.returncode == 2
    assert "{month}" in ran.stderr


def test_it_imports_neither_click_nor_sqlalchemy_nor_textual(home: Path) -> None:
    code = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {LINE}"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PROFILER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ran.stdout.split())
    assert not loaded & {"click", "sqlalchemy", "textual", "pandas", "msgspec", "tomllib"}


def set_version(path: Path, version: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (version,))
    connection.close()
