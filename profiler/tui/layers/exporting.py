"""The app's fourth layer: what is filtered, written into files; and filters that were kept."""

from pathlib import Path

from profiler.display import calls, plain
from profiler.domain.query import parse_filter
from profiler.domain.scopes import Dimension, Filter
from profiler.report.forms import BUDGET_FORMS, FORMS, Form, Order, grouped_by, marked
from profiler.tui import modes
from profiler.tui.asking.saved import SavedFilters
from profiler.tui.feed import Tell
from profiler.tui.layers.alerting import AlertingApp
from profiler.tui.messages import FilterChosen

_BYS = frozenset(dimension.value for dimension in Dimension)


class ExportingApp(AlertingApp):
    """Exports from whatever screen is in front."""

    def action_export(self, form_id: str = "") -> None:
        """Offer to write what is filtered into a file, in the form of that id."""
        if self.screen.is_modal:
            return
        question, within = self.view.question, self.narrowed_further
        wanted = parse_filter(within, self.now_us(), question.zone, question.wanted(self.now_us()))
        words = " ".join(filter(None, (question.query, within)))
        about = f"{question.range.name}: {words or 'every call'}"

        by = question.by if question.by in _BYS else "model"
        forms = grouped_by(FORMS, by)
        if self.current_mode == "budgets":
            forms = (*BUDGET_FORMS, *forms)
        ids = self.marked_calls
        if ids:
            forms = (*marked(FORMS, calls(len(ids))), *forms)

        def export(form: Form, path: Path, may_replace: bool, tell: Tell) -> str:
            if not form.is_narrowed:
                # the first frame waits for no file of budgets
                from profiler.keeping.inquiries import WriteBudgets  # noqa: PLC0415

                asked = WriteBudgets(form.id, path, may_replace)
                return self.feed.source.consult(asked, self.now_us())
            now_us = self.now_us()
            # read as a filter: it says within which moments they lie, too
            by_id = f"id:{','.join(ids)}" if form.about else ""
            meant = parse_filter(by_id, now_us, question.zone, Filter()) if by_id else wanted
            order = Order(meant, form, path, may_replace, words, question.zone, now_us, by)
            return self.feed.source.export(order, tell)

        self.push_screen(modes.export_dialog(export, about, forms, form_id), self._exported)

    @property
    def narrowed_further(self) -> str:
        """What the calls in front are narrowed by, beyond the filter of all screens."""
        return str(getattr(self.screen_stack[0], "within", ""))

    @property
    def marked_calls(self) -> tuple[str, ...]:
        """The ids of the calls that are marked in front."""
        return tuple(getattr(self.screen_stack[0], "marked_ids", ()))

    def _exported(self, words: str | None) -> None:
        if words is not None:
            self.notify(plain(words), title="Exported", markup=False)

    def action_narrow(self, query: str) -> None:
        """Narrow every screen by a filter."""
        self.post_message(FilterChosen(query))

    def action_use_filter(self, name: str) -> None:
        """Narrow every screen by a filter that was kept."""
        query = SavedFilters(self.start.memory).all().get(name)
        if query is not None:
            self.action_narrow(query)
