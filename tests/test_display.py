from datetime import UTC, datetime
from unicodedata import category
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profiler import display
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import to_us
from profiler.domain.totals import Totals
from tests.support.reports import a_call
from tests.support.sizes import OFTEN

UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("pusd", "text"),
    [
        (None, "unpriced"),
        (0, "$0.00"),
        (1, "<$0.000001"),
        (-1, ">-$0.000001"),
        (1_234_567, "$0.000001"),
        (-1_500_000, "-$0.000002"),
        (12_345_678_901_234_567, "$12,345.68"),
        (1_005_000_000_000, "$1.00"),
        (12_340_000_000, "$0.0123"),
        (123_456_789, "$0.000123"),
        (-2_500_000_000_000, "-$2.50"),
    ],
)
def test_money_reads_short_and_unknown_is_not_zero(pusd: int | None, text: str) -> None:
    assert display.money(pusd) == text


@OFTEN
@given(st.integers(-(10**18), 10**18))
def test_exact_money_loses_nothing(pusd: int) -> None:
    text = display.exact_money(pusd).replace("$", "").replace(",", "")
    whole, fraction = text.lstrip("-").split(".")
    value = int(whole) * 10**12 + int(fraction.ljust(12, "0"))
    assert value == abs(pusd)
    assert text.startswith("-") == (pusd < 0)


@OFTEN
@given(st.integers(1, 10**18))
def test_money_that_is_not_zero_never_reads_as_zero(pusd: int) -> None:
    assert any(digit in "123456789" for digit in display.money(pusd))


@pytest.mark.parametrize("unseen", "\u3164\u115f\u1160\uffa0\u2800\u034f\u17b4\u17b5")
def test_what_has_no_shape_is_seen_to_be_there(unseen: str) -> None:
    assert display.plain(f"gpt{unseen}5") == "gpt\ufffd5"


@pytest.mark.parametrize("blank", [" ", "\t \n", "\u00a0", "\u2003\u3000"])
def test_a_label_that_is_only_white_space_has_a_name(blank: str) -> None:
    assert display.label(blank) == display.model_name(blank) == "(blank)"
    assert display.label("") == ""
    assert display.label(f"a{blank[0]}b") == display.plain(f"a{blank[0]}b")


@OFTEN
@given(st.text())
def test_plain_text_cannot_steer_a_terminal(text: str) -> None:
    safe = display.plain(text)
    assert len(safe) == len(text)
    assert not any(category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in safe)
    assert not any(category(c) == "Cf" and c != "\u200d" for c in safe)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (0.0, "0.0%"),
        (0.0004, "<0.1%"),
        (0.5, "50.0%"),
        (0.9999, ">99.9%"),
        (1.0, "100.0%"),
    ],
)
def test_shares_never_round_to_all_or_nothing(share: float | None, text: str) -> None:
    assert display.percent(share) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1K"),
        (1_234, "1.23K"),
        (99_960, "100K"),
        (45_600_000, "45.6M"),
    ],
)
def test_short_counts_keep_three_digits(number: int, text: str) -> None:
    assert display.short_count(number) == text


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (None, "–"),
        (850_000, "850 ms"),
        (12_340_000, "12.3 s"),
        (245_000_000, "4 m 05 s"),
        (7.2e9, "2 h 00 m"),
    ],
)
def test_durations_read_as_people_say_them(microseconds: float | None, text: str) -> None:
    assert display.duration(microseconds) == text


def test_moments_read_on_the_users_clock() -> None:
    at = to_us(datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC))
    assert display.clock(at, ZoneInfo("Asia/Kolkata")) == "2026-11-22 15:00:05"
    for now, told in (
        (datetime(2026, 11, 22, tzinfo=UTC), "09:30:05"),
        (datetime(2026, 11, 23, tzinfo=UTC), "22 Nov 09:30"),
        (datetime(2027, 1, 1, tzinfo=UTC), "22 Nov 2026"),
    ):
        assert display.short_clock(at, UTC_ZONE, now) == told


@pytest.mark.parametrize(
    ("name", "width", "text"),
    [
        ("claude-sonnet-4-5-20250929", None, "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4-5-20250929", 26, "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4-5-20250929", 20, "claude-sonnet-4-5"),
        ("gpt-5-mini-2025-08-07", 12, "gpt-5-mini"),
        ("our-own-model", 5, "our-own-model"),
        ("", 5, "(unknown)"),
    ],
)
def test_a_model_gives_up_its_date_before_its_name(name: str, width: int | None, text: str) -> None:
    assert display.model_name(name, width) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [((), ""), (("a",), "a"), (("b", "a", "b"), "b ×2, a"), (("a", "a"), "a ×2")],
)
def test_names_are_told_once_with_how_often(names: tuple[str, ...], text: str) -> None:
    assert display.each_once(names) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"attempts": 2}, "2"),
        ({"attempts": 2, "failures": ("timeout",)}, "2, after timeout"),
        ({"failures": ("timeout",), "retry_wait_us": 50_000}, "1, after timeout; 50 ms of waiting"),
    ],
)
def test_attempts_tell_what_came_before(changes: dict[str, object], text: str) -> None:
    assert display.attempts(a_call(**changes)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (0.9, "just now"),
        (12, "12 s ago"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (86_400, "1 day ago"),
        (3 * 86_400, "3 days ago"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(seconds: float, text: str) -> None:
    assert display.ago(int(seconds * 1_000_000)) == text


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        (Totals(), "all measured"),
        (Totals(calls=3, spend_pusd=5 * PUSD_PER_USD), "all measured"),
        (
            Totals(
                calls=9,
                unpriced_calls=3,
                estimated_calls=1,
                derived_calls=1,
                spend_pusd=5 * PUSD_PER_USD,
                estimated_pusd=PUSD_PER_USD,
                derived_pusd=2 * PUSD_PER_USD,
            ),
            "$2.00 measured · $2.00 derived · $1.00 estimated · 3 calls unpriced",
        ),
        (
            Totals(calls=1, estimated_calls=1, spend_pusd=7, estimated_pusd=7),
            "<$0.000001 estimated",
        ),
        (Totals(calls=2, unpriced_calls=1), "no cost is known: 1 of 2 calls unpriced"),
    ],
)
def test_a_sum_says_how_much_of_it_is_known_how(totals: Totals, words: str) -> None:
    assert display.basis(totals) == words


def test_of_every_part_of_a_sum_the_calls_can_be_told() -> None:
    totals = Totals(calls=3, estimated_calls=1, spend_pusd=7, estimated_pusd=7)
    assert display.basis(totals, has_calls=True) == (
        "$0.00 measured (2 calls) · <$0.000001 estimated (1 call)"
    )


def test_a_difference_says_which_way_it_goes_however_small() -> None:
    assert display.difference(PUSD_PER_USD) == "+$1.00"
    assert display.difference(-PUSD_PER_USD) == "-$1.00"
    assert display.difference(1) == "<$0.000001 more"
    assert display.difference(-1) == "<$0.000001 less"
    assert display.difference(-1, is_short=True) == "≈$0.00"
    assert display.difference(0) == "$0.00"
