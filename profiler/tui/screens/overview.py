"""Overview: where the money goes now."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.markup import escape
from textual.message import Message
from textual.widget import Widget

from profiler import display
from profiler.analysis.results.snapshot import ModelRow, OverviewPart, Part, Snapshot
from profiler.budgets.outlook import expected_words, reached_when
from profiler.domain.budgets import Level, Standing
from profiler.domain.totals import Totals
from profiler.tui.actions import keys
from profiler.tui.actions.keymap import Keys, keys_of
from profiler.tui.asking.opened import labelled
from profiler.tui.looks.monochrome import has_few_colours
from profiler.tui.looks.theme import Palette
from profiler.tui.memory import Memory
from profiler.tui.messages import CallsWanted
from profiler.tui.names import BYS
from profiler.tui.screens.alarmed import AlarmedFace
from profiler.tui.screens.face import Face
from profiler.tui.widgets import trend
from profiler.tui.widgets.amounts import lined_up
from profiler.tui.widgets.banner import Banner
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.facts import FreshnessLine, MoversLine, TroubleLine
from profiler.tui.widgets.gauge import bar, gauge
from profiler.tui.widgets.header import Header
from profiler.tui.widgets.movers import MoversPanel
from profiler.tui.widgets.recent import RecentPanel
from profiler.tui.widgets.rows import RowsPanel, table
from profiler.tui.widgets.spending import SPEND, SpendingPanel, spend_text
from profiler.tui.widgets.trend import TrendPanel

STEPS = ("", "hour", "day", "week", "month")
"""How the trend is drawn; the first is what suits the range."""


class OverviewScreen(AlarmedFace):
    """Budgets, spend, the dearest models and the newest calls at a glance."""

    NAME = "overview"
    CSS_PATH: ClassVar[str] = "overview.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("overview")
    BYS: ClassVar[tuple[str, ...]] = BYS
    PART: ClassVar[type[Part] | None] = OverviewPart
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (34, "-tall")]  # noqa: RUF012  as Textual declares it

    def __init__(self, memory: Memory | None = None) -> None:
        super().__init__()
        self._memory = memory or Memory()

    def action_next_step(self) -> None:
        """Draw the trend by other steps; the last goes back to what suits the range."""
        at = STEPS.index(self.picked)
        self.picked = STEPS[(at + 1) % len(STEPS)]

    def parts(self) -> Iterable[Widget]:
        """Panels in a grid, and how much of it all is known."""
        yield Banner(self._memory).data_bind(Face.view)
        yield SpendingPanel(SPEND, id="spending").data_bind(Face.view)
        yield TrendPanel(id="trend").data_bind(Face.view)
        yield BudgetsPanel("Budgets", id="budgets").data_bind(Face.view)
        yield RecentPanel("Newest calls", id="recent").data_bind(Face.view)
        with Vertical(id="rankings"):
            yield ModelsPanel("Top models", id="models").data_bind(Face.view)
            yield MoversPanel("Top movers, against the range before", id="movers").data_bind(
                Face.view
            )
        yield MoversLine(id="movers-line").data_bind(Face.view)
        yield TroubleLine(id="trouble").data_bind(Face.view)
        yield FreshnessLine(id="freshness").data_bind(Face.view)


_WITH_HEADING = 3
"""Lines of a gauge that also says where it is heading; one more is air."""


class BudgetsPanel(RowsPanel):
    """A gauge per budget, the fullest first."""

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """Two lines per gauge, with air between them where there is room."""
        if snapshot.ledger_trouble:
            return _out_of_reach(ink, keys_of(self))
        if not snapshot.standings:
            return _no_budgets(ink, keys_of(self))
        fitting = _fitting(snapshot.standings, size.height)
        air = size.height // len(snapshot.standings)
        drawn: list[Text] = []
        for standing, words in fitting:
            drawn.extend(gauge(standing, size.width, ink))
            if words or air >= _WITH_HEADING:
                drawn.append(Text(words, style=ink.muted))
            if air > _WITH_HEADING:
                drawn.append(Text(""))
        return drawn

    def watch_view(self) -> None:
        """Another snapshot may have more than there is room for."""
        self._tell_rest()

    def on_resize(self) -> None:
        """There is room for more now, or for less."""
        self._tell_rest()

    def _tell_rest(self) -> None:
        """Say in the frame how many there is no room for: the lines are the gauges'."""
        snapshot, height = self.view.snapshot, self.content_size.height
        standings = () if snapshot is None or snapshot.ledger_trouble else snapshot.standings
        left_out = len(standings) - len(_fitting(standings, height)) if height else 0
        key = keys_of(self).of_id("budgets")
        more = f"and {display.count(left_out)} more, on screen {key}"
        self.border_subtitle = escape(more) if left_out else None

    def targets(self, snapshot: Snapshot, size: Size) -> list[Message | None]:
        """The budgets' own screen, from any line."""
        return [Header.TabChosen("budgets")] * size.height if snapshot.standings else []


def _fitting(standings: Sequence[Standing], height: int) -> list[tuple[Standing, str]]:
    """Those there is room for, each with where it is heading."""
    found: list[tuple[Standing, str]] = []
    for standing in standings[:height]:
        words = heading(standing)
        height -= _WITH_HEADING if words else _WITH_HEADING - 1
        if height < 0:
            break
        found.append((standing, words))
    return found


def heading(standing: Standing) -> str:
    """Where it is heading: when the limit is reached, or what the window will end with."""
    if standing.level is Level.OVER:
        return ""
    when = reached_when(standing)
    return f"full around {when}" if when else expected_words(standing).partition(" (")[0]


def _out_of_reach(ink: Palette, keys: Keys) -> list[Text]:
    return [
        Text("The ledger of budgets cannot be read.", style=ink.watch),
        Text.assemble(
            (keys.of_id("budgets"), ink.accent), (" says why, and what to do.", ink.muted)
        ),
    ]


def _no_budgets(ink: Palette, keys: Keys) -> list[Text]:
    return [
        Text("No budgets yet.", style=ink.muted),
        Text.assemble(
            (keys.of_id("budgets"), ink.accent),
            (" then ", ink.muted),
            (keys.of_id("add"), ink.accent),
            (" adds one.", ink.muted),
        ),
    ]


SPEND_CELLS = 11
_COLUMNS = (
    Column("Model", 15, grow=1, most=34),
    Column("Calls", 5, "right", rank=2),
    Column("Spend", SPEND_CELLS, "right"),
    Column("Share", 6, "right", rank=1),
    Column("", 8, grow=3, rank=3),
)


class ModelsPanel(RowsPanel):
    """The dearest models, in the colours of the chart."""

    HAS_TITLES = True

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """A line per model."""
        part = snapshot.part
        charted = part.trend if isinstance(part, OverviewPart) else None
        if charted and charted.by != "model":
            charted = None  # a feature that is called like a model has a colour of its own
        colours = trend.colours(charted, ink) if charted else {}
        plain = has_few_colours(self)
        signs = trend.signs(charted, is_plain=plain) if charted else {}
        total = snapshot.totals.spend_pusd
        shown = self._shown(snapshot, size)
        rest = sum((row.totals for row in snapshot.models[len(shown) :]), snapshot.others)
        each = [row.totals for row in shown] + ([rest] if snapshot.other_models else [])
        spent = lined_up([spend_text(totals, ink) for totals in each], SPEND_CELLS)
        rows = [
            _cells(
                row,
                spend,
                (signs.get(row.model, "■"), colours.get(row.model, ink.series[-1])),
                total,
                ink,
            )
            for row, spend in zip(shown, spent, strict=False)
        ]
        if snapshot.other_models:
            number = snapshot.other_models + len(snapshot.models) - len(shown)
            rows.append(_all_others(number, rest, spent[-1], total, ink))
        return table(_COLUMNS, rows, size, ink)

    def targets(self, snapshot: Snapshot, size: Size) -> list[Message | None]:
        """The model's calls."""
        found = self._shown(snapshot, size)
        return [CallsWanted(labelled("model", row.model)) for row in found]

    def _shown(self, snapshot: Snapshot, size: Size) -> Sequence[ModelRow]:
        """As many as there is room for; where there are very many, one line is for the others."""
        return snapshot.models[: max(0, self.room(size) - bool(snapshot.other_models))]


def _all_others(
    number: int, rest: Totals, spend: Text, total_pusd: int, ink: Palette
) -> list[Cell]:
    """What the models that are not shown add up to."""
    share = display.share(rest, total_pusd)
    return [
        Text(f"  {display.count(number)} others", style=ink.muted),
        Text(display.short_count(rest.calls), style=ink.muted),
        spend,
        Text(display.percent(share), style=ink.muted),
        lambda width: bar(share or 0, width, ink.series[-1], ink.track),
    ]


def _cells(
    row: ModelRow, spend: Text, mark: tuple[str, str], total_pusd: int, ink: Palette
) -> list[Cell]:
    sign, colour = mark
    share = display.share(row.totals, total_pusd)

    def name(width: int) -> Text:
        return Text.assemble(
            (f"{sign} ", colour), (display.model_name(row.model, width - 2), ink.ink)
        )

    return [
        name,
        Text(display.short_count(row.totals.calls), style=ink.muted),
        spend,
        Text(display.percent(share), style=ink.muted),
        lambda width: bar(share or 0, width, colour, ink.track),
    ]
