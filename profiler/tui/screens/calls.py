"""Calls: every call, with a filter above and the highlighted one beside."""

import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from profiler import display
from profiler.domain.calls import Call
from profiler.domain.periods import moment_us
from profiler.tui.actions import keys
from profiler.tui.asking.saved import SavedFilters
from profiler.tui.messages import FilterChosen
from profiler.tui.screens.call_dialogs import TOP, ColumnsScreen, FiltersScreen, GoToScreen
from profiler.tui.screens.calls_opening import OpeningFace
from profiler.tui.terminal.clipboard import copied
from profiler.tui.widgets.call_list import CallList
from profiler.tui.widgets.grid import Grid

COLUMNS_KEPT = "call columns"
"""What the columns are remembered by."""


class CallsScreen(OpeningFace):
    """The history, and what can be chosen about it."""

    CSS_PATH: ClassVar[str] = "calls.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("calls")

    def on_mount(self) -> None:
        """Show the columns chosen last time."""
        super().on_mount()
        self.query_one(CallList).choose(self._memory.texts(COLUMNS_KEPT))

    def action_filters(self) -> None:
        """Offer the filters that were kept."""
        dialog = FiltersScreen(SavedFilters(self._memory), self.view.question.query)
        self.app.push_screen(dialog, self._use)

    def _use(self, query: str | None) -> None:
        if query is not None:
            self.post_message(FilterChosen(query))

    def action_sort(self) -> None:
        """Sort by cost, or by time again."""
        self._sort(by_cost=not self.query_one(CallList).is_by_cost)

    @on(Grid.HeadingChosen)
    def _sort_clicked(self, message: Grid.HeadingChosen) -> None:
        name = self.query_one(CallList).column_name(message.column)
        if name in {"cost", "time"}:
            self._sort(by_cost=name == "cost")

    def _sort(self, *, by_cost: bool) -> None:
        self.query_one(CallList).sort(by_cost=by_cost)
        self._tell_place()

    def action_mark(self) -> None:
        """Mark the highlighted call, or take its mark away."""
        self.query_one(CallList).mark()

    @property
    def marked_ids(self) -> tuple[str, ...]:
        """Of the calls that are marked."""
        return tuple(self.query_one(CallList).marked)

    def action_go_to(self) -> None:
        """Ask for a moment, and show the calls from then on."""
        read = partial(moment_us, now_us=self._now_us, zone=self.view.zone)
        self.app.push_screen(GoToScreen(read), self._go)

    def _go(self, at_us: int | None) -> None:
        if at_us == TOP:
            self.query_one(CallList).action_first()
        elif at_us is not None:
            self.query_one(CallList).go_to(at_us)

    def action_columns(self) -> None:
        """Ask which columns to show."""
        dialog = ColumnsScreen(self._memory.texts(COLUMNS_KEPT))
        self.app.push_screen(dialog, self._choose_columns)

    def _choose_columns(self, names: list[str] | None) -> None:
        if names is not None:
            self._memory.keep(COLUMNS_KEPT, names)
            self.query_one(CallList).choose(names)

    def action_copy(self) -> None:
        """Copy the ids of the marked calls, else of the highlighted one."""
        self._copy("id", lambda calls: "\n".join(call.id for call in calls))

    def action_copy_row(self) -> None:
        """Copy the same calls as JSON."""
        self._copy("JSON", as_jsonl)

    def _copy(self, what: str, write: Callable[[Sequence[Call]], str]) -> None:
        calls = self.query_one(CallList)
        chosen = list(calls.marked.values()) or ([calls.current] if calls.current else [])
        if chosen:
            self.app.copy_to_clipboard(write(chosen))
            noun = f"{what}s" if what == "id" and len(chosen) > 1 else what
            told = copied(f"the {noun} of {display.calls(len(chosen))}", os.environ)
            self.notify(told, markup=False)


def as_jsonl(calls: Sequence[Call]) -> str:
    """Calls as an export has them, one JSON object per line."""
    # its modules take long to import, and nobody copies at once
    from profiler.report.columns import call_columns  # noqa: PLC0415
    from profiler.report.values import as_object  # noqa: PLC0415

    columns = call_columns()
    return "\n".join(json.dumps(as_object(call, columns)) for call in calls)
