"""Values as text for people, in one place: the same number reads the same on every face.

Nothing here enters an export.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from unicodedata import category
from zoneinfo import ZoneInfo

from profiler.domain.money import EXACT, ROUNDING, usd
from profiler.domain.outcomes import Basis
from profiler.domain.periods import SECOND_US, to_moment
from profiler.domain.totals import Totals

if TYPE_CHECKING:
    # a status line draws a sum and has no time for what it never sees
    from profiler.domain.budgets import Measure
    from profiler.domain.calls import Call, Cost

UNKNOWN = "–"
"""What stands where a value is not known."""

UNPRICED = "unpriced"

BLANK = "(blank)"
"""What a label is called that is there, and is nothing but white space."""

ALL_OTHERS = "(all others)"
"""What is called so adds up what has no line of its own."""

_STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs without a shape; terminals differ in how many cells they take."""
_CENT = Decimal("0.01")
_MILLIONTH = Decimal("0.000001")
_SNAPSHOT = re.compile(r"[-@](\d{8}|\d{4}-\d{2}-\d{2})$")


def plain(text: str) -> str:
    """`text` safe to draw: what steers a terminal or its direction, or has no shape: U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if _is_unsafe(c) else c for c in text)


def label(text: str) -> str:
    """A label safe to draw; one that is only white space reads `(blank)`."""
    return BLANK if text.isspace() else plain(text)


def _is_unsafe(letter: str) -> bool:
    is_steering = category(letter) in _STEERING and letter != "\u200d"
    return is_steering or letter in _UNSEEN


def money(pusd: int | None) -> str:
    """Dollars: cents from a dollar up, finer below, never finer than a millionth.

    What is unknown reads `unpriced`; what is not zero never reads as zero.
    """
    if pusd is None:
        return UNPRICED
    amount = usd(pusd)
    size = amount.copy_abs()
    if size == 0:
        return "$0.00"
    if size < _MILLIONTH:
        return f"<${_MILLIONTH:f}" if amount > 0 else f">-${_MILLIONTH:f}"
    if size >= 1:
        step = _CENT
    else:
        step = EXACT.scaleb(1, max(size.adjusted() - 2, -6))
        step = min(step, Decimal("0.0001"))
    text = f"{ROUNDING.quantize(size, step):,f}"
    return f"{'-' if amount < 0 else ''}${text}"


def difference(pusd: int, *, is_short: bool = False) -> str:
    """Dollars more or less: `+$1.20`, `-$0.40`; `<$0.000001 less` where it is next to nothing.

    In short that reads `≈$0.00`.
    """
    if 0 < usd(abs(pusd)) < _MILLIONTH:
        return "≈$0.00" if is_short else f"<${_MILLIONTH:f} {'more' if pusd > 0 else 'less'}"
    return f"{'+' if pusd > 0 else ''}{money(pusd)}"


def between(low_pusd: int, high_pusd: int, *, is_signed: bool = False) -> str:
    """Dollars where both are one, else from the least to the most: `$1.20 to $2.40`."""
    bounds = [low_pusd] if low_pusd == high_pusd else [low_pusd, high_pusd]
    return " to ".join(map(difference if is_signed else money, bounds))


def change(now_pusd: int, before_pusd: int) -> str:
    """How much more or less than before: `▲ 12%`, `± 0%`, `▲ 14×`; empty without a before."""
    if before_pusd <= 0:
        return ""
    ratio = now_pusd / before_pusd - 1
    if abs(ratio) < 0.005:
        return "± 0%"
    if abs(ratio) >= 9.995:
        return f"▲ {ratio + 1:,.0f}×"
    return f"{'▲' if ratio > 0 else '▼'} {abs(ratio):.0%}"


def exact_money(pusd: int | None) -> str:
    """Dollars down to the last pico-dollar that is not zero, at least cents."""
    if pusd is None:
        return UNPRICED
    whole, fraction = f"{usd(abs(pusd)):.12f}".split(".")
    digits = fraction.rstrip("0").ljust(2, "0")
    return f"{'-' if pusd < 0 else ''}${int(whole):,}.{digits}"


def model_name(name: str, width: int | None = None) -> str:
    """A model's name safe to draw, without its snapshot's date where `width` cells are too few."""
    text = label(name) or "(unknown)"
    return text if width is None or len(text) <= width else _SNAPSHOT.sub("", text)


def shortened(text: str, most: int = 60) -> str:
    """A long label for a table or a line: its beginning and its end, which tell labels apart."""
    tail = most // 4
    return text if len(text) <= most else f"{text[: most - tail - 1]}…{text[-tail:]}"


def amount(number: int, measure: "Measure") -> str:
    """So much of what a limit counts: `$2.50`, `10,000 tokens`, `1 call`."""
    if measure == "cost":
        return money(number)
    noun = measure.value if number != 1 else measure.value.removesuffix("s")
    return f"{count(number)} {noun}"


def brief(number: int, measure: "Measure") -> str:
    """The same for a column: `$2.50`, `1.2M tokens`."""
    words = amount(number, measure)
    return words if measure == "cost" else words.replace(count(number), short_count(number))


def count(number: int) -> str:
    """A count with its thousands apart: 1,234,567."""
    return f"{number:,}"


def short_count(number: int) -> str:
    """A count in three digits or so: 999, 1.23K, 45.6M."""
    size = float(abs(number))
    for unit in ("", "K", "M", "B", "T"):
        if size < 999.5 or unit == "T":
            break
        size /= 1000
    digits = f"{size:.0f}" if not unit or size >= 99.95 else f"{size:.3g}"
    return f"{'-' if number < 0 else ''}{digits}{unit}"


def percent(share: float | None) -> str:
    """A share as a percentage; never rounded up to a full or down to an empty one."""
    if share is None:
        return UNKNOWN
    value = share * 100
    if 0 < value < 0.1:
        return "<0.1%"
    if 99.9 < value < 100:
        return ">99.9%"
    return f"{value:.1f}%"


def duration(microseconds: float | None) -> str:
    """How long: 850 ms, 12.3 s, 4 m 05 s."""
    if microseconds is None:
        return UNKNOWN
    seconds = microseconds / 1e6
    if seconds < 0.9995:
        return f"{microseconds / 1e3:.0f} ms"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes} m {rest:02d} s" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} m"
    )


def attempts(call: "Call") -> str:
    """How often it was tried: `3, after rate_limit ×2; 1.2 s of waiting`; empty for once."""
    if call.attempts <= 1 and not call.failures:
        return ""
    after = f", after {each_once(call.failures)}" if call.failures else ""
    waited = "" if call.retry_wait_us is None else f"; {duration(call.retry_wait_us)} of waiting"
    return f"{call.attempts}{after}{waited}"


def each_once(names: Sequence[str]) -> str:
    """Names in their order, with how often each is there: `search ×2, weather`."""
    often = Counter(names)
    return ", ".join(name if times == 1 else f"{name} ×{times}" for name, times in often.items())


def clock(at_us: int, zone: ZoneInfo) -> str:
    """A moment on the user's clock: 2026-11-22 09:30:05."""
    return to_moment(at_us, zone).strftime("%Y-%m-%d %H:%M:%S")


def short_clock(at_us: int, zone: ZoneInfo, now: datetime) -> str:
    """The time today, with the date in front on other days, the date alone in other years."""
    moment, today = to_moment(at_us, zone), now.astimezone(zone).date()
    if moment.date() == today:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%d %b %H:%M" if moment.year == today.year else "%d %b %Y")


def ago(microseconds: int) -> str:
    """How long since: just now, 12 s ago, 5 min ago, 3 h ago, 2 days ago."""
    seconds = microseconds // SECOND_US
    if seconds < 1:
        return "just now"
    for unit, most in (("s", 60), ("min", 60), ("h", 24)):
        if seconds < most:
            return f"{seconds} {unit} ago"
        seconds //= most
    return "1 day ago" if seconds == 1 else f"{seconds:,} days ago"


def cost(call: "Call") -> str:
    """A call's cost, `~` before an estimate."""
    text = money(call.cost.pusd)
    return f"~{text}" if call.cost.basis is Basis.ESTIMATED else text


def full_cost(cost: "Cost") -> str:
    """A cost to its last digit; of an estimate no more than is known: `≈ $0.0123`."""
    if cost.basis is not Basis.ESTIMATED:
        return exact_money(cost.pusd)
    return f"≈ {money(cost.pusd)}"


def band(cost: "Cost") -> str:
    """How far off an estimate may be: `$0.0110 to $0.0140 in 8 of 10 such calls`."""
    if cost.low_pusd is None or cost.high_pusd is None:
        return ""
    return f"{money(cost.low_pusd)} to {money(cost.high_pusd)} in 8 of 10 such calls"


def lessons(cost: "Cost") -> str:
    """What an estimate was learned from."""
    if cost.band is None:
        return ""
    if not cost.band.learned_calls:
        return "by default ratios: no stream of this model was measured to its end yet"
    return f"learned from {calls(cost.band.learned_calls)} of this model"


def spend(totals: Totals) -> str:
    """A sum: `+` where unpriced calls come on top, `unpriced` where no cost is known."""
    if totals.has_no_known_cost:
        return UNPRICED
    return at_least(totals.spend_pusd, totals.unpriced_calls)


def basis(totals: Totals, *, has_calls: bool = False) -> str:
    """What a sum rests on: `$12.30 measured · $0.40 estimated · 3 calls unpriced`.

    With `has_calls` every amount says of how many calls it is. What is not there is not named.
    """
    return " · ".join(text for _, text in basis_parts(totals, has_calls=has_calls))


def basis_parts(totals: Totals, *, has_calls: bool = False) -> list[tuple[str, str]]:
    """The same, part by part, each behind its name: `measured`, `$12.30 measured`."""
    if totals.has_no_known_cost:
        unpriced = f"{count(totals.unpriced_calls)} of {calls(totals.calls)}"
        return [(UNPRICED, f"no cost is known: {unpriced} unpriced")]
    amounts = (
        ("measured", totals.measured_pusd, totals.measured_calls),
        ("derived", totals.derived_pusd, totals.derived_calls),
        ("estimated", totals.estimated_pusd, totals.estimated_calls),
    )
    there = [(name, pusd, number) for name, pusd, number in amounts if number]
    if not totals.unpriced_calls and [name for name, _, _ in there] in (["measured"], []):
        return [("measured", "all measured")]
    parts = []
    for name, pusd, number in there:
        of_calls = f" ({calls(number)})" if has_calls else ""
        parts.append((name, f"{money(pusd)} {name}{of_calls}"))
    if totals.unpriced_calls:
        parts.append((UNPRICED, f"{calls(totals.unpriced_calls)} unpriced"))
    return parts


def calls(number: int) -> str:
    """So many calls: `1 call`, `1,234 calls`."""
    return "1 call" if number == 1 else f"{count(number)} calls"


def share(totals: Totals, of_pusd: int) -> float | None:
    """Its share of a spend; `None` where nothing was spent or no cost is known."""
    return totals.spend_pusd / of_pusd if of_pusd and not totals.has_no_known_cost else None


def at_least(pusd: int, unpriced_calls: int) -> str:
    """A sum of costs, `+` behind it where the cost of further calls is unknown."""
    return f"{money(pusd)}+" if unpriced_calls else money(pusd)
