"""What every screen shares: header, footer, and a notice where there is nothing to draw."""

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.reactive import reactive, var
from textual.widget import Widget

from profiler.analysis.results.snapshot import Part, Snapshot
from profiler.tui.screens.unhurried import Unhurried
from profiler.tui.view import EMPTY_VIEW, Question, View
from profiler.tui.widgets.footer import Footer
from profiler.tui.widgets.header import Header
from profiler.tui.widgets.notice import Needs, Notice, is_needed, tells_trouble
from profiler.tui.widgets.plot import Plot
from profiler.tui.widgets.standing_trouble import StandingTrouble


class Face(Unhurried[None]):
    """A screen that draws one `View`: the app sets it, `data_bind` hands it down."""

    NAME: ClassVar[str]
    """Its name in `names.SCREENS`."""
    NEEDS: ClassVar[Needs] = Needs.CALLS_IN_RANGE
    """What must be there before it is drawn."""
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012  as Textual declares it
        (0, "-narrow"),
        (110, "-wide"),
        (160, "-widest"),
    ]

    BYS: ClassVar[tuple[str, ...]] = ()
    """What it can group by, the usual first."""
    PART: ClassVar[type[Part] | None] = None
    """What it draws beyond what all screens share."""

    view = reactive(EMPTY_VIEW)
    by: var[str] = var("", init=False)
    """What it groups by; empty is the usual."""
    picked: var[str] = var("", init=False)
    """What is opened in it."""
    page: var[int] = var(0, init=False)
    """Which page of what it lists, the first being 0."""
    _turned_in: Hashable = None
    """What calls that page lists: those of another range or filter begin at the first."""
    listed: Hashable = None
    """What the lists that are drawn are of: other than before where the user asked for another."""
    _drawn: Snapshot | None = None

    class Resumed(Message):
        """The screen came to the front and wants the newest view."""

        def __init__(self, face: "Face") -> None:
            super().__init__()
            self.face = face

    def parts(self) -> Iterable[Widget]:
        """The screen's own widgets."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The frame around the parts."""
        yield Header(self.NAME).data_bind(Face.view)
        yield StandingTrouble().data_bind(Face.view)
        yield Notice().data_bind(Face.view)
        with Container(id="body"):
            yield from self.parts()
        yield Footer()

    def on_mount(self) -> None:
        """Begin with the notice, not with empty frames."""
        # colours are part of the text that is drawn, so another theme draws it anew
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.watch_view(self.view))
        self.watch_view(self.view)

    @property
    def is_settled(self) -> bool:
        """Whether all that was asked for is drawn; for pictures and tests."""
        if self.PART and not self.has_class("-notice"):
            snapshot = self.view.snapshot
            if snapshot is None or not isinstance(snapshot.part, self.PART):
                return False
        return all(plot.is_ready for plot in self.query(Plot))

    def asking(self, question: Question) -> Question:
        """The same question, about what this screen shows."""
        # another range's list begins at its first page
        page = self.page if question.calls == self.view.question.calls else 0
        return replace(question, screen=self.NAME, by=self.by, picked=self.picked, page=page)

    def on_screen_resume(self) -> None:
        """Ask for the newest view."""
        self.post_message(self.Resumed(self))

    def action_next_by(self) -> None:
        """Group by the next thing it can group by."""
        at = self.BYS.index(self.by) if self.by else 0
        self.by = self.BYS[(at + 1) % len(self.BYS)]

    def action_group_by(self, by: str) -> None:
        """Group by that."""
        self.by = by

    def watch_by(self) -> None:
        """Ask again, grouped otherwise."""
        self.post_message(self.Resumed(self))

    def watch_page(self) -> None:
        """Ask again, for another page."""
        self.post_message(self.Resumed(self))

    def watch_picked(self) -> None:
        """Ask again, with something else opened."""
        self.post_message(self.Resumed(self))

    def watch_view(self, view: View) -> None:
        """Show the parts, or say why there is nothing to draw."""
        if view.snapshot is not self._drawn:
            # not sooner: until a question is answered, what stands there is of the one before
            self._drawn = view.snapshot
            self.listed = view.question.calls, self.by, self.page
        if view.question.calls != self._turned_in:
            self._turned_in, self.page = view.question.calls, 0
        if not self.is_mounted:
            return
        has_notice = is_needed(view, self.NEEDS)
        self.set_class(has_notice, "-notice")
        self.set_class(has_notice and tells_trouble(view), "-trouble")
