"""Numbers that no database can be asked are refused with what could stand there."""

from pathlib import Path

import pytest

from tests.support.cli import a_sample_home, profiler

HUGE = str(2**63)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = a_sample_home(tmp_path_factory.mktemp("numbers"))
    limit = ("--limit", "1", "--period", "total")
    assert profiler("budget", "set", "team", *limit, home=found).returncode == 0
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("top", "--once", "--limit", HUGE),
        ("alerts", "log", "--limit", HUGE),
        ("alerts", "ack", HUGE),
        ("budget", "list", "--top", HUGE),
        ("budget", "history", "team", "--top", HUGE),
        ("budget", "override", "team", "3", "--reason", "launch", "--alert", HUGE),
        ("budget", "approve", HUGE),
    ],
    ids=" ".join,
)
def test_a_number_beyond_64_bits_is_refused_with_the_range(
    home: Path, words: tuple[str, ...]
) -> None:
    ran = profiler(*words, home=home)
    assert ran.returncode == 2
    assert f"{HUGE} is not in the range 1<=x<=" in ran.stderr


def test_the_most_rows_there_can_be_are_shown(home: Path) -> None:
    most = str(1_000_000)
    assert profiler("top", "--once", "--by", "session", "--limit", most, home=home).returncode == 0
    assert profiler("alerts", "log", "--limit", most, home=home).returncode == 0


def test_the_greatest_number_is_that_of_no_alert(home: Path) -> None:
    ran = profiler("alerts", "ack", str(2**63 - 1), home=home)
    assert ran.returncode == 3
    assert "there is no alert" in ran.stderr
