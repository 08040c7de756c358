"""Everything the user can do in the terminal app, in one table.

Bindings, footer, palette and help come from it, and `[tui.keys]` may name what stands in it.
"""

from dataclasses import dataclass

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
    """Whether it can be done at once from any screen, with nothing highlighted."""
    display: str = ""
    """How the key reads, where Textual's own name is long."""
    is_first: bool = False
    """Whether it is done before the next key is looked at, as what follows is typed text."""


_SHOWN = {
    "overview": "Where the money goes: budgets, spend, newest calls.",
    "calls": "Every call, newest first; filter and open them.",
    "models": "The models compared: spend, speed, errors, cache.",
    "cache": "What caching saved, and what its misses cost.",
    "sites": "Where in the code the money goes, as a flame graph.",
    "sessions": "What each session, workflow or agent cost, and when.",
    "budgets": "Limits and how full they are; add and remove them.",
}

ACTIONS = (
    *(
        Action(
            name, str(number), f"app.show('{name}')", name.capitalize(), says, shows=False
        )
        for number, (name, says) in enumerate(_SHOWN.items(), 1)
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
    Action(
        "alerts", "A", "app.alerts", "Alerts", "What budgets had to tell, and who has seen it.",
        shows=False,
    ),
    Action("export", "e", "app.export", "Export", "Write what is filtered into a file."),
    Action("help", "question_mark", "app.help", "Help", "Keys, signs and filters.", display="?"),
    Action("quit", "q", "app.quit", "Quit", "Leave; your programs keep recording."),
    Action(
        "widen", "plus,equals_sign", "app.widen", "Wider", "Take the next longer range that holds "
        "calls.", shows=False,
    ),
    Action(
        "demo", "i", "app.demo", "Demo", "Look around with made-up calls, or go back to your own.",
        shows=False,
    ),
    Action(
        "retry", "ctrl+r", "app.retry", "Retry", "Read the log and the store again.", shows=False
    ),
    Action(
        "by", "b", "next_by", "Group", "Tell the spend apart by model, feature, user, provider…",
        "overview",
    ),
    Action(
        "step", "s", "next_step", "Step", "Draw the trend by hours, days, weeks, months.",
        "overview",
    ),
    Action(
        "dismiss", "a", "dismiss_alert", "Seen", "Put the alert away; a budget's is acknowledged.",
        "overview", shows=False, in_palette=False,
    ),
    Action(
        "alert_budget", "v", "view_alert", "Its budget", "Show the budget that the alert is about.",
        "overview", shows=False, in_palette=False,
    ),
    Action(
        "alert_allow", "o", "allow_alert", "Allow more", "Allow more of its budget, or ask.",
        "overview", shows=False, in_palette=False,
    ),
    Action(
        "alert_calls", "c", "alert_calls", "Its calls", "Show the calls behind the alert.",
        "overview", shows=False, in_palette=False,
    ),
    Action(
        "open_model", "enter", "open", "Its calls", "Show the calls of the row.", "models",
        in_palette=False,
    ),
    Action(
        "models_by", "b", "next_by", "Group",
        "Compare providers, features, users, agents… likewise.", "models",
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
        "whatif", "w", "whatif", "What if",
        "Price the same calls on other models, cheapest first; again, on any.", "models",
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
        "cache_by", "b", "next_by", "Group",
        "Tell caching apart by feature, user, agent… likewise.", "cache",
    ),
    Action(
        "open_call", "enter", "open", "Open", "Open the call.", "calls", in_palette=False
    ),
    Action("mark", "space", "mark", "Mark", "Mark the call, to sum or copy several.", "calls",
        shows=False, in_palette=False),
    Action("sort_calls", "s", "sort", "Sort", "By cost, or by time again; a click on a title too.",
        "calls"),
    Action("go", "g", "go_to", "Go to", "Go to a day or an hour; g again: to the newest.",
        "calls"),
    Action("columns", "c", "columns", "Columns", "Choose the columns.", "calls"),
    Action("filters", "f", "filters", "Filters", "Keep the filter under a name, or use a kept one.",
        "calls"),
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
        "sites_by", "b", "next_by", "Group", "Grow the graph from call stacks, labels or sessions.",
        "sites",
    ),
    Action(
        "sites_measure", "m", "next_measure", "Measure", "Let widths stand for cost, calls or "
        "tokens.", "sites",
    ),
    Action(
        "sites_calls", "c", "calls", "Its calls", "Show the calls made through the frame; → in the "
        "table tells apart those it made itself.", "sites", in_palette=False,
    ),
    Action(
        "sites_compare", "d", "compare", "Diff", "Compare with the range before.", "sites",
    ),
    Action(
        "sites_range", "D", "compare_range", "Diff with", "Compare with any other range.", "sites",
        shows=False,
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
        "sessions_by", "b", "next_by", "Group",
        "List the latest or the dearest sessions, workflows, agents.", "sessions",
    ),
    Action(
        "run_calls", "c", "calls", "Its calls", "List the calls of the session.", "sessions",
        shows=False, in_palette=False,
    ),
    Action(
        "close_up", "f", "close_up", "Close up", "Let the bars span what the highlighted row took, "
        "or the whole session again.", "sessions", in_palette=False,
    ),
    Action("more_runs", "n", "turn(1)", "More", "To the next hundred of them.", "sessions"),
    Action(
        "fewer_runs", "N", "turn(-1)", "Before", "To the hundred before.", "sessions",
    ),
    Action("add", "a", "add", "Add", "Add a budget by three questions.", "budgets"),
    Action("edit", "enter", "edit", "Edit", "Change the budget.", "budgets", in_palette=False),
    Action(
        "allow", "o", "allow", "Allow more", "Allow more of the budget, or ask for it.", "budgets",
        in_palette=False,
    ),
    Action(
        "budget_calls", "c", "calls", "Its calls", "Show the calls that the line counts.",
        "budgets", in_palette=False,
    ),
    Action(
        "pane", "b", "next_pane", "Panes", "Standing, history, overrides, audit trail, all that "
        "happened.", "budgets",
    ),
    Action(
        "budget_menu", "m", "menu", "More", "Everything that can be done here, by name.", "budgets",
    ),
    Action(
        "expand", "space", "expand", "Values", "Show every value that the budget holds for.",
        "budgets", in_palette=False, display="Spc",
    ),
    Action(
        "find", "f", "find", "Find", "List what holds some words: a name, a user.", "budgets",
        is_first=True,
    ),
    Action(
        "sort_budgets", "s", "sort", "Sort", "Sort by the next column; a click on a title too.",
        "budgets", shows=False,
    ),
    Action(
        "turn_budgets", "S", "turn", "Turn", "Sort the other way round.", "budgets", shows=False,
    ),
    Action(
        "leave_find", "escape", "leave", "All", "Show every line again.", "budgets", shows=False,
        in_palette=False,
    ),
    Action(
        "check", "C", "check", "Check", "See whether a call would pass, and whether files make "
        "sense.", "budgets", shows=False,
    ),
    Action(
        "days", "D", "days", "Days", "Choose how much of the past to show: 1 to 365 days.",
        "budgets", shows=False,
    ),
    Action(
        "template", "T", "template", "Templates", "Set budgets for a common case.", "budgets",
        shows=False,
    ),
    Action(
        "write", "w", "write", "Write", "Add a budget by everything it can say.", "budgets",
        shows=False,
    ),
    Action(
        "sign", "W", "sign", "Who", "Choose the name that the audit trail gives for changes.",
        "budgets", shows=False,
    ),
    Action(
        "as_file", "F", "as_file", "As a file", "Show the budget as profiler.toml has it.",
        "budgets", shows=False, in_palette=False,
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
    Action(
        "reset", "R", "reset", "Reset", "Start the budget's window afresh.", "budgets",
        shows=False, in_palette=False,
    ),
    Action(
        "remove", "d,delete", "remove", "Remove", "Remove the budget.", "budgets", shows=False,
        in_palette=False, display="d",
    ),
)  # fmt: skip
