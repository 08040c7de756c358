from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.demo import demo_budgets, write_demo
from profiler.domain.budgets import Level, Standing
from profiler.domain.periods import EVER, HOUR_US, Period, to_us
from profiler.domain.scopes import Filter
from profiler.domain.totals import Totals
from profiler.errors import LogError
from profiler.log.event import Event
from profiler.log.parse import parse_header, parse_line

SAMPLE = Path(__file__).parents[2] / "sample_data" / "log"
UNTIL_US = to_us(datetime(2026, 11, 20, 18, tzinfo=UTC))
DAY_US = 24 * HOUR_US


def events_in(folder: Path) -> list[Event]:
    events = []
    for segment in sorted(folder.glob("*.jsonl")):
        header, *lines = segment.read_bytes().splitlines()
        assert parse_header(header)
        for line in lines:
            (event,), rejections = parse_line(line, 0)
            assert not rejections
            events.append(event)
    return events


SAMPLE_EVENTS = events_in(SAMPLE)


def test_sample_data_is_what_the_generator_writes_byte_for_byte(tmp_path: Path) -> None:
    write_demo(tmp_path, until_us=UNTIL_US)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SAMPLE.iterdir()}


def test_sample_data_is_a_month_of_calls_and_small() -> None:
    assert len(SAMPLE_EVENTS) == 1500
    days = {(UNTIL_US - event.at) // DAY_US for event in SAMPLE_EVENTS}
    assert days == set(range(30))
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 1_500_000


def test_every_call_has_its_own_id() -> None:
    assert len({event.id for event in SAMPLE_EVENTS}) == len(SAMPLE_EVENTS)


def test_the_three_providers_and_every_outcome_occur() -> None:
    assert {event.provider for event in SAMPLE_EVENTS} == {"openai", "anthropic", "google"}
    assert {event.outcome for event in SAMPLE_EVENTS} == {"ok", "error", "aborted"}
    assert {"rate_limit", "timeout", "server_error"} <= {event.error for event in SAMPLE_EVENTS}


def test_retries_streams_and_both_cache_lifetimes_occur() -> None:
    buckets = {name for event in SAMPLE_EVENTS for name in event.usage or {}}
    assert {"cache_read", "cache_write_5m", "cache_write_1h", "reasoning"} <= buckets
    assert any(event.attempts > 1 and event.outcome == "ok" for event in SAMPLE_EVENTS)
    assert any(event.first_chunk_us for event in SAMPLE_EVENTS)


def test_an_aborted_stream_is_marked_as_estimated() -> None:
    aborted = [event for event in SAMPLE_EVENTS if event.outcome == "aborted"]
    assert all(event.estimated and event.stream for event in aborted)


def test_a_failed_call_has_no_usage_and_says_what_is_known_of_its_bill() -> None:
    failed = [event for event in SAMPLE_EVENTS if event.outcome == "error"]
    assert all(event.usage is None and event.billed in {"no", "unknown"} for event in failed)


def test_the_first_chunk_comes_before_the_last_byte() -> None:
    streamed = [event for event in SAMPLE_EVENTS if event.first_chunk_us is not None]
    assert all(event.first_chunk_us <= (event.latency_us or 0) for event in streamed)  # type: ignore[operator]  # filtered just above


def test_the_prompts_of_a_session_grow() -> None:
    sessions = defaultdict(list)
    for event in sorted(SAMPLE_EVENTS, key=lambda e: e.at):
        if event.feature == "chat" and event.usage:
            sessions[event.session].append(
                sum(n or 0 for name, n in event.usage.items() if name != "output")
            )
    assert any(len(sizes) >= 5 for sizes in sessions.values())
    assert all(sizes == sorted(sizes) for sizes in sessions.values())


def test_one_day_stands_out() -> None:
    reviews = Counter(e.at // DAY_US for e in SAMPLE_EVENTS if e.feature == "review")
    (day, most), (_, next_most) = reviews.most_common(2)
    assert most > 3 * next_most
    assert UNTIL_US // DAY_US - day == 9


def test_the_last_hour_holds_calls_whenever_now_is(tmp_path: Path) -> None:
    for hours in (0, 7, 31):
        folder = tmp_path / str(hours)
        until_us = UNTIL_US + hours * HOUR_US
        write_demo(folder, until_us=until_us, calls=60)
        assert any(until_us - HOUR_US <= event.at < until_us for event in events_in(folder))


def test_another_seed_makes_other_calls(tmp_path: Path) -> None:
    write_demo(tmp_path / "a", until_us=UNTIL_US, calls=20, seed=1)
    write_demo(tmp_path / "b", until_us=UNTIL_US, calls=20, seed=2)
    first, second = ({event.id for event in events_in(tmp_path / name)} for name in ("a", "b"))
    assert not first & second


def test_segments_are_private(tmp_path: Path) -> None:
    (first, *_) = write_demo(tmp_path / "home" / "log", until_us=UNTIL_US, calls=10)
    assert first.stat().st_mode & 0o777 == 0o600
    assert first.parent.stat().st_mode & 0o777 == 0o700
    assert first.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="file"):
        write_demo(tmp_path / "file" / "log", until_us=UNTIL_US, calls=10)


def test_the_three_budgets_are_green_yellow_and_red() -> None:
    spent = 12_345_678_901_234
    budgets = demo_budgets(lambda _: spent, UNTIL_US, ZoneInfo("Europe/Berlin"))
    levels = [Standing(b, EVER, Totals(spend_pusd=spent)).level for b in budgets]
    assert levels == [Level.OK, Level.WATCH, Level.HIGH]


def test_budgets_are_judged_by_the_spend_of_their_own_window_and_scope() -> None:
    asked: list[Filter] = []

    def spend(wanted: Filter) -> int:
        asked.append(wanted)
        return 10**12

    budgets = demo_budgets(spend, UNTIL_US, ZoneInfo("UTC"))
    assert [wanted.matches for wanted in asked] == [budget.scope for budget in budgets]
    assert asked[2].span == EVER
    assert budgets[2].period is Period.TOTAL


def test_a_company_that_spent_nothing_still_has_limits() -> None:
    budgets = demo_budgets(lambda _: 0, UNTIL_US, ZoneInfo("UTC"))
    assert all((budget.limit_pusd or 0) > 0 for budget in budgets)


def test_calls_have_stacks_that_end_at_their_site() -> None:
    assert all(event.stack[-1] == event.site for event in SAMPLE_EVENTS)
    assert {len(event.stack) for event in SAMPLE_EVENTS} == {3, 4, 5}


def test_tools_are_only_called_where_they_were_offered() -> None:
    assert all(set(event.tools_called) <= set(event.tools_offered) for event in SAMPLE_EVENTS)
    assert any(len(event.tools_called) > 1 for event in SAMPLE_EVENTS)


def test_every_retried_attempt_has_its_failure_and_some_wait() -> None:
    retried = [event for event in SAMPLE_EVENTS if event.attempts > 1]
    assert all(len(event.failures) == event.attempts - 1 for event in retried)
    assert all(0 < (event.retry_wait_us or 0) <= (event.latency_us or 0) for event in retried)


def test_a_trace_is_of_one_session() -> None:
    sessions = defaultdict(set)
    for event in SAMPLE_EVENTS:
        if event.trace:
            sessions[event.trace].add(event.session)
    assert len(sessions) > 100
    assert {len(names) for names in sessions.values()} == {1}


def test_tiers_environments_and_prompt_versions_occur() -> None:
    assert {event.user_tier for event in SAMPLE_EVENTS} == {"", "free", "pro", "team"}
    assert {event.environment for event in SAMPLE_EVENTS} == {"production", "staging"}
    assert {event.prompt_version for event in SAMPLE_EVENTS} == {"", "v3", "v4"}


def test_prompts_leave_hashes_that_grow_with_their_session() -> None:
    told = [event for event in SAMPLE_EVENTS if event.prefixes]
    assert len(told) > 1_000
    assert all(event.fingerprint == event.prefixes[-1] for event in told)
    sessions = defaultdict(list)
    for event in sorted(told, key=lambda event: event.at):
        sessions[event.session].append(event)
    longer = [(a, b) for events in sessions.values() for a, b in pairwise(events)]
    assert sum(a.prefixes[-1] in b.prefixes for a, b in longer) > len(longer) * 0.9
