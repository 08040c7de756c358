"""Which screen a name means. All but the first are imported when they are first shown: with
their widgets they would hold up the first frame.
"""

# ruff: noqa: PLC0415 — imports inside functions are what this module is for

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from profiler.tui.asking.ranges import Range
from profiler.tui.screens.face import Face
from profiler.tui.screens.overview import OverviewScreen

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from profiler.domain.alerts import Alert
    from profiler.domain.budgets import Budget
    from profiler.report.forms import Form
    from profiler.tui.memory import Memory
    from profiler.tui.screens.alert_log import AlertLogScreen
    from profiler.tui.screens.budget_allow import AllowForm
    from profiler.tui.screens.export import Export, ExportScreen
    from profiler.tui.screens.filter import FilterScreen
    from profiler.tui.screens.help import HelpScreen
    from profiler.tui.screens.ranges import CustomRangeScreen, RangeScreen
    from profiler.tui.screens.zones import ZoneScreen
    from profiler.tui.widgets.query import Labels


def screen(name: str, labels: "Labels", memory: "Memory") -> Face:
    """The screen of a name in `names.SCREENS`."""
    if name == "models":
        from profiler.tui.screens.models import ModelsScreen

        return ModelsScreen()
    if name == "cache":
        from profiler.tui.screens.cache import CacheScreen

        return CacheScreen()
    if name == "calls":
        from profiler.tui.screens.calls import CallsScreen

        return CallsScreen(labels, memory)
    if name == "sites":
        from profiler.tui.screens.sites import SitesScreen

        return SitesScreen()
    if name == "sessions":
        from profiler.tui.screens.sessions import SessionsScreen

        return SessionsScreen()
    if name == "budgets":
        from profiler.tui.screens.budgets import BudgetsScreen

        return BudgetsScreen()
    return OverviewScreen(memory)


def range_picker(current: Range, ranges: Sequence[Range]) -> "RangeScreen":
    """The range picker."""
    from profiler.tui.screens.ranges import RangeScreen

    return RangeScreen(current, ranges)


def range_dialog(read: Callable[[str, str], Range]) -> "CustomRangeScreen":
    """The dialog for any other stretch of time."""
    from profiler.tui.screens.ranges import CustomRangeScreen

    return CustomRangeScreen(read)


def zone_dialog(current: str, told: str) -> "ZoneScreen":
    """The dialog for another time zone."""
    from profiler.tui.screens.zones import ZoneScreen

    return ZoneScreen(current, told)


def filter_dialog(labels: "Labels", check: Callable[[str], object], text: str) -> "FilterScreen":
    """The filter dialog."""
    from profiler.tui.screens.filter import FilterScreen

    return FilterScreen(labels, check, text)


def help_page() -> "HelpScreen":
    """The help screen."""
    from profiler.tui.screens.help import HelpScreen

    return HelpScreen()


def export_dialog(
    export: "Export", about: str, forms: "Sequence[Form]", form_id: str = ""
) -> "ExportScreen":
    """The export dialog, at the form of that id."""
    from profiler.tui.screens.export import ExportScreen

    return ExportScreen(export, about, forms, form_id)


def alert_log(
    zone: "ZoneInfo", past: "Callable[[Sequence[Alert]], frozenset[int]]"
) -> "AlertLogScreen":
    """The alert log; `past` tells of which alerts nothing is left."""
    from profiler.tui.screens.alert_log import AlertLogScreen

    return AlertLogScreen(zone, past)


def allow_form(budget: "Budget", value: str, zone: "ZoneInfo", now_us: int) -> "AllowForm":
    """The dialog that allows more of a budget."""
    from profiler.tui.screens.budget_allow import AllowForm

    return AllowForm(budget, value, zone, now_us)
