"""A filter as conditions on rows: patterns become ids of labels before any call is looked at."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from profiler.domain.calls import Basis
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.store import dialect
from profiler.store.tables import CIRCUMSTANCES, UNSET, circumstances, labels

PER_CALL = (Dimension.USER, Dimension.SESSION)
"""Dimensions that a call has the label of itself."""

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
    circumstances: frozenset[int] | None = None
    """What calls must have been made in; `None` where anything will do."""

    @property
    def is_nothing(self) -> bool:
        """Whether no call can match."""
        is_impossible = self.circumstances is not None and not self.circumstances
        return is_impossible or any(not matching for matching in self.ids.values())

    @property
    def has_bounds(self) -> bool:
        """Whether costs are bounded, so that single calls must be looked at."""
        wanted = self.wanted
        return not (wanted.cost_above_pusd is None and wanted.cost_below_pusd is None)

    @property
    def has_facts(self) -> bool:
        """Whether it is about more than labels."""
        return not (self.wanted.outcome is None and self.wanted.is_priced is None)


def narrow(connection: Connection, wanted: Filter) -> Narrowed:
    """`wanted` with its patterns resolved to labels, and those to circumstances."""
    ids: dict[Dimension, frozenset[int]] = {}
    for match in wanted.matches:
        if not match.pattern.strip("*") and match.pattern:
            continue
        found = frozenset(_matching(connection, match))
        ids[match.dimension] = ids.get(match.dimension, found) & found
    return Narrowed(wanted, ids, _combined(connection, wanted, ids))


def _combined(
    connection: Connection, wanted: Filter, ids: Mapping[Dimension, frozenset[int]]
) -> frozenset[int] | None:
    table = circumstances
    conditions = [
        dialect.any_of(table.c[f"{one}_id"], sorted(matching))
        for one, matching in ids.items()
        if one.value in CIRCUMSTANCES
    ]
    if wanted.outcome is not None:
        conditions.append(table.c.outcome == int(wanted.outcome))
    if wanted.is_priced is not None:
        bases = [int(basis) for basis in Basis if basis.is_priced is wanted.is_priced]
        conditions.append(table.c.basis.in_(bases))
    if not conditions:
        return None
    return frozenset(connection.execute(select(table.c.id).where(*conditions)).scalars())


def _matching(connection: Connection, match: Match) -> list[int]:
    """The labels that match; the pattern is text to compare with, never a part of the query."""
    if not match.pattern:
        return [UNSET]
    query = select(labels.c.id, labels.c.value).where(labels.c.kind == match.dimension.value)
    if match.pattern.isascii():
        # The database folds ASCII alone; it decides nothing, but spares reading every label.
        query = query.where(_folded(func.lower(labels.c.value), match.pattern.lower()))
    fits = _fitting(match.pattern)
    return [row[0] for row in connection.execute(query) if fits.fullmatch(row[1])]


def _folded(value: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    if "*" not in pattern:
        return value == pattern
    escaped = "".join(_ESCAPE + c if c in f"%_{_ESCAPE}" else c for c in pattern)
    return value.like(escaped.replace("*", "%"), escape=_ESCAPE)


def _fitting(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in pattern.split("*"))
    letters = re.ASCII if pattern.isascii() else re.UNICODE
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL | letters)


def among(column: str, ids: Collection[int]) -> Condition:
    """Whether `column` is one of `ids`, however many they are."""
    if len(ids) == 1:
        return Condition(f"{column} = ?", tuple(ids))
    return Condition(*dialect.among(column, sorted(ids)))


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
    if narrowed.circumstances is not None:
        conditions.append(among("circumstance_id", narrowed.circumstances))
    if wanted.cost_above_pusd is not None:
        conditions.append(Condition("cost_pusd > ?", (wanted.cost_above_pusd,)))
    if wanted.cost_below_pusd is not None:
        conditions.append(Condition("cost_pusd < ?", (wanted.cost_below_pusd,)))
    return conditions


def where(conditions: Collection[Condition]) -> Condition:
    """All of `conditions` at once."""
    text = " AND ".join(condition.text for condition in conditions) or "1"
    return Condition(text, tuple(value for condition in conditions for value in condition.values))
