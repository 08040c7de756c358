"""Which keys do what, as the user chose; light to import, as the first frame waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from profiler.options.actions import ACTIONS, Action
from profiler.options.tui_keys import sign_of

if TYPE_CHECKING:
    from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Keys:
    """Which keys do what."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the actions' ids, where they are not the usual ones."""

    @property
    def keymap(self) -> dict[str, str]:
        """What is chosen, as Textual takes it."""
        return {name: ",".join(keys) for name, keys in self.chosen.items()}

    def of(self, action: Action) -> str:
        """The action's first key as people write it."""
        if action.id in self.chosen:
            return _written(self.chosen[action.id][0])
        return action.display or _written(action.keys.split(",")[0])

    def of_id(self, action_id: str) -> str:
        """The first key of the action of that id."""
        return self.of(_BY_ID[action_id])

    def press(self, action_id: str) -> str:
        """The same as Textual names it."""
        action = _BY_ID[action_id]
        return (self.chosen.get(action_id) or action.keys.split(","))[0]


_BY_ID = {action.id: action for action in ACTIONS}
_WRITTEN = {"enter": "Enter", "escape": "Esc", "space": "Space", "delete": "Del"}


def _written(key: str) -> str:
    *modifiers, last = key.split("+")
    if not modifiers:
        return _WRITTEN.get(last) or _named(last)
    return "+".join([*(one.capitalize() for one in modifiers), _named(last).upper()])


def _named(key: str) -> str:
    sign = sign_of(key)
    return sign if len(sign) == 1 else sign.capitalize()


class Keyed(Protocol):
    """What knows the keys: the app."""

    @property
    def keys(self) -> Keys:
        """Those in force."""
        ...


def keys_of(widget: "Widget") -> Keys:
    """The keys in force where a widget stands, for words that name them."""
    return cast("Keyed", widget.app).keys
