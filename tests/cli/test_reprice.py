"""`profiler reprice`: what moves and why, done only when asked, and kept on record."""

import re
from pathlib import Path
from typing import Any

import pytest

from profiler.store.engine import Store
from profiler.store.soundness import damages
from tests.support.cli import profiler, profiler_json
from tests.support.events import a_segment, an_event
from tests.support.oracle import assert_sound

DAY_US = 86_400_000_000
AT_US = 1_795_000_000_000_000
PRIVATE: dict[str, object] = {"provider": "acme", "model": "acme-7b", "answered": None}
LISTED: dict[str, object] = {"provider": "openai", "model": "gpt-5.1", "answered": None}
PRICE = ("prices", "override", "acme/acme-7b", "input_mtok=2", "output_mtok=4")
CHEAPER = ("prices", "override", "openai/gpt-5.1", "input_mtok=1")
MILLION = {"input": 1_000_000, "output": 0}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two calls nobody has a rate for and three of a listed model."""
    private = [an_event(**PRIVATE, usage=MILLION, at=AT_US + n * DAY_US) for n in range(2)]
    listed = [an_event(**LISTED, usage=MILLION, at=AT_US + n * DAY_US) for n in range(3)]
    a_segment(tmp_path / "log", [*private, *listed])
    assert profiler("ingest", home=tmp_path).returncode == 0
    return tmp_path


def reprice(home: Path, *words: str) -> Any:
    return profiler_json("reprice", "--json", *words, home=home)


def spend(home: Path) -> tuple[int, int]:
    totals = profiler_json("calls", "list", "--json", home=home)["totals"]
    return totals["spend_pusd"], totals["unpriced_calls"]


def sound(home: Path) -> None:
    with Store.open(home / "profiler.db") as store:
        assert_sound(store)
        assert damages(store) == []
    verified = profiler("verify", home=home)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_where_no_price_changed_nothing_moves(home: Path) -> None:
    found = reprice(home)
    assert (found["looked_at"], found["calls"], found["moves"]) == (5, 0, [])
    assert reprice(home, "--past") == {"repricings": []}
    assert "ever priced again" in profiler("reprice", "--past", home=home).stderr


def test_unpriced_calls_become_priced_when_a_price_appears(home: Path) -> None:
    before, unpriced = spend(home)
    assert unpriced == 2
    profiler(*PRICE, home=home)
    assert spend(home) == (before, 2)
    found = reprice(home)
    assert (found["calls"], found["newly_priced"]) == (2, 2)
    assert found["difference_pusd"] == 2 * 2 * 10**12
    assert spend(home) == (before + 4 * 10**12, 0)
    sound(home)


def test_a_dry_run_says_the_same_and_moves_nothing(home: Path) -> None:
    profiler(*PRICE, home=home)
    before = spend(home)
    dry = reprice(home, "--dry-run")
    assert spend(home) == before
    assert {**dry, "is_dry_run": False} == reprice(home)


def test_what_moves_is_told_by_model_and_rate(home: Path) -> None:
    profiler(*CHEAPER, home=home)
    (move,) = reprice(home, "--dry-run")["moves"]
    assert (move["model"], move["calls"]) == ("openai/gpt-5.1", 3)
    assert move["old_rate"] == "genai-prices@0.2.3 openai/gpt-5.1"
    assert move["new_rate"].startswith("genai-prices@0.2.3+override@")
    assert move["difference_pusd"] == -3 * 250_000_000_000
    table = profiler("reprice", "--dry-run", home=home)
    assert "-$0.75" in table.stdout
    assert "3 of 5 calls would move" in table.stderr


def test_sums_move_by_exactly_the_difference(home: Path) -> None:
    before, _ = spend(home)
    profiler(*CHEAPER, home=home)
    found = reprice(home)
    assert spend(home)[0] - before == found["difference_pusd"]
    assert reprice(home)["calls"] == 0
    sound(home)


def test_only_calls_since_a_day_are_looked_at(home: Path) -> None:
    profiler(*CHEAPER, home=home)
    found = reprice(home, "--since", "2026-11-20")
    assert 0 < found["looked_at"] < 5
    assert found["calls"] == len(
        [n for n in range(3) if AT_US + n * DAY_US >= 1_795_132_800_000_000]
    )


def test_a_repricing_is_kept_on_record(home: Path) -> None:
    profiler(*PRICE, home=home)
    found = reprice(home)
    (kept,) = reprice(home, "--past")["repricings"]
    assert (kept["calls"], kept["newly_priced"]) == (2, 2)
    assert kept["difference_pusd"] == found["difference_pusd"]
    assert kept["source"] == "genai-prices@0.2.3"
    assert len(kept["sha256"]) == 64
    (line,) = (
        one
        for one in profiler("reprice", "--past", home=home).stdout.splitlines()
        if "genai-prices" in one
    )
    assert re.search(r"\d\d:\d\d:\d\d .* 2 +2 +\+\$4", line)
    assert profiler("reprice", "--past", "--dry-run", home=home).returncode == 2


def test_a_call_whose_rate_is_gone_keeps_its_cost(home: Path) -> None:
    profiler(*PRICE, home=home)
    reprice(home)
    before = spend(home)
    (home / "profiler.toml").write_text("")
    found = reprice(home)
    assert (found["calls"], found["without_rate"]) == (0, 2)
    assert spend(home) == before


def test_an_alias_gives_calls_the_name_of_the_model_they_are_billed_as(home: Path) -> None:
    profiler("prices", "alias", "acme-7b", "openai/gpt-5.1", home=home)
    assert reprice(home)["calls"] == 2
    calls = profiler_json("calls", "list", "--json", home=home)["calls"]
    assert {call["model"] for call in calls} == {"gpt-5.1"}
    assert {call["requested_model"] for call in calls} == {"acme-7b", "gpt-5.1"}
    sound(home)


def test_every_other_word_of_a_call_stays(home: Path) -> None:
    before = profiler_json("calls", "list", "--json", home=home)["calls"]
    profiler(*PRICE, home=home)
    reprice(home)
    after = profiler_json("calls", "list", "--json", home=home)["calls"]
    moved = ("cost", "rate", "basis", "cache_")
    assert [
        {key: value for key, value in call.items() if not key.startswith(moved)} for call in before
    ] == [
        {key: value for key, value in call.items() if not key.startswith(moved)} for call in after
    ]
