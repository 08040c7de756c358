"""The tree of units: what is a part of what, so that no token is billed twice.

Totals contain their parts (cache reads lie within input, audio within both). Each rated unit
bills what no finer rated unit has billed: its leaf.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from profiler.errors import Unpriceable
from profiler.pricing.sheet import Unit

Counts = Mapping[str, int]
"""How much was used, by usage name, totals containing their parts."""


class Term(NamedTuple):
    """One rated unit among those rated with it."""

    key: str
    unit: Unit
    parts: tuple[int, ...]
    """Places of the terms that are parts of this one; they stand before it."""
    finer: frozenset[str]
    """Usages that are parts of this one, rated or not."""
    crossings: tuple[tuple[str, str], ...]
    """Pairs of usages that overlap in this one and nowhere else."""


class UnitTree:
    """The units of a sheet and their order by inclusion."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self._units = units
        self._finer: dict[str, frozenset[str]] = {}
        self._crossings: dict[str, tuple[tuple[str, str], ...]] = {}
        self.reads = self._of_type("cache_read")
        """Units of what came from a cache."""
        self.writes = self._of_type("cache_write")
        """Units of what was written to one."""
        self.rivals = tuple(self._rivals_of_reads())
        """For each kind of cache read: itself, what it is a part of, and the other such parts."""

    def terms(self, keys: Iterable[str]) -> tuple[Term, ...]:
        """The units rated under `keys`, every one behind its parts."""
        rated = sorted(keys, key=lambda key: (-len(self._units[key].dimensions), key))
        return tuple(self._term(key, rated[:place]) for place, key in enumerate(rated))

    def without_reads(self, counts: Counts) -> dict[str, int]:
        """`counts` had no token come from a cache."""
        return {usage: n for usage, n in counts.items() if usage not in self.reads}

    def without_writes(self, counts: Counts) -> dict[str, int]:
        """`counts` had no token been written to a cache."""
        return {usage: n for usage, n in counts.items() if usage not in self.writes}

    def all_read(self, counts: Counts) -> dict[str, int]:
        """`counts` had every token come from a cache that was not written to one."""
        reads = {
            read: max(0, counts.get(whole, 0) - sum(counts.get(rival, 0) for rival in rivals))
            for read, whole, rivals in self.rivals
            if whole in counts
        }
        return {**counts, **reads}

    def _term(self, key: str, earlier: Sequence[str]) -> Term:
        unit = self._units[key]
        parts = tuple(
            place for place, other in enumerate(earlier) if _is_part(self._units[other], unit)
        )
        return Term(key, unit, parts, self._finer_than(unit), self._crossings_in(unit))

    def _finer_than(self, unit: Unit) -> frozenset[str]:
        if unit.usage not in self._finer:
            finer = (other.usage for other in self._units.values() if _is_part(other, unit))
            self._finer[unit.usage] = frozenset(finer)
        return self._finer[unit.usage]

    def _crossings_in(self, unit: Unit) -> tuple[tuple[str, str], ...]:
        if unit.usage not in self._crossings:
            wholes = [other for other in self._units.values() if _is_part(unit, other)]
            self._crossings[unit.usage] = tuple(
                (a.usage, b.usage)
                for a, b in combinations(wholes, 2)
                if {**a.dimensions, **b.dimensions} == unit.dimensions
                and not _is_part(a, b)
                and not _is_part(b, a)
            )
        return self._crossings[unit.usage]

    def _of_type(self, token_type: str) -> frozenset[str]:
        units = self._units.values()
        return frozenset(u.usage for u in units if u.dimensions.get("token_type") == token_type)

    def _rivals_of_reads(self) -> Iterable[tuple[str, str, tuple[str, ...]]]:
        named = {frozenset(u.dimensions.items()): u.usage for u in self._units.values()}
        types = {u.dimensions.get("token_type", "cache_read") for u in self._units.values()}
        read = ("token_type", "cache_read")
        for dimensions, usage in named.items():
            rest = dimensions - {read}
            if rest == dimensions or rest not in named:
                continue
            others = (rest | {("token_type", other)} for other in types - {"cache_read"})
            yield usage, named[rest], tuple(named[o] for o in others if o in named)


def leaves(terms: Sequence[Term], counts: Counts) -> list[int]:
    """How much each term bills.

    Raises:
        Unpriceable: the parts exceed their whole, or a whole is missing that they call for.

    """
    found: list[int] = []
    for term in terms:
        usage = term.unit.usage
        if usage == "requests":
            found.append(1)
            continue
        if usage not in counts:
            _check_absence(term, counts)
        leaf = counts.get(usage, 0)
        for place in term.parts:
            leaf -= found[place]
        if leaf < 0:
            raise Unpriceable(f"the parts of {usage} exceed it")
        found.append(leaf)
    return found


def _check_absence(term: Term, counts: Counts) -> None:
    """A missing count is zero, unless other counts say that it cannot be."""
    if any(counts[usage] > 0 for usage in counts if usage in term.finer) or any(
        counts.get(a, 0) > 0 and counts.get(b, 0) > 0 for a, b in term.crossings
    ):
        raise Unpriceable(f"{term.unit.usage} is missing beside counts that overlap it")


def _is_part(unit: Unit, whole: Unit) -> bool:
    return unit is not whole and whole.dimensions.items() < unit.dimensions.items()
