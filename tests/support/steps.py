"""What is seen of every action of the app, for those who walk through all of them."""

from collections.abc import Callable
from dataclasses import dataclass

from profiler.options.actions import EVERYWHERE
from tests.support.sources import GivenSource

ESC, ENTER = "Esc", "Enter"


@dataclass(frozen=True, slots=True)
class Step:
    """One action, and what is seen of it."""

    shows: str | None
    """A pattern that the screen matches afterwards, and not before; it looks otherwise then.
    `None` where given answers are always the same: then what is asked tells."""
    before: str = ""
    """What is done before: actions by their ids, `Esc`, `Enter`."""
    after: str = ESC
    """What leads back."""
    tells: Callable[[GivenSource], object] = id
    """What is another afterwards."""
    keys: str = ""
    """The keys, where the action's own needs others before it."""
    click: str = ""
    """What a mouse clicks, where it is not the footer."""


def asked(source: GivenSource) -> object:
    return source.questions[-1]


def grouped(source: GivenSource) -> object:
    return source.questions[-1].by


def picked(source: GivenSource) -> object:
    return source.questions[-1].picked


def changed(source: GivenSource) -> object:
    return len(source.changes)


STEPS = {
    EVERYWHERE: {
        "overview": Step("Top movers", after="sessions"),
        "calls": Step("Time ▾", after="sessions"),
        "models": Step("Median latency against", after="sessions"),
        "cache": Step("Write premium", after="sessions"),
        "sites": Step("By call stack", after="sessions"),
        "sessions": Step("Sessions, the latest first", "overview", ""),
        "budgets": Step("Allow more", after="sessions"),
        "range": Step("this quarter"),
        "zone": Step("Time zone ─"),
        "filter": Step("Filter every screen"),
        "clear_filter": Step("", after=""),
        "widen": Step("this month", after=""),
        "demo": Step("demo: invented calls", after="demo"),
        "pause": Step("‖ paused", after="pause"),
        "theme": Step("", after="theme"),
        "bell": Step("bell for breached budgets is on", after="bell"),
        "alerts": Step("A all seen"),
        "export": Step("Calls as CSV"),
        "help": Step("Choose the time range"),
        "retry": Step(None, after="", tells=lambda source: len(source.questions)),
    },
    "overview": {
        "by": Step("by feature", after=""),
        "step": Step(None, after="", tells=picked),
        "dismiss": Step("", after=""),
        "alert_budget": Step("Allow more", after="overview"),
        "alert_allow": Step("Allow now"),
        "alert_calls": Step("Time ▾", after="overview"),
    },
    "models": {
        "open_model": Step("Calls · provider:", after="models"),
        "models_by": Step(None, after="", tells=grouped),
        "sort_models": Step("▾ Share|▾ Calls", after=""),
        "turn_models": Step("(cheapest|least) first", after="turn_models"),
        "mark_model": Step("1 marked", after="mark_model"),
        "compare": Step("Side by side"),
        "whatif": Step(None, after="", tells=picked),
        "leave_whatif": Step(None, "", "", tells=picked),
    },
    "cache": {
        "open_cached": Step("Calls · provider:", after="cache"),
        "cache_by": Step(None, after="", tells=grouped),
    },
    "calls": {
        "open_call": Step("Esc close"),
        "mark": Step("1 marked", after="clear"),
        "sort_calls": Step("▾ Cost", after="sort_calls"),
        "go": Step("g newest"),
        "columns": Step("u usual"),
        "filters": Step("No filter is kept yet"),
        "text": Step("", after="text"),
        "copy": Step("Copied the id of 1 call", after=""),
        "copy_row": Step("Copied the JSON of 1 call", after=""),
        "clear": Step("", "mark", ""),
    },
    "sites": {
        "into": Step(
            "By call stack · app", after="out", keys="down enter", click="app.py:12 main  "
        ),
        "out": Step("By call stack ─", "into", ""),
        "sites_by": Step("By feature", after=""),
        "sites_measure": Step("as wide as", after=""),
        "sites_calls": Step("Time ▾|No call was made", after="sites"),
        "sites_compare": Step("against the range before", after="sites_compare"),
        "sites_range": Step("From … until … ─"),
        "sites_edit": Step("EDITOR|no line of code", after=""),
    },
    "sessions": {
        "open_run": Step("run-0 ─", after="leave_run"),
        "leave_run": Step("the latest first", "open_run", ""),
        "sessions_by": Step("the dearest first", after=""),
        "close_up": Step("›", "open_run", "close_up leave_run"),
        "run_calls": Step("Calls · session:", after="sessions"),
        "more_runs": Step(None, after="", tells=asked),
        "fewer_runs": Step(None, after="", tells=asked),
    },
    "budgets": {
        "add": Step("What should be limited"),
        "edit": Step("Enter save"),
        "allow": Step("Allow now"),
        "budget_calls": Step("Time ▾", after="budgets"),
        "pane": Step("", after=""),
        "budget_menu": Step("Enter does it"),
        "expand": Step("grace", after="expand"),
        "find": Step("", after="leave_find"),
        "sort_budgets": Step("▾ (?!Used)", after=""),
        "turn_budgets": Step("", after=""),
        "leave_find": Step("", "find", ""),
        "check": Step("Enter check"),
        "days": Step("Enter"),
        "sign": Step("Enter take it"),
        "template": Step("Enter set them"),
        "write": Step("Enter save"),
        "as_file": Step("y copy"),
        "approve": Step("done as asked", "approve", "", tells=changed),
        "deny": Step(None, after="", tells=changed),
        "end": Step(r"No\. 2 is asked; y grants it", after=""),
        "reset": Step("Esc no"),
        "remove": Step("Esc no"),
    },
}
