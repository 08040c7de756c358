"""The history of calls as a list: its columns, and the marks on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from profiler.domain.calls import Call
from profiler.tui.widgets.call_columns import USUAL, Eye, chosen_columns, sign_cell
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.paged_calls import PagedCalls
from profiler.tui.widgets.panel import palette_of

SIGNS = Column("", 2)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marked calls come to."""

    calls: int
    spend_pusd: int
    unpriced_calls: int


class CallList(PagedCalls):
    """Calls in the columns somebody chose; some of them marked."""

    DEFAULT_CSS = """
    CallList { scrollbar-size: 0 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__((), id=id)
        self.marked: dict[str, Call] = {}
        """By id, whether or not they are held now."""
        self.choose(USUAL)

    def choose(self, names: Sequence[str]) -> None:
        """Show the columns of those names."""
        self._chosen = chosen_columns(names)
        self.columns = (SIGNS, *(one.column for one in self._chosen))
        self.refresh()

    def column_name(self, index: int) -> str:
        """What the column at that place is remembered by; empty for the signs."""
        return self._chosen[index - 1].name if index else ""

    def cells(self, row: int) -> Sequence[Cell]:
        """One call's row."""
        call, eye = self._held[row], Eye(*self._eye, palette_of(self))
        sign = sign_cell(call, eye, is_marked=call.id in self.marked)
        return [sign, *(one.draw(call, eye) for one in self._chosen)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`g` is the screen's: it asks where to go."""
        return action != "top" and super().check_action(action, parameters)

    def mark(self) -> None:
        """Mark the highlighted call, or take its mark away; then on to the next."""
        call = self.current
        if call is None:
            return
        if self.marked.pop(call.id, None) is None:
            self.marked[call.id] = call
        self.action_move(1)
        self.refresh()
        self._tell()

    def unmark(self) -> None:
        """Forget every mark."""
        self.marked = {}
        self.refresh()
        self._tell()

    @property
    def marks(self) -> Marks:
        """What the marked calls come to."""
        costs = [call.cost.pusd for call in self.marked.values()]
        known = [pusd for pusd in costs if pusd is not None]
        return Marks(len(costs), sum(known), len(costs) - len(known))
