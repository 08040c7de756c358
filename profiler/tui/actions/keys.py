"""The table of actions as bindings."""

from textual.binding import Binding, BindingType

from profiler.options.actions import ACTIONS, EVERYWHERE

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
