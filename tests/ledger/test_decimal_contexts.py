"""Amounts are the same whatever a program has made of its decimal context: we run within it."""

import decimal
import subprocess
import sys
from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profiler import display
from profiler.domain.budgets import HARD_THRESHOLDS, Budget, Limit, Measure
from profiler.domain.money import MOST_PUSD, pusd, usd
from profiler.domain.periods import Period
from profiler.domain.query import parse_filter
from profiler.domain.remedy import more_of
from profiler.domain.usage import Usage
from profiler.errors import UsageError
from profiler.ledger.dollars import Pusd
from profiler.ledger.refusals import shown
from profiler.ledger.words import budget_of, words_of
from profiler.options.keys import is_rate
from profiler.pricing.card import Card
from profiler.pricing.overrides import decimal_text
from tests.support.events import START_US

SIGNALS = [
    decimal.Clamped,
    decimal.FloatOperation,
    decimal.Inexact,
    decimal.InvalidOperation,
    decimal.Overflow,
    decimal.Rounded,
    decimal.Subnormal,
    decimal.Underflow,
]
CONTEXTS = st.builds(
    Context,
    prec=st.integers(1, 28),
    rounding=st.sampled_from([decimal.ROUND_UP, decimal.ROUND_DOWN, decimal.ROUND_HALF_EVEN]),
    Emin=st.integers(-6, 0),
    Emax=st.integers(0, 6),
    capitals=st.integers(0, 1),
    clamp=st.integers(0, 1),
    traps=st.lists(st.sampled_from(SIGNALS), unique=True),
)
CARD = Card.load()
UTC = ZoneInfo("UTC")


def amount_of(dollars: str) -> int | str:
    try:
        return pusd(dollars)
    except UsageError as error:
        return str(error)


def kept(amount: int) -> tuple[object, Budget]:
    budget = Budget("team", amount, period=Period.MONTHLY, zone="UTC", thresholds=HARD_THRESHOLDS)
    words = words_of(budget)
    return words["limit"], budget_of(words, "UTC")


def costs(tokens: int) -> tuple[object, ...]:
    usage = Usage(input=tokens, cache_read=tokens // 3, output=tokens // 7)
    models = ("gpt-5",)
    cost = CARD.cost("openai", models, usage, START_US, None)
    lines = CARD.lines("openai", models, usage, START_US, None)
    return cost, tuple((line.rate_usd, line.pusd) for line in lines)


SAYS: dict[str, Callable[[int], object]] = {
    "dollars": usd,
    "an estimate": lambda amount: Pusd(amount).usd,
    "an amount that is read": lambda amount: amount_of(f"{amount // 10**12}.{amount % 10**12:012}"),
    "one that is too long": lambda amount: amount_of(f"0.{amount:020}"),
    "one that is too much": lambda amount: amount_of(f"{amount}"),
    "a budget that is kept": kept,
    "a cost": lambda amount: costs(amount % 10**9),
    "a refusal": lambda amount: shown(amount, Measure.COST),
    "a remedy": lambda amount: more_of("team", "", Limit(Measure.COST, amount), amount),
    "money that is shown": display.money,
    "money to the last digit": display.exact_money,
    "a difference": display.difference,
    "a bound": lambda amount: parse_filter(
        f"cost>{amount % 10**6}.25 tokens>{amount % 999}.5k", 0, UTC
    ),
    "a rate": lambda amount: (is_rate(f"{amount}e-13"), decimal_text(f"{amount}e-13")),
}


@pytest.mark.parametrize("what", SAYS)
@given(context=CONTEXTS, amount=st.integers(1, MOST_PUSD))
def test_it_is_the_same_in_every_decimal_context(what: str, context: Context, amount: int) -> None:
    says = SAYS[what]
    expected = says(amount)
    with localcontext(context) as inside:
        inside.clear_flags()
        found = says(amount)
        is_touched = any(inside.flags.values())
    assert found == expected
    assert not is_touched


PROGRAM = """
import decimal
decimal.DefaultContext.prec = 3
decimal.DefaultContext.Emax = 2
decimal.DefaultContext.rounding = decimal.ROUND_UP
decimal.setcontext(decimal.DefaultContext)
from profiler.display import money
from profiler.domain.money import pusd, usd
print(usd(pusd("23456.78")), usd(1), money(2_345_674_999_999_999))
"""


def test_a_program_may_change_the_context_that_others_are_made_of() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert ran.stdout.split() == ["23456.780000000000", "1E-12", "$2,345.67"]
    assert usd(1) == Decimal("1E-12")
