"""The filter language: `model:gpt-5* !feature:search cost>0.01 latency>5s status:error since:2d`.

One reading for the filter bar and the command line. Words are joined by "and"; one that begins
with `!` or `-` means all other calls; a bare word looks for a model of that name. Between values
a comma means "or"; a backslash makes it a part of the value. Behind `:=` stand names to the letter.
"""

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal, DecimalException
from zoneinfo import ZoneInfo

from profiler.domain.calls import Basis, Outcome
from profiler.domain.money import EXACT, pusd
from profiler.domain.periods import SECOND_US, Span, moment_us
from profiler.domain.scopes import (
    EVERYTHING,
    EXACTLY,
    Bound,
    Dimension,
    Filter,
    Match,
    Quantity,
    TagMatch,
    WayMatch,
)
from profiler.errors import BadQuery, UsageError


class UnknownKey(BadQuery):
    """What stands before a colon is nothing that calls can be filtered by."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"{key!r} cannot be filtered by; write one of {', '.join(KEYS)}, {', '.join(BOUNDED)}"
        )
        self.key = key


KEYS = (
    *(d.value for d in Dimension),
    "tag", "status", "since", "until", "priced", "basis", "stack", "id",
)  # fmt: skip
"""The words that may stand before a colon, for help and completion."""

BOUNDED = tuple(f"{name}{sign}" for name in ("cost", *Quantity) for sign in "><")
"""How words begin that bound a number."""

BASES = {
    "measured": (Basis.MEASURED, Basis.NOT_BILLED),
    "derived": (Basis.DERIVED,),
    "estimated": (Basis.ESTIMATED,),
    "unpriced": (Basis.NO_RATE, Basis.NO_USAGE),
}
"""What a cost may rest on, in the words that sums are told apart by."""

NO_ID = "0" * 30
"""The id of no call."""

_ID = re.compile("[0-9a-f]{30}")
_ID_MOMENT = 14
"""Digits of the microsecond it began at, which an id begins with."""
_PIECE = re.compile(r"\\[\\,=]|.", re.DOTALL)
_ONCE = ("since:", "until:", "status:", "priced:", "basis:")
_BOUND = re.compile(rf"({'|'.join(('cost', *Quantity))})([<>])(=?)(.*)", re.DOTALL)
_NUMBER = re.compile(r"([0-9]{1,3}(?:[,_][0-9]{3})+|[0-9]{1,30}(?:\.[0-9]{1,12})?)([a-zA-Z]*)")
_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_TIMES = {"ms": SECOND_US // 1000, "s": SECOND_US, "m": 60 * SECOND_US, "h": 3600 * SECOND_US}
_TIMED = {Quantity.LATENCY, Quantity.FIRST}
_MOST = 2**62


def parse_filter(text: str, now_us: int, zone: ZoneInfo, base: Filter = EVERYTHING) -> Filter:
    """The filter that `text` describes, narrowing `base`.

    Raises:
        BadQuery: a word that cannot be read; the message names it and what could stand there.

    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise BadQuery(f"the quotes in {text!r} do not close") from None
    _refuse_repeated(words)
    wanted = base
    for word in words:
        wanted = _narrowed(wanted, word, lambda when: moment_us(when, now_us, zone))
    if wanted.span != base.span and wanted.span.is_empty:
        raise BadQuery("no moment lies in that range: it would end before it begins")
    return wanted


def _refuse_repeated(words: Sequence[str]) -> None:
    """Of two bounds of one kind only one could hold; labels may be given twice, both hold."""
    for start in (*_ONCE, *BOUNDED):
        if sum(word.startswith(start) for word in words) > 1:
            raise BadQuery(f"{start} is given twice; give it once")


def _narrowed(base: Filter, word: str, when: Callable[[str], int]) -> Filter:
    # a dash may begin a model's name, or a part of one
    is_excluded = word.startswith("!") or (word.startswith("-") and ":" in word)
    try:
        if is_excluded:
            return _without(base, word[1:])
        bound = _BOUND.fullmatch(word)
        if bound:
            return _bounded(base, *bound.groups())
        key, colon, value = word.partition(":")
        if colon and key in {"since", "until"}:
            return replace(base, span=_cut(base.span, key, when(value)))
        return _labelled(base, word, is_excluded=False)
    except BadQuery:
        raise
    except UsageError as error:
        raise BadQuery(f"in {word!r}: {error}") from None


def _without(base: Filter, word: str) -> Filter:
    """`base` without the calls that `word` means."""
    if not word:
        raise BadQuery("nothing stands behind the !; write what to leave out: !status:error")
    if _BOUND.fullmatch(word) or word.startswith(("since:", "until:")):
        raise BadQuery(f"{word!r} cannot be left out; write the opposite bound instead")
    return _labelled(base, word, is_excluded=True)


def _cut(span: Span, key: str, at_us: int) -> Span:
    return replace(span, start_us=at_us) if key == "since" else replace(span, end_us=at_us)


def _bounded(base: Filter, name: str, sign: str, also: str, text: str) -> Filter:
    """`base` with a bound; `also` is `=` where the figure itself is meant too."""
    is_above = sign == ">"
    if name == "cost":
        figure = pusd(text) + _step(also, is_above=is_above)
        if is_above:
            return replace(base, cost_above_pusd=figure)
        return replace(base, cost_below_pusd=figure)
    quantity = Quantity(name)
    figure = _figure(quantity, text) + _step(also, is_above=is_above)
    bound = Bound(quantity, above=figure) if is_above else Bound(quantity, below=figure)
    return replace(base, bounds=(*base.bounds, bound))


def _step(also: str, *, is_above: bool) -> int:
    return (-1 if is_above else 1) if also else 0


def _figure(quantity: Quantity, text: str) -> int:
    """So many, or so long in microseconds."""
    units = _TIMES if quantity in _TIMED else _COUNTS
    written = "5s, 300ms or 2m" if quantity in _TIMED else "10000, 10k or 1.5M"
    found = _NUMBER.fullmatch(text.strip())
    size = units.get(found[2].lower()) if found else None
    if found is None or size is None:
        raise BadQuery(f"{quantity} is bounded by {text!r}, which cannot be read; write {written}")
    try:
        figure = int(
            EXACT.to_integral_exact(EXACT.multiply(Decimal(re.sub("[,_]", "", found[1])), size))
        )
    except DecimalException:
        figure = None
    if figure is None or figure > _MOST:
        raise BadQuery(f"{quantity} never comes to {text}; write {written}")
    return figure


def _labelled(base: Filter, word: str, *, is_excluded: bool) -> Filter:
    key, colon, value = word.partition(":")
    if not colon:
        key, value = Dimension.MODEL, _model_in(word)
    if key == "status":
        return _ended(base, value, is_excluded=is_excluded)
    if key == "priced":
        if value not in {"yes", "no"}:
            raise BadQuery(f"priced:{value} is unknown; write priced:yes or priced:no")
        return replace(base, is_priced=(value == "yes") is not is_excluded)
    if key == "tag":
        return replace(base, tags=(*base.tags, _tag(value, is_excluded=is_excluded)))
    if key == "basis":
        return _resting(base, value, is_excluded=is_excluded)
    if key == "id" and not is_excluded:
        return _single(base, value)
    if key == "stack":
        way = WayMatch(value.removeprefix(EXACTLY), is_excluded, value.startswith(EXACTLY))
        return replace(base, ways=(*base.ways, way))
    if key not in set(Dimension):
        raise UnknownKey(key)
    first, *others = alternatives(value.removeprefix(EXACTLY))
    is_exact = value.startswith(EXACTLY)
    match = Match(Dimension(key), first, is_excluded, tuple(others), is_exact)
    return replace(base, matches=(*base.matches, match))


def _model_in(word: str) -> str:
    """The pattern that a word alone stands for."""
    name, equals, text = word.partition("=")
    if equals and name in KEYS:
        raise BadQuery(f"{word!r} is no label; did you mean {name}:{text}?")
    return word if "*" in word else f"*{word}*"


def alternatives(value: str) -> list[str]:
    """The patterns that `value` names, as `one_of` writes them; there is always one."""
    found = [""]
    for piece in _PIECE.findall(value):
        if piece == ",":
            found.append("")
        else:
            found[-1] += piece[-1]
    return found


def _single(base: Filter, value: str) -> Filter:
    ids = tuple(value.lower().split(","))
    if not all(_ID.fullmatch(one) for one in ids):
        raise BadQuery("id: needs whole ids of calls, with commas between them")
    if base.ids:
        ids = tuple(one for one in ids if one in base.ids)
    ids = ids or (NO_ID,)
    # an id begins with its moment: nobody need look before the first or after the last
    moments = [int(one[:_ID_MOMENT], 16) for one in ids]
    first = max(min(moments), base.span.start_us or 0)
    after = max(moments) + 1
    if base.span.end_us is not None:
        after = min(after, base.span.end_us)
    return replace(base, ids=ids, span=Span(first, max(first + 1, after)))


def _resting(base: Filter, value: str, *, is_excluded: bool) -> Filter:
    named = value.split(",")
    for one in named:
        if one not in BASES:
            raise BadQuery(f"basis:{one} is unknown; write one of {', '.join(BASES)}")
    meant = tuple(basis for one in named for basis in BASES[one])
    bases = tuple(one for one in Basis if one not in meant) if is_excluded else meant
    return replace(base, bases=bases)


def _tag(text: str, *, is_excluded: bool) -> TagMatch:
    name, has_value, pattern = text.partition("=")
    if not name:
        raise BadQuery("tag: needs a name; write tag:release=7, or tag:release for any value")
    # a name alone: whatever it says, if it is there at all
    value, is_exact = pattern.removeprefix(EXACTLY), pattern.startswith(EXACTLY)
    return TagMatch(name, value, is_excluded if has_value else not is_excluded, is_exact)


def _ended(base: Filter, value: str, *, is_excluded: bool) -> Filter:
    names = {outcome.name.lower(): outcome for outcome in Outcome}
    named = value.split(",")
    for one in named:
        if one == "refused":
            raise BadQuery(
                "status:refused: what a budget refuses is never sent, so it is no call; "
                "`profiler budget history --audit` lists it, as the budgets screen does"
            )
        if one not in names:
            raise BadQuery(f"status:{one} is unknown; write one of {', '.join(names)}")
    if len(named) == 1 and not is_excluded:
        return replace(base, outcome=names[value])
    left_out = [one for name, one in names.items() if (name in named) is is_excluded]
    return replace(base, excluded=(*base.excluded, *left_out))
