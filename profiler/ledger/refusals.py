"""Why a call is refused, in a program's terms and in a person's."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from profiler.domain.budgets import Budget, Limit, Measure
from profiler.domain.money import usd
from profiler.domain.periods import Span, to_moment
from profiler.domain.remedy import more_of
from profiler.errors import BudgetExceeded, Unbounded, UnknownPrice
from profiler.ledger.definitions import COMMAND

_MOST_DIGITS = 6
_MOST = (
    "the most it can (a token for each byte, all the output it allows, every retry, the dearest "
    "tier): often many times what it will"
)


class Refusal(NamedTuple):
    """One budget that a call does not fit."""

    budget: Budget
    value: str
    measure: Measure
    spent: int
    held: int
    limit: int
    requested: int | None
    """`None`: nobody can say."""
    window: Span
    why: str = ""
    """What keeps the call from being bounded or priced."""
    unbooked_of: str = ""
    """The source that defines the budget, where nobody knows yet what was spent before it."""

    @property
    def is_used_up(self) -> bool:
        """Whether not even a call that used nothing would fit."""
        return self.spent >= self.limit

    @property
    def tightness(self) -> tuple[bool, Fraction]:
        """How far beyond the limit the call would go, as a share; what has no bound is worst."""
        if self.requested is None or self.unbooked_of:
            return True, Fraction()
        return False, Fraction(self.spent + self.held + self.requested, max(1, self.limit))


def refused(refusals: list[Refusal]) -> BudgetExceeded:
    """The error that names the tightest of the budgets that a call does not fit."""
    worst = max(refusals, key=lambda refusal: refusal.tightness)
    kind = BudgetExceeded
    if worst.requested is None and not worst.unbooked_of:
        kind = UnknownPrice if worst.measure is Measure.COST and _is_price(worst) else Unbounded
    remedy = _remedy(worst, kind)
    return kind(
        f"{_said(worst)}; {remedy}",
        budget=worst.budget.name,
        value=worst.value,
        measure=worst.measure.value,
        spent=worst.spent,
        held=worst.held,
        limit=worst.limit,
        requested=worst.requested,
        resets_at_us=worst.window.end_us,
        remedy=remedy,
    )


def shown(amount: int, measure: Measure) -> str:
    """An amount as people read it: `$0.0123`, `10,000 tokens`."""
    if measure is not Measure.COST:
        return f"{amount:,} {measure.value.removesuffix('s') if amount == 1 else measure.value}"
    whole, _, fraction = f"{usd(amount):f}".partition(".")
    digits = fraction[:_MOST_DIGITS].rstrip("0").ljust(2, "0")
    return f"${int(whole):,}.{digits}"


def _is_price(refusal: Refusal) -> bool:
    return refusal.why.startswith("no rate")


def _said(one: Refusal) -> str:
    whose = f" for {one.value}" if one.value else ""
    named = f"budget {one.budget.name!r}{whose}"
    if one.unbooked_of == COMMAND:
        return f"{named} is in a new ledger: what was spent before it is not known yet"
    if one.unbooked_of:
        return f"{named} is new in {one.unbooked_of}: what was spent before it is not known yet"
    if one.requested is None:
        return f"{named} is strict and {one.why}"
    if one.is_used_up:
        spent, limit = shown(one.spent, one.measure), shown(one.limit, one.measure)
        return f"{named} has used {spent} of {limit}: it is used up"
    held = f" and holds {shown(one.held, one.measure)} for calls in flight" if one.held else ""
    bound = "may use up to" if one.budget.mode.value == "strict" else "is expected to use"
    at_most = f", {_MOST}" if _is_bound(one) else ""
    return (
        f"{named} has used {shown(one.spent, one.measure)} of {shown(one.limit, one.measure)}"
        f"{held}; this call {bound} {shown(one.requested, one.measure)}{at_most}"
    )


def _is_bound(one: Refusal) -> bool:
    """Whether what was asked for is an upper bound, which hardly any call comes to."""
    return one.budget.mode.value == "strict" and one.measure is not Measure.CALLS


def _remedy(one: Refusal, kind: type[BudgetExceeded]) -> str:
    name = one.budget.name
    if one.unbooked_of == COMMAND:
        return "run `profiler ingest` once"
    if one.unbooked_of:
        return f"run `profiler ingest` once in {Path(one.unbooked_of).parent}"
    if kind is UnknownPrice:
        return "give the model a price, or let the budget limit tokens or calls"
    if kind is Unbounded:
        most = "a maximum of output tokens, or " if "maximum" in one.why else ""
        return f"set {most}the budget's mode to expected"
    resets = ""
    if one.window.end_us is not None:
        moment: datetime = to_moment(one.window.end_us, ZoneInfo(one.budget.zone))
        resets = f"it starts afresh at {moment:%Y-%m-%d %H:%M %Z}, or "
    is_bound = _is_bound(one) and not one.is_used_up
    less = "ask for less (max_tokens), set the budget's mode to expected, or " if is_bound else ""
    more = more_of(name, one.value, Limit(one.measure, one.limit), _lacking(one))
    return f"{less}{resets}`{more}` allows more"


def _lacking(one: Refusal) -> int:
    """By how much the call does not fit."""
    return one.spent + one.held + (one.requested or 0) - one.limit
