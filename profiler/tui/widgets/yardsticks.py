"""What models are compared by: each measure once, for the table, for sorting and side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text

from profiler import display
from profiler.analysis.results.compared import Compared
from profiler.analysis.spread import REFUSED, TRUNCATED
from profiler.domain.money import usd
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import Column

Better = Literal["less", "more", ""]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """One measure of what is compared."""

    title: str
    """Over its column."""
    name: str
    """In words, where there is room."""
    value: Callable[[Compared], float | None]
    """`None` where it is not known."""
    show: Callable[[Compared], str]
    better: Better
    """Which way is better; empty where neither is."""
    width: int
    rank: int
    """As `Column.rank`."""
    is_quiet: bool = False
    """Whether it is beside the point, most of the time."""
    query: Callable[[Compared], str] = lambda _row: ""
    """The calls of a row that the figure is about, as a filter; empty is all of them."""

    @property
    def column(self) -> Column:
        """Its column in the table, with room for the mark of what is sorted by."""
        return Column(self.title, max(self.width, len(self.title) + 2), "right", rank=self.rank)

    def cell(self, row: Compared, ink: Palette) -> Text:
        """What stands in the table."""
        text = self.show(row)
        if self.title == "Errors" and row.totals.errors:
            return Text(text, style=ink.high)
        if text == display.UNPRICED:
            return Text(text, style=ink.watch)
        is_dim = self.is_quiet or text == display.UNKNOWN
        return Text(text, style=ink.muted if is_dim else ink.ink)

    def best(self, rows: Sequence[Compared]) -> frozenset[int]:
        """The places of the best of `rows`; none where all are alike or fewer than two known."""
        values = [self.value(row) for row in rows]
        known = {place: value for place, value in enumerate(values) if value is not None}
        if not self.better or len(known) < 2 or len(set(known.values())) == 1:
            return frozenset()
        wanted = min(known.values()) if self.better == "less" else max(known.values())
        return frozenset(place for place, value in known.items() if value == wanted)


def _spend(row: Compared) -> float | None:
    return None if row.totals.has_no_known_cost else row.totals.spend_pusd


def _mean(row: Compared) -> int | None:
    return None if row.totals.has_no_known_cost else row.totals.mean_pusd


def _money(value: float | None) -> str:
    return display.UNKNOWN if value is None else display.money(round(value))


def _rate(value: float | None) -> str:
    return display.UNKNOWN if value is None else f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _of_cost(share: Literal["p50", "p95", "p99"], rank: int) -> Yardstick:
    def value(row: Compared) -> float | None:
        known: float | None = getattr(row.spread.cost, share)
        return None if row.totals.has_no_known_cost else known

    def query(row: Compared) -> str:
        known = value(row)
        return "" if known is None else f"cost>={usd(round(known)).normalize():f}"

    name = "median cost of a call" if share == "p50" else f"{share} of a call's cost"
    return Yardstick(
        f"Cost {share}", name, value, lambda row: _money(value(row)), "less", 9, rank, query=query
    )


def _of_time(
    kind: Literal["latency", "first_chunk"], share: Literal["p50", "p95", "p99"], rank: int
) -> Yardstick:
    def value(row: Compared) -> float | None:
        known: float | None = getattr(getattr(row.spread, kind), share)
        return known

    def query(row: Compared) -> str:
        known = value(row)
        if known is None:
            return ""
        seconds = f"{known / 1e6:.6f}".rstrip("0").rstrip(".")
        return f"{'first' if is_first else 'latency'}>={seconds}s"

    is_first = kind == "first_chunk"
    return Yardstick(
        f"{'First token' if is_first else 'Took'} {share}",
        f"{'first token' if is_first else 'took'} {share}",
        value,
        lambda row: display.duration(value(row)),
        "less",
        7 if is_first else 6,
        rank,
        is_quiet=share != "p95",
        query=query,
    )


YARDSTICKS = (
    Yardstick("Spend", "spend", _spend, lambda row: display.spend(row.totals), "", 10, 0),
    Yardstick(
        "Calls", "calls", lambda row: row.totals.calls,
        lambda row: display.count(row.totals.calls), "", 7, 2,
    ),
    Yardstick(
        "Tokens", "tokens", lambda row: row.totals.tokens,
        lambda row: display.short_count(row.totals.tokens), "", 6, 8, is_quiet=True,
    ),
    Yardstick(
        "Per call", "mean cost of a call", _mean, lambda row: _money(_mean(row)), "less", 9, 1,
    ),
    _of_cost("p50", 12),
    _of_cost("p95", 7),
    _of_time("latency", "p50", 6),
    _of_time("latency", "p95", 3),
    _of_time("latency", "p99", 14),
    _of_time("first_chunk", "p50", 13),
    _of_time("first_chunk", "p95", 11),
    _of_time("first_chunk", "p99", 17),
    Yardstick(
        "Tok/s", "output tokens a second", lambda row: row.tokens_per_s,
        lambda row: _rate(row.tokens_per_s), "more", 5, 9,
    ),
    Yardstick(
        "Errors", "error rate", lambda row: row.error_rate,
        lambda row: display.percent(row.error_rate), "less", 6, 5, is_quiet=True,
        query=lambda _row: "status:error",
    ),
    Yardstick(
        "Cached", "input read from cache", lambda row: row.totals.hit_rate,
        lambda row: display.percent(row.totals.hit_rate), "more", 6, 4, is_quiet=True,
    ),
    Yardstick(
        "Cut off", "answers cut off by a limit", lambda row: row.spread.truncated,
        lambda row: display.percent(row.spread.truncated), "less", 7, 10, is_quiet=True,
        query=lambda _row: f"finish:{','.join(sorted(TRUNCATED))}",
    ),
    Yardstick(
        "Refused", "answers refused", lambda row: row.spread.refused,
        lambda row: display.percent(row.spread.refused), "less", 7, 15, is_quiet=True,
        query=lambda _row: f"error:{REFUSED}",
    ),
)  # fmt: skip

BY_TITLE = {one.title: one for one in YARDSTICKS}


def in_order(rows: Sequence[Compared], title: str, *, is_reversed: bool = False) -> list[Compared]:
    """`rows` by the measure of that title, the most first; by name where it is no measure's.

    What is not known stands last either way.
    """
    if title not in BY_TITLE:
        return sorted(rows, key=lambda row: row.name.lower(), reverse=is_reversed)
    value = BY_TITLE[title].value
    sign = 1 if is_reversed else -1

    def place(row: Compared) -> tuple[bool, float]:
        known = value(row)
        return known is None, 0 if known is None else sign * known

    return sorted(rows, key=place)
