"""The lines of the budgets' table, and the highlighted budget in words."""

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive

from profiler import display
from profiler.analysis.results.snapshot import Snapshot
from profiler.budgets.define import scope_words
from profiler.budgets.outlook import heading_short, outlook
from profiler.budgets.sentence import consequences, rules_told, whom
from profiler.config import is_zone
from profiler.domain.budgets import Level, Standing
from profiler.tui.actions.keymap import Keys, keys_of
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.gauge import SIGNS, bar, brief_text, gauge
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.panel import Panel, palette_of

NO_LABEL = "(none)"
_READABLE = 74
_READING = "…"
_NAME_CELLS = 11
BUDGET_COLUMNS = (
    Column("Budget", 14, grow=2, most=30),
    Column("Scope", 11, grow=2, rank=4, most=40),
    Column("Period", 7, rank=2),
    Column("", 8, grow=2, rank=1, most=40),
    Column("Used", 7, "right"),
    Column("", 7),
    Column("Spent", 10, "right"),
    Column("Limit", 10, "right"),
    Column("Left", 10, "right", rank=3),
    Column("Forecast", 11, "right", rank=5),
)


class Order(NamedTuple):
    """How the lines are sorted."""

    by: str
    """A column's title."""
    is_reversed: bool = False


ORDERS: dict[str, Callable[[Standing], tuple[int, str, str]] | None] = {
    "Used": None,
    "Spent": lambda one: (-one.spent_pusd, one.budget.name, one.value),
    "Forecast": lambda one: (-(one.forecast.mid or 0) if one.forecast else 1, *_name(one)),
    "Budget": lambda one: (0, one.budget.name.lower(), one.value.lower()),
}
"""What lines can be sorted by; nothing to work out but what the standings hold."""
USUAL_ORDER = Order("Used")


def _name(one: Standing) -> tuple[str, str]:
    return one.budget.name, one.value


class Row(NamedTuple):
    """One line of the table."""

    standing: Standing
    values: int
    """How many values the budget has, where this line stands for all of them or is the first."""
    is_open: bool
    """Whether the budget's other values are shown below it."""
    is_inner: bool = False
    """Whether it is one of those."""

    @property
    def name(self) -> str:
        """The budget's."""
        return self.standing.budget.name

    @property
    def value(self) -> str | None:
        """Whose past to tell: one value's, or everybody's."""
        return self.standing.value or None


def rows_of(
    standings: Sequence[Standing],
    expanded: frozenset[str] = frozenset(),
    find: str = "",
    order: Order = USUAL_ORDER,
) -> list[Row]:
    """The lines of the table, each budget's foremost value standing for all unless they are opened.

    With words to find, the standings that hold them, each alone.
    """
    if find:
        found = matching(standings, find.lower())
        return [Row(one, 0, is_open=False) for one in in_order(found, order)]
    groups: dict[str, list[Standing]] = {}
    for one in in_order(standings, order):
        groups.setdefault(one.budget.name, []).append(one)
    rows: list[Row] = []
    for name, group in groups.items():
        is_open = name in expanded and len(group) > 1
        rows.append(Row(group[0], len(group), is_open))
        if is_open:
            rows += [Row(one, 0, is_open=False, is_inner=True) for one in group]
    return rows


def matching(standings: Sequence[Standing], find: str) -> list[Standing]:
    """Those with these words, in lower case, in their name, value, scope or level."""
    budgets = {one.budget.name: one.budget for one in standings}
    scopes = {name: scope_words(budget).lower() for name, budget in budgets.items()}
    is_level = any(level.value.startswith(find) for level in Level)
    return [
        one
        for one in standings
        if find in one.title.lower()
        or find in scopes[one.budget.name]
        or (is_level and one.level.value.startswith(find))
    ]


def in_order(standings: Sequence[Standing], order: Order) -> Sequence[Standing]:
    """The standings as they are to be listed; as they come, the fullest is first."""
    key = ORDERS[order.by]
    if key is None:
        return standings[::-1] if order.is_reversed else standings
    return sorted(standings, key=key, reverse=order.is_reversed)


def row_cells(row: Row, ink: Palette) -> list[Cell]:
    """One line: what kind it is by a mark, then where it stands."""
    cells = standing_cells(row.standing, ink)
    if row.is_inner:
        cells[0] = Text.assemble(("  ", ink.muted), (display.label(row.value or NO_LABEL), ink.ink))
    elif row.values > 1:
        cells[0] = Text.assemble(
            ("▾ " if row.is_open else "▸ ", ink.muted),
            (display.plain(row.name), ink.ink),
            (f" ×{display.count(row.values)}", ink.muted),
        )
    return cells


def standing_cells(standing: Standing, ink: Palette) -> list[Cell]:
    """One budget's row."""
    budget, colour = standing.budget, ink.level(standing.level)
    limit, left = standing.tightest, standing.left
    return [
        Text(display.plain(standing.title), style=ink.ink),
        Text(display.plain(scope_words(budget)), style=ink.muted),
        Text(budget.period.value, style=ink.muted),
        _bar(standing, colour, ink),
        Text(display.percent(standing.used), style=colour),
        Text(f"{SIGNS[standing.level]} {standing.level.value}", style=colour),
        Text(brief_text(standing), style=ink.ink),
        Text(display.brief(limit.amount, limit.measure), style=ink.muted),
        Text(display.brief(left, limit.measure), style=ink.high if left < 0 else ink.muted),
        _forecast(standing, ink),
    ]


def _bar(standing: Standing, colour: str, ink: Palette) -> Callable[[int], Text]:
    return lambda width: bar(standing.used, width, colour, ink.track)


def _forecast(standing: Standing, ink: Palette) -> Text:
    forecast, limit = standing.forecast, standing.tightest
    is_over = bool(forecast and forecast.mid and forecast.mid > limit.amount)
    # within a year a day is plain without the year, which the column has no room for
    words = heading_short(standing).partition(", ")[0]
    return Text(words, style=ink.high if is_over else ink.muted)


class StandingsGrid(Grid):
    """A line per row, drawn when it is looked at: ten thousand cost no more than ten."""

    DEFAULT_CSS: ClassVar[str] = Grid.DEFAULT_CSS.replace("Grid {", "StandingsGrid {")

    def __init__(self) -> None:
        super().__init__(BUDGET_COLUMNS, id="budgets")
        self.rows: Sequence[Row] = ()

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def current(self) -> Row | None:
        """The highlighted one."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def cells(self, row: int) -> list[Cell]:
        """One line."""
        return row_cells(self.rows[row], palette_of(self))

    def show_rows(self, rows: Sequence[Row], *, keeps: tuple[str, str] | None = None) -> None:
        """Draw other rows, the cursor on the one of that budget and value, or where it was."""
        current = self.current
        wanted = keeps or ((current.name, current.standing.value) if current else None)
        self.rows = rows
        places = [n for n, row in enumerate(rows) if (row.name, row.standing.value) == wanted]
        if places:
            # where a budget is opened, its foremost value stands twice
            is_inner = bool(keeps or (current and current.is_inner))
            self.set_reactive(Grid.cursor, places[-1 if is_inner else 0])
        self.count_changed()


class StandingPanel(Panel):
    """The highlighted budget in words."""

    shown: reactive[Standing | None] = reactive(None, layout=True)
    place: reactive[str] = reactive("", layout=True)
    saved: reactive[tuple[str, ...]] = reactive((), layout=True)
    """What cheaper models saved, a line for each."""

    def show(self, standing: Standing) -> None:
        """Tell of another standing; what was read about another budget is not about it."""
        if self.shown is None or self.shown.budget.name != standing.budget.name:
            self.place, self.saved = _READING, ()
        self.shown = standing

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many rows as there are lines: what they leave is the charts'."""
        return len(self.all_lines(Size(width, 1), palette_of(self)))

    @property
    def is_laid_out(self) -> bool:
        """Whether it has the rows that it needs by now, where it is in front."""
        width, height = self.content_size
        return not width or height == len(self.all_lines(Size(width, 1), palette_of(self)))

    def watch_view(self) -> None:
        """Another snapshot may have more to say."""
        self.refresh(layout=True)

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """A gauge, then what it means."""
        if snapshot.ledger_trouble:
            return _trouble(snapshot.ledger_trouble, ink)
        if not snapshot.standings:
            return _first_budget(ink, keys_of(self))
        standing = self._newest(snapshot)
        return [
            *gauge(standing, size.width, ink, is_titled=False),
            *self._words(standing, size.width, ink),
        ]

    def _newest(self, snapshot: Snapshot) -> Standing:
        """The same budget's standing as it is now; the list may not be drawn anew yet."""
        if self.shown is None:
            return snapshot.standings[0]
        key = self.shown.budget.name, self.shown.value
        found = (one for one in snapshot.standings if (one.budget.name, one.value) == key)
        return next(found, self.shown)

    def _words(self, standing: Standing, width: int, ink: Palette) -> list[Text]:
        # a file's name and the line stand at the end of a long path
        room = max(1, width - _NAME_CELLS)
        place = self.place if len(self.place) <= room else f"…{self.place[1 - room :]}"
        drawn = [
            Text.assemble((f"{name if not number else '':<{_NAME_CELLS}}", ink.muted), part)
            for name, value in [*_facts(standing, self.view.zone), ("defined", place)]
            if value
            for number, part in enumerate(self._wrapped(value, room, ink.ink))
        ]
        if standing.unpriced_calls:
            drawn.append(
                Text("unpriced calls come on top: the true spend is higher", style=ink.watch)
            )
        return [*drawn, *(line for one in self.saved for line in self._wrapped(one, width, ink.ok))]

    def _wrapped(self, words: str, room: int, colour: str) -> list[Text]:
        return list(Text(display.plain(words), style=colour).wrap(self.app.console, room))


def _facts(standing: Standing, zone: ZoneInfo) -> list[tuple[str, str]]:
    budget, left, measure = standing.budget, standing.left, standing.tightest.measure
    window, held = "", standing.held.of(measure)
    if standing.window.start_us is not None and standing.window.end_us is not None:
        its_own = budget.zone != zone.key and is_zone(budget.zone)
        zone = ZoneInfo(budget.zone) if its_own else zone
        start = display.clock(standing.window.start_us, zone)[:16]
        window = f"{start} to {display.clock(standing.window.end_us, zone)[:16]}"
        window += f" in {zone.key}" if its_own else ""
    amount = display.amount(abs(left), measure)
    more = f", {display.amount(held, measure)} of it held for calls in flight" if held else ""
    extra = standing.extra.of(measure)
    return [
        ("counts", whom(budget)),
        ("does", consequences(budget)),
        ("over by" if left < 0 else "left", amount + more),
        ("allowed", f"{display.amount(extra, measure)} more, by override" if extra else ""),
        ("forecast", outlook(standing)),
        ("window", window),
        ("rules", rules_told(budget)),
        ("rests on", display.basis(standing.spent)),
    ]


def _first_budget(ink: Palette, keys: Keys) -> list[Text]:
    rows = (
        ("add", "three questions to a first budget; Enter takes what is proposed"),
        ("template", "budgets for common cases: one person, tiers of users, CI"),
        ("write", "everything a budget can say, in one form"),
    )
    return [
        Text("No budgets yet.", style=f"bold {ink.ink}"),
        Text("A budget limits what calls cost, a day, a week, a month or in total: for", ink.muted),
        Text(
            "everything, or for each user, session, feature, model. It tells or blocks.", ink.muted
        ),
        Text(""),
        *(
            Text.assemble((f"  {keys.of_id(name)}  ", f"bold {ink.accent}"), (words, ink.ink))
            for name, words in rows
        ),
    ]


def _trouble(words: str, ink: Palette) -> list[Text]:
    return [
        Text("✖ Nothing can be said of budgets", style=f"bold {ink.high}"),
        *(Text(line, style=ink.ink) for line in wrap(display.plain(words), _READABLE)),
        Text(""),
        Text(
            "Calls are recorded and shown all the same; budgets that block refuse calls", ink.muted
        ),
        Text("until the ledger can be read again. It is looked at every second.", ink.muted),
    ]
