"""Messages that cross screens: what the feed delivers, and what screens ask the app for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.message import Message
from textual.message_pump import MessagePump

from profiler.analysis.results.snapshot import CallDetail, Page, Snapshot
from profiler.domain.budgets import Budget
from profiler.domain.places import Place
from profiler.domain.scopes import Filter
from profiler.tui.view import Question, Trouble

if TYPE_CHECKING:
    # with them come budgets' files and the rates: the first frame must not wait for those
    from profiler.budgets.changes import Change
    from profiler.keeping.inquiries import Inquiry

Towards = Literal["older", "newer"]
Order = Literal["time", "cost"]


@dataclass
class SnapshotTaken(Message):
    """The feed has something new to draw."""

    question: Question
    """What it answers; the user may have moved on since."""
    snapshot: Snapshot
    caught_up: float = 1.0
    """How much of the log's backlog is read, 0 to 1."""


@dataclass
class FeedFailed(Message):
    """The feed cannot go on; it tries again by itself."""

    trouble: Trouble


@dataclass
class Noticed(Message):
    """Something happened while the log was read that the user should know of."""

    words: str


@dataclass
class PageWanted(Message):
    """A list needs a stretch of the history."""

    asker: MessagePump
    """Who is told: it gets a `PageRead` with the same ticket, or a `ReadFailed`."""
    ticket: int
    wanted: Filter
    cursor: Place | None
    """What it begins beyond; `None` begins at an end."""
    limit: int
    towards: Towards
    order: Order = "time"
    goes: bool = False
    """Whether the list begins anew there."""


@dataclass
class PageRead(Message):
    """The stretch asked for."""

    asked: PageWanted
    page: Page


@dataclass
class DetailWanted(Message):
    """Someone wants one call opened; the answer is a `DetailRead` or a `ReadFailed`."""

    asker: MessagePump
    call_id: str


@dataclass
class DetailRead(Message):
    """One call, opened."""

    detail: CallDetail


@dataclass
class ReadFailed(Message):
    """What was asked for could not be read."""

    trouble: Trouble


@dataclass
class Inquired(Message):
    """Someone asks about budgets; the answer is an `Answered` or a `ReadFailed`."""

    asker: MessagePump
    inquiry: "Inquiry[object]"


@dataclass
class Answered(Message):
    """What is so."""

    inquiry: "Inquiry[object]"
    answer: object


@dataclass
class BudgetChanged(Message):
    """The user wants something about a budget changed."""

    change: "Change"
    asker: MessagePump | None = None
    """Who is told, by a `Changed`, once it is."""


@dataclass
class Changed(Message):
    """What was to be changed is."""


@dataclass
class BudgetOpened(Message):
    """Show one budget, on its screen."""

    name: str
    value: str


@dataclass
class Signed(Message):
    """The user wants changes of budgets written down under a name."""

    name: str


@dataclass
class AllowWanted(Message):
    """Ask how much more of a budget to allow."""

    budget: Budget
    value: str


@dataclass
class Done(Message):
    """What the user wanted is done."""

    words: str


@dataclass
class CallsWanted(Message):
    """Show the calls that a filter describes."""

    query: str


@dataclass
class FilterChosen(Message):
    """The user wants every screen narrowed so; an empty filter shows all."""

    query: str
