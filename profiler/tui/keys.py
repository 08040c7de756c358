"""Everything the user can do, in one table: bindings, footer, palette and help come from it."""

from dataclasses import dataclass

from textual.binding import Binding, BindingType

from profiler.tui.names import SCREENS, TITLES

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the user can do."""

    id: str
    keys: str
    """As Textual writes them, with commas between alternatives."""
    action: str
    label: str
    """A word or two, for the footer."""
    help: str
    """A sentence, for the help screen and the palette."""
    screen: str = EVERYWHERE
    """The screen it belongs to; empty means every screen."""
    shows: bool = True
    """Whether the footer has room for it."""
    in_palette: bool = True
    """Whether it makes sense without something highlighted."""
    display: str = ""
    """How the key reads, where Textual's own name is long."""
    is_first: bool = False
    """Whether it is done before the next key is looked at, as what follows is typed text."""


_SHOWN = {
    "overview": "Where the money goes: budgets, spend, newest calls.",
    "models": "The models compared: spend, speed, errors, cache.",
    "cache": "What caching saved, and what its misses cost.",
    "calls": "Every call, newest first; filter and open them.",
    "sites": "Where in the code the money goes, as a flame graph.",
    "sessions": "What each session, workflow or agent cost, and when.",
    "budgets": "Limits and how full they are; add and remove them.",
}

ACTIONS = (
    *(
        Action(
            name, str(number), f"app.show('{name}')", TITLES[name], _SHOWN[name], shows=False
        )
        for number, name in enumerate(SCREENS, 1)
    ),
    Action("range", "r", "app.pick_range", "Range", "Choose the time range."),
    Action("zone", "z", "app.pick_zone", "Time zone", "Choose whose clocks count.", shows=False),
    Action(
        "filter", "slash", "app.filter", "Filter", "Narrow every screen to some calls.",
        display="/", is_first=True,
    ),
    Action(
        "clear_filter", "x", "app.clear_filter", "Clear", "Show every call of the range again.",
    ),
    Action("pause", "p", "app.pause", "Pause", "Hold the screens still, or let them run again."),
    Action(
        "theme", "t", "app.toggle_look", "Theme", "Switch between dark and light.", shows=False
    ),
    Action(
        "bell", "B", "app.toggle_bell", "Bell", "Ring when a budget is breached, or do not.",
        shows=False,
    ),
    Action("export", "e", "app.export", "Export", "Write what is filtered into a file."),
    Action("help", "question_mark", "app.help", "Help", "Keys, signs and filters.", display="?"),
    Action("quit", "q", "app.quit", "Quit", "Leave; your programs keep recording."),
    Action(
        "retry", "ctrl+r", "app.retry", "Retry", "Read the log and the store again.", shows=False
    ),
    Action(
        "by", "b", "next_by", "By", "Tell the spend apart by model, feature, provider, project.",
        "overview", in_palette=False,
    ),
    Action(
        "step", "s", "next_step", "Step", "Draw the trend by hours, days, weeks, months.",
        "overview", in_palette=False,
    ),
    Action(
        "dismiss", "a", "dismiss_alert", "Dismiss", "Put the alert away.", "overview",
        shows=False, in_palette=False,
    ),
    Action(
        "open_model", "enter", "open", "Its calls", "Show the calls of the row.", "models",
        in_palette=False,
    ),
    Action(
        "models_by", "b", "next_by", "By", "Compare providers, features, users, agents… likewise.",
        "models", in_palette=False,
    ),
    Action(
        "sort_models", "s", "sort", "Sort", "Sort by the next column; a click on a title too.",
        "models", in_palette=False,
    ),
    Action(
        "turn_models", "S", "turn", "Turn", "Sort the other way round.", "models", shows=False,
        in_palette=False,
    ),
    Action(
        "mark_model", "space", "mark", "Mark", "Mark the row, to compare two to four.", "models",
        in_palette=False, display="␣",
    ),
    Action(
        "compare", "v", "compare", "Compare", "Put the marked rows side by side.", "models",
        in_palette=False,
    ),
    Action(
        "whatif", "w", "whatif", "What if", "Reprice what is filtered on another model.", "models",
        in_palette=False,
    ),
    Action(
        "leave_whatif", "escape", "leave", "Back", "Leave what-if for the chart.", "models",
        shows=False, in_palette=False,
    ),
    Action(
        "open_cached", "enter", "open", "Its calls", "Show the calls of the row.", "cache",
        in_palette=False,
    ),
    Action(
        "cache_by", "b", "next_by", "By", "Tell caching apart by feature, user, agent… likewise.",
        "cache", in_palette=False,
    ),
    Action(
        "open_call", "enter", "open", "Open", "Open the call.", "calls", in_palette=False
    ),
    Action("mark", "space", "mark", "Mark", "Mark the call, to sum or copy several.", "calls",
        shows=False, in_palette=False),
    Action("sort_calls", "s", "sort", "Sort", "By cost, or by time again; a click on a title too.",
        "calls", in_palette=False),
    Action("go", "g", "go_to", "Go to", "Go to a day or an hour; g again: to the newest.",
        "calls", in_palette=False),
    Action("columns", "c", "columns", "Columns", "Choose the columns.", "calls", in_palette=False),
    Action("filters", "f", "filters", "Filters", "Keep the filter under a name, or use a kept one.",
        "calls", in_palette=False),
    Action("text", "v", "toggle_text", "Text", "Show what was asked and answered, where it was "
        "captured, or fold it again.", "calls", shows=False, in_palette=False),
    Action("copy", "y", "copy", "Copy", "Copy the call's id, or the ids of those marked.",
        "calls", shows=False, in_palette=False),
    Action("copy_row", "Y", "copy_row", "Copy row", "Copy the call as JSON, or those marked.",
        "calls", shows=False, in_palette=False),
    Action(
        "clear", "escape", "clear", "Clear", "Leave the filter, then clear it.", "calls",
        shows=False, in_palette=False,
    ),
    Action(
        "into", "enter", "into", "Zoom in", "Look into the frame; what leads no further shows its "
        "calls.", "sites", in_palette=False,
    ),
    Action(
        "out", "escape,backspace", "back", "Zoom out", "Back out of the frame.", "sites",
        in_palette=False, display="Esc",
    ),
    Action(
        "sites_by", "b", "next_by", "By", "Grow the graph from call stacks, labels or sessions.",
        "sites", in_palette=False,
    ),
    Action(
        "sites_measure", "m", "next_measure", "Measure", "Let widths stand for cost, calls or "
        "tokens.", "sites", in_palette=False,
    ),
    Action(
        "sites_calls", "c", "calls", "Its calls", "Show the calls that the frame made itself.",
        "sites", in_palette=False,
    ),
    Action(
        "sites_compare", "d", "compare", "Diff", "Compare with the range before.", "sites",
        in_palette=False,
    ),
    Action(
        "sites_range", "D", "compare_range", "Diff with", "Compare with any other range.", "sites",
        shows=False, in_palette=False,
    ),
    Action(
        "sites_edit", "o", "edit", "Editor", "Open $EDITOR at the frame's line.", "sites",
        in_palette=False,
    ),
    Action(
        "open_run", "enter", "open", "Open", "Open the session; in it, the call.", "sessions",
        in_palette=False,
    ),
    Action(
        "leave_run", "escape,backspace", "back", "Back", "Back to the list.", "sessions",
        in_palette=False, display="Esc",
    ),
    Action(
        "sessions_by", "b", "next_by", "By", "List the latest or the dearest sessions, workflows, "
        "agents.", "sessions", in_palette=False,
    ),
    Action("add", "a", "add", "Add", "Add a budget by three questions.", "budgets",
           in_palette=False),
    Action("edit", "enter", "edit", "Edit", "Change the budget.", "budgets", in_palette=False),
    Action(
        "allow", "o", "allow", "Allow more", "Allow more of the budget, or ask for it.", "budgets",
        in_palette=False,
    ),
    Action(
        "pane", "b", "next_pane", "Panes", "Standing, history, overrides, audit trail.", "budgets",
        in_palette=False,
    ),
    Action(
        "expand", "space", "expand", "Values", "Show every value that the budget holds for.",
        "budgets", in_palette=False, display="Spc",
    ),
    Action(
        "remove", "d,delete", "remove", "Remove", "Remove the budget.", "budgets",
        in_palette=False, display="d",
    ),
    Action(
        "template", "T", "template", "Templates", "Set budgets for a common case.", "budgets",
        shows=False, in_palette=False,
    ),
    Action(
        "write", "w", "write", "Write", "Add a budget by everything it can say.", "budgets",
        shows=False, in_palette=False,
    ),
    Action(
        "reset", "R", "reset", "Reset", "Start the budget's window afresh.", "budgets",
        shows=False, in_palette=False,
    ),
    Action(
        "approve", "y", "decide('approve')", "Approve", "Grant the highlighted request.",
        "budgets", shows=False, in_palette=False,
    ),
    Action(
        "deny", "n", "decide('deny')", "Deny", "Refuse the highlighted request.", "budgets",
        shows=False, in_palette=False,
    ),
    Action(
        "end", "u", "decide('end')", "End", "End the highlighted override.", "budgets",
        shows=False, in_palette=False,
    ),
)  # fmt: skip

MOVES = (
    ("↑ ↓", "one row"),
    ("PgUp PgDn", "one screenful"),
    ("Home End", "newest and oldest, at once"),
    ("Tab", "to the next part of the screen"),
    ("Ctrl+P", "everything by name"),
)
"""What lists understand beyond the table; for the help screen."""


def bindings(screen: str = EVERYWHERE) -> list[BindingType]:
    """The bindings of one screen, or of the app."""
    return [
        Binding(
            action.keys,
            action.action.removeprefix("app."),
            action.label,
            show=action.shows,
            key_display=action.display or None,
            tooltip=action.help,
            priority=action.is_first,
            id=action.id,
        )
        for action in ACTIONS
        if action.screen == screen
    ]


def key_text(action: Action) -> str:
    """The action's first key as people write it."""
    if action.display:
        return action.display
    key = action.keys.split(",")[0]
    named = {"enter": "Enter", "escape": "Esc", "ctrl+r": "Ctrl+R"}
    return named.get(key, key)
