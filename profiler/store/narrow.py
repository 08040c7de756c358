"""A filter as conditions on rows: patterns become ids of labels before any call is looked at."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, literal, select

from profiler.domain.calls import Basis
from profiler.domain.periods import EVER, Span
from profiler.domain.scopes import (
    EVERYTHING,
    WAY,
    Dimension,
    Filter,
    Match,
    Quantity,
    TagMatch,
    WayMatch,
)
from profiler.store import dialect
from profiler.store.dictionary import ids_of, list_of
from profiler.store.layout import CIRCUMSTANCES, UNSET
from profiler.store.tables import circumstances, labels

PER_CALL = (Dimension.USER, Dimension.SESSION)
"""Dimensions that a call has the label of itself."""

STACK = "stack"
_KNOWN = "narrowed"
_MANY = 10_000
_MOST_KNOWN = 4
_ESCAPE = "\\"


class Condition(NamedTuple):
    """A part of a WHERE, in SQL; what comes from outside is in `values`, never in `text`."""

    text: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter whose patterns are resolved."""

    wanted: Filter
    ids: Mapping[Dimension, frozenset[int]] = field(default_factory=dict)
    """Per dimension that is narrowed, the labels that match; never every label there is."""
    without: Mapping[Dimension, frozenset[int]] = field(default_factory=dict)
    """Per dimension, labels that no wanted call has."""
    circumstances: frozenset[int] | None = None
    """What calls must have been made in; `None` where anything will do."""
    unresolved: tuple[Match, ...] = ()
    """Patterns that were left as they are."""
    other_circumstances: frozenset[int] | None = None
    """What no wanted call was made in, where that is the shorter list and both are long."""

    def made_in(self, column: str) -> list["Condition"]:
        """The conditions on what calls were made in, of rows that have that in `column`."""
        if self.other_circumstances is not None:
            return [besides(column, self.other_circumstances)]
        return [] if self.circumstances is None else [among(column, self.circumstances)]

    @property
    def is_nothing(self) -> bool:
        """Whether no call can match."""
        is_impossible = self.circumstances is not None and not self.circumstances
        return is_impossible or any(not matching for matching in self.ids.values())

    @property
    def has_bounds(self) -> bool:
        """Whether it is about what each call has of its own, so that calls must be looked at."""
        wanted = self.wanted
        has_costs = not (wanted.cost_above_pusd is None and wanted.cost_below_pusd is None)
        return has_costs or bool(wanted.bounds or wanted.tags or wanted.ids)

    @property
    def has_facts(self) -> bool:
        """Whether it is about more than labels."""
        wanted = self.wanted
        is_told = wanted.outcome is not None or wanted.is_priced is not None
        return is_told or bool(wanted.excluded or wanted.bases or wanted.ways)

    @property
    def dimensions(self) -> set[Dimension]:
        """What is narrowed."""
        return {*self.ids, *self.without}

    def labelled(self, column: Callable[[Dimension], str]) -> list["Condition"]:
        """The conditions on labels, of rows that have those in `column`."""
        return [
            *(among(column(one), ids) for one, ids in self.ids.items()),
            *(besides(column(one), ids) for one, ids in self.without.items()),
        ]


def narrow(
    connection: Connection,
    wanted: Filter,
    *,
    is_for_few: bool = False,
) -> Narrowed:
    """`wanted` with its patterns resolved to labels, and those to circumstances.

    Where it is for a few calls, patterns of labels that may be a million are compared with each
    call's own. Where there are very many combinations, what was found is kept with the connection
    for as long as there are no more: a screen asks the same of a dozen stretches of time.
    """
    key = replace(wanted, span=EVER), is_for_few
    there: dict[object, tuple[tuple[int, int], Narrowed]] = connection.info.setdefault(_KNOWN, {})
    held = _numbers(connection)
    if key in there and there[key][0] == held:
        return replace(there[key][1], wanted=wanted)
    found = _narrowed(connection, wanted, is_for_few=is_for_few)
    if held[1] > _MANY and key[0] != EVERYTHING:
        if len(there) >= _MOST_KNOWN:
            there.clear()
        found = replace(found, other_circumstances=_but(found.circumstances, held[1]))
        there[key] = held, found
    return found


def _but(circumstances: frozenset[int] | None, last: int) -> frozenset[int] | None:
    """All others up to the last, where they are fewer."""
    if circumstances is None or 2 * len(circumstances) < last:
        return None
    return frozenset(range(1, last + 1)).difference(circumstances)


def _numbers(connection: Connection) -> tuple[int, int]:
    """The last label and the last combination: none is ever changed or removed."""
    text = "SELECT (SELECT MAX(id) FROM labels), (SELECT MAX(id) FROM circumstances)"
    ((label, circumstance),) = dialect.plain_rows(connection, text, ())
    return label or 0, circumstance or 0


def _narrowed(connection: Connection, wanted: Filter, *, is_for_few: bool) -> Narrowed:
    ids: dict[Dimension, frozenset[int]] = {}
    without: dict[Dimension, frozenset[int]] = {}
    unresolved = tuple(one for one in wanted.matches if is_for_few and _may_fit_many(one))
    for match in wanted.matches:
        if match in unresolved:
            continue
        one = match.dimension
        if not match.is_exact and any(one and not one.strip("*") for one in match.patterns):
            if match.is_excluded:
                ids[one] = frozenset()
            continue
        found = _meant(connection, match)
        if match.is_excluded:
            without[one] = without.get(one, frozenset()) | found
        else:
            ids[one] = ids.get(one, found) & found
    for named in wanted.among:
        found = frozenset(ids_of(connection, named.dimension.value, named.labels))
        ids[named.dimension] = ids.get(named.dimension, found) & found
    without = {one: found for one, found in without.items() if found}
    made_in = _combined(connection, wanted, ids, without)
    return Narrowed(wanted, ids, without, made_in, unresolved)


def _may_fit_many(match: Match) -> bool:
    has_any_text = not match.is_exact and any("*" in one for one in match.patterns)
    return has_any_text and match.dimension in PER_CALL


def _meant(connection: Connection, match: Match) -> frozenset[int]:
    """The labels that any of the patterns fits, or that have one of the names."""
    one = match.dimension
    if match.is_exact:
        return frozenset(ids_of(connection, one.value, match.patterns))
    return frozenset(
        label for pattern in match.patterns for label in _matching(connection, one, pattern)
    )


def _combined(
    connection: Connection,
    wanted: Filter,
    ids: Mapping[Dimension, frozenset[int]],
    without: Mapping[Dimension, frozenset[int]],
) -> frozenset[int] | None:
    table = circumstances
    conditions = [
        dialect.any_of(table.c[f"{one}_id"], sorted(matching))
        for one, matching in ids.items()
        if one.value in CIRCUMSTANCES
    ]
    if Dimension.MODEL in ids and Dimension.PROVIDER not in ids:
        # the index leads from each provider to its models, and not to models alone
        billers = select(labels.c.id).where(labels.c.kind == Dimension.PROVIDER.value)
        conditions.append(table.c.provider_id.in_(billers.union_all(select(literal(UNSET)))))
    conditions += [
        ~dialect.any_of(table.c[f"{one}_id"], sorted(matching))
        for one, matching in without.items()
        if one.value in CIRCUMSTANCES
    ]
    if wanted.outcome is not None:
        conditions.append(table.c.outcome == int(wanted.outcome))
    if wanted.excluded:
        conditions.append(table.c.outcome.not_in([int(one) for one in wanted.excluded]))
    if wanted.is_priced is not None:
        bases = [int(basis) for basis in Basis if basis.is_priced is wanted.is_priced]
        conditions.append(table.c.basis.in_(bases))
    if wanted.bases:
        conditions.append(table.c.basis.in_([int(one) for one in wanted.bases]))
    conditions += [_by_way(connection, one) for one in wanted.ways]
    if not conditions:
        return None
    return frozenset(connection.execute(select(table.c.id).where(*conditions)).scalars())


def _by_way(connection: Connection, match: WayMatch) -> ColumnElement[bool]:
    """Whether calls were made that way; where no stack is known, their site is all of it."""
    stack, site = circumstances.c.stack_id, circumstances.c.site_id
    if not match.pattern:
        is_wanted = (stack == UNSET) & (site == UNSET)
        return ~is_wanted if match.is_excluded else is_wanted
    fits = dialect.fitting(match.pattern)
    sites = _meant(connection, Match(Dimension.SITE, match.pattern, is_exact=match.is_exact))
    query = select(labels.c.id, labels.c.value).where(labels.c.kind == STACK)
    stacks = [
        row[0]
        for row in connection.execute(query)
        if any(
            way == match.pattern if match.is_exact else fits.fullmatch(way)
            for way in accumulate(list_of(row[1]), _further)
        )
    ]
    is_wanted = dialect.any_of(stack, sorted(stacks)) | (
        (stack == UNSET) & dialect.any_of(site, sorted(sites))
    )
    return ~is_wanted if match.is_excluded else is_wanted


def _further(way: str, frame: str) -> str:
    return f"{way}{WAY}{frame}"


def _matching(connection: Connection, dimension: Dimension, pattern: str) -> list[int]:
    """The labels that match; the pattern is text to compare with, never a part of the query."""
    if not pattern:
        return [UNSET]
    query = select(labels.c.id, labels.c.value).where(labels.c.kind == dimension.value)
    if pattern.isascii():
        # The database folds ASCII alone; it decides nothing, but spares reading every label.
        query = query.where(_folded(func.lower(labels.c.value), pattern.lower()))
    fits = dialect.fitting(pattern)
    return [row[0] for row in connection.execute(query) if fits.fullmatch(row[1])]


def _folded(value: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    if "*" not in pattern:
        return value == pattern
    escaped = "".join(_ESCAPE + c if c in f"%_{_ESCAPE}" else c for c in pattern)
    is_like = value.like(escaped.replace("*", "%"), escape=_ESCAPE)
    beginning = pattern.partition("*")[0]
    if not beginning:
        return is_like
    # the index leads to what begins so; nobody tells the planner that LIKE is that
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    return is_like & (value >= beginning) & (value < after)


def among(column: str, ids: Collection[int]) -> Condition:
    """Whether `column` is one of `ids`, however many they are."""
    if len(ids) == 1:
        return Condition(f"{column} = ?", tuple(ids))
    return Condition(*dialect.among(column, sorted(ids)))


def besides(column: str, ids: Collection[int]) -> Condition:
    """Whether `column` is none of `ids`, however many they are."""
    text, values = among(column, ids)
    return Condition(f"NOT {text}", values)


def within(column: str, span: Span) -> list[Condition]:
    """Whether `column` lies in `span`."""
    conditions = []
    if span.start_us is not None:
        conditions.append(Condition(f"{column} >= ?", (span.start_us,)))
    if span.end_us is not None:
        conditions.append(Condition(f"{column} < ?", (span.end_us,)))
    return conditions


def of_calls(narrowed: Narrowed) -> list[Condition]:
    """The conditions on single calls, but for when they were made."""
    wanted = narrowed.wanted
    conditions = [among(f"{one}_id", narrowed.ids[one]) for one in PER_CALL if one in narrowed.ids]
    conditions += [
        besides(f"{one}_id", narrowed.without[one]) for one in PER_CALL if one in narrowed.without
    ]
    conditions += narrowed.made_in("circumstance_id")
    if wanted.cost_above_pusd is not None:
        conditions.append(Condition("cost_pusd > ?", (wanted.cost_above_pusd,)))
    if wanted.cost_below_pusd is not None:
        conditions.append(Condition("cost_pusd < ?", (wanted.cost_below_pusd,)))
    for bound in wanted.bounds:
        measured = _MEASURED[bound.quantity]
        if bound.above is not None:
            conditions.append(Condition(f"{measured} > ?", (bound.above,)))
        if bound.below is not None:
            conditions.append(Condition(f"{measured} < ?", (bound.below,)))
    if wanted.ids:
        conditions.append(_named(wanted.ids))
    return [*conditions, *map(_tagged, wanted.tags), *map(_fitting, narrowed.unresolved)]


def _named(ids: Collection[str]) -> Condition:
    """Whether a call is one of those; their keys are what its id is made of."""
    keys = [(int(one[:14], 16), min(int(one[14:], 16), 2**63 - 1)) for one in ids]
    rows = ", ".join(["(?, ?)"] * len(keys))
    return Condition(
        f"(at_us, tail) IN (VALUES {rows})", tuple(part for key in keys for part in key)
    )


_READ = "input + cache_read + cache_write + cache_write_5m + cache_write_1h"
_MEASURED = {
    Quantity.TOKENS: f"({_READ} + output)",
    Quantity.INPUT: f"({_READ})",
    Quantity.OUTPUT: "output",
    Quantity.LATENCY: "latency_us",
    Quantity.FIRST: "first_chunk_us",
    Quantity.ATTEMPTS: "attempts",
}
"""What is not known is NULL, in sums too, and meets no bound."""


def _tagged(tag: TagMatch) -> Condition:
    """Whether a call has the tag; an empty pattern asks whether it has none."""
    has_none = not tag.pattern
    if tag.is_exact and tag.pattern:
        text, values = dialect.tagged(tag.name, tag.pattern, "? = value")
    else:
        text, values = dialect.tagged(tag.name, tag.pattern or "*")
    return Condition(f"NOT {text}" if has_none is not tag.is_excluded else text, values)


def _fitting(match: Match) -> Condition:
    """Whether the label that a call has itself fits."""
    each = [dialect.fitted(f"{match.dimension}_id", one) for one in match.patterns]
    text = f"({' OR '.join(condition for condition, _ in each)})"
    values = tuple(value for _, those in each for value in those)
    return Condition(f"NOT {text}" if match.is_excluded else text, values)


def where(conditions: Collection[Condition]) -> Condition:
    """All of `conditions` at once."""
    text = " AND ".join(condition.text for condition in conditions) or "1"
    return Condition(text, tuple(value for condition in conditions for value in condition.values))
