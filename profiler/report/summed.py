"""A stretch of time read from a workspace and laid out as one document, for every face alike."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from profiler.analysis.asked import Asked
from profiler.analysis.summary import summary
from profiler.budgets.past import pasts
from profiler.budgets.savings import Saved, savings_by_rules
from profiler.domain.scopes import Filter
from profiler.errors import LedgerError
from profiler.report.document import Document
from profiler.report.structured import Document as Structure
from profiler.report.summary import document_of_summary, of_summary
from profiler.workspace import Workspace


def summed_up(
    workspace: Workspace, wanted: Filter, zone: ZoneInfo, now_us: int, narrowed_by: str = ""
) -> tuple[Document, Callable[[], Structure]]:
    """The summary of the calls wanted, and the same for programs.

    Raises:
        UsageError: they have no beginning, so nothing lies before them.

    """
    try:
        standings = workspace.standings(now_us)
        windows = pasts(workspace.store, workspace.registry, wanted.span.start_us, now_us)
    except LedgerError:
        # why was said when the log was read; what is spent is told all the same
        standings, windows = (), []
    found = summary(workspace.store, Asked(wanted, zone), now_us, standings)
    saved = saved_by_downgrades(workspace, wanted)
    document = document_of_summary(found, zone, narrowed_by, windows, saved)
    return document, lambda: of_summary(found, windows, saved)


def saved_by_downgrades(workspace: Workspace, wanted: Filter) -> Sequence[Saved]:
    """What budgets' cheaper models saved among those calls."""
    try:
        return savings_by_rules(workspace.registry, workspace.store, workspace.card, wanted)
    except LedgerError:
        # why was said when the log was read
        return ()
