"""A filter as conditions on rows: patterns become ids of labels before any call is looked at."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, false, func, select, true

from profiler.domain.calls import Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.store import dialect
from profiler.store.tables import (
    DEAR_PUSD,
    UNSET,
    calls,
    is_dear,
    is_failure,
    is_unpriced,
    labels,
)

ON_EVERY_ROLLUP = (Dimension.PROVIDER, Dimension.MODEL)
"""Dimensions that every rolled-up row carries."""

_ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter whose patterns are resolved."""

    wanted: Filter
    ids: Mapping[Dimension, frozenset[int]] = field(default_factory=dict)
    """Per dimension that is narrowed, the labels that match; never every label there is."""

    @property
    def is_nothing(self) -> bool:
        """Whether no call can match."""
        return any(not matching for matching in self.ids.values())

    @property
    def others(self) -> list[Dimension]:
        """What is narrowed besides provider and model."""
        return [dimension for dimension in self.ids if dimension not in ON_EVERY_ROLLUP]

    @property
    def needs_calls(self) -> bool:
        """Whether single calls must be looked at: rolled-up hours cannot tell."""
        wanted = self.wanted
        conditions = (
            wanted.outcome,
            wanted.cost_above_pusd,
            wanted.cost_below_pusd,
            wanted.is_priced,
        )
        return any(condition is not None for condition in conditions) or len(self.others) > 1


def narrow(connection: Connection, wanted: Filter) -> Narrowed:
    """`wanted` with its patterns resolved to labels."""
    ids: dict[Dimension, frozenset[int]] = {}
    for match in wanted.matches:
        if not match.pattern.strip("*") and match.pattern:
            continue
        found = frozenset(_matching(connection, match))
        ids[match.dimension] = ids.get(match.dimension, found) & found
    return Narrowed(wanted, ids)


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


def among(column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Whether `column` is one of `ids`, however many they are."""
    if not ids:
        return false()
    if len(ids) == 1:
        return column == next(iter(ids))
    return dialect.any_of(column, sorted(ids))


def within(column: ColumnElement[int], span: Span) -> list[ColumnElement[bool]]:
    """Whether `column` lies in `span`."""
    conditions = []
    if span.start_us is not None:
        conditions.append(column >= span.start_us)
    if span.end_us is not None:
        conditions.append(column < span.end_us)
    return conditions


def scanning(narrowed: Narrowed, span: Span | None = None) -> ColumnElement[bool]:
    """The condition on single calls; `span` takes the place of the filter's own."""
    return and_(
        true(),
        *within(calls.c.at_us, narrowed.wanted.span if span is None else span),
        *(among(calls.c[f"{one}_id"], ids) for one, ids in narrowed.ids.items()),
        *number_conditions(narrowed.wanted),
    )


def number_conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """What outcome and cost must be; with it what that implies, so that an index applies."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.outcome is not None:
        conditions.append(calls.c.outcome == int(wanted.outcome))
        if wanted.outcome is not Outcome.OK:
            conditions.append(is_failure)
    if wanted.cost_above_pusd is not None:
        conditions.append(calls.c.cost_pusd > wanted.cost_above_pusd)
        if wanted.cost_above_pusd >= DEAR_PUSD:
            conditions.append(is_dear)
    if wanted.cost_below_pusd is not None:
        conditions.append(calls.c.cost_pusd < wanted.cost_below_pusd)
    if wanted.is_priced is not None:
        conditions.append(calls.c.cost_pusd.is_not(None) if wanted.is_priced else is_unpriced)
    return conditions
