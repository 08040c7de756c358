"""The keys of `[tui.keys]`: which key does what in the terminal app."""

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import combinations

from profiler.options.actions import ACTIONS, EVERYWHERE, Action
from profiler.options.shapes import Key, KeyPath, Leaf, Misfit, Table

_NAMED = {
    *("enter", "escape", "space", "backspace", "delete", "insert"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab"),
    *(f"f{number}" for number in range(1, 25)),
}
_MODIFIERS = ("ctrl+", "alt+", "shift+")
_MOVING = {
    *("up", "down", "left", "right", "h", "j", "k", "l", "G", "home", "end", "tab", "shift+tab"),
    *("pageup", "pagedown", "ctrl+b", "ctrl+f", "ctrl+u", "ctrl+d"),
}
"""What lists, charts and fields move by; no table says so, as it is the same in all of them."""
_TAKEN = {"ctrl+p": "opens the palette", "ctrl+c": "copies", "ctrl+q": "always leaves"}


def is_key(name: object) -> bool:
    """Whether a terminal may have such a key: `e`, `/`, `ctrl+e`, `f5`, `pageup`."""
    if not isinstance(name, str):
        return False
    *modifiers, last = _parts(name)
    if any(one not in _MODIFIERS for one in modifiers) or len(set(modifiers)) < len(modifiers):
        return False
    return last in _NAMED or (len(sign_of(last)) == 1 and last.isprintable() and last != " ")


def canonical(name: str) -> str:
    """The key as Textual writes it: `/` is `slash`, `shift+e` is `E`."""
    *modifiers, last = _parts(name)
    if modifiers == ["shift+"] and last.isalpha() and len(last) == 1:
        return last.upper()
    if len(last) == 1 and not last.isalnum():
        named = unicodedata.name(last, last).lower().replace("-", "_").replace(" ", "_")
        last = _SHORT.get(named, named)
    return "".join([*sorted(modifiers), last])


_SHORT = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Textual's own names where they are not Unicode's."""
_LONG = {short: named for named, short in _SHORT.items()}


def sign_of(name: str) -> str:
    """`slash` as `/`; keys that are no characters keep their names."""
    if name in _NAMED:
        return name
    try:
        return unicodedata.lookup(_LONG.get(name, name).replace("_", " "))
    except KeyError:
        return name


def _parts(name: str) -> list[str]:
    """`ctrl+shift+e` as `ctrl+`, `shift+` and `e`; a plus at the end is the key itself."""
    parts, rest = [], name
    while "+" in rest[:-1]:
        modifier, _, rest = rest.partition("+")
        parts.append(f"{modifier}+")
    return [*parts, rest]


def keys_in(chosen: object) -> tuple[str, ...]:
    """The keys that a value of the file means, as Textual writes them."""
    names = [chosen] if isinstance(chosen, str) else chosen
    if not isinstance(names, list | tuple):
        return ()
    return tuple(canonical(name) for name in names if is_key(name))


def chosen_keys(said: object) -> dict[str, tuple[str, ...]]:
    """The keys of every action that a file's `[tui.keys]`, which makes sense, names."""
    return {str(n): keys_in(k) for n, k in said.items()} if isinstance(said, Mapping) else {}


def _fits(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(is_key(one) for one in value)
    return is_key(value)


_KEY = Leaf(
    'a key such as "e", "ctrl+e", "f5" or "pageup", or a list of keys',
    _fits,
    {
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
        ]
    },
)


class Keymap(Table):
    """Actions by their names; of two on one screen, no two may have one key."""

    def misfits(self, value: object, path: KeyPath) -> Iterator[Misfit]:
        """What is no action, what is no key, and what is taken."""
        found = [*super().misfits(value, path)]
        yield from found
        if found or not isinstance(value, Mapping):
            return
        chosen = {name: keys_in(keys) for name, keys in value.items()}
        for name, keys in chosen.items():
            for key in keys:
                if key in _MOVING | _TAKEN.keys():
                    does = _TAKEN.get(key, "moves")
                    yield Misfit((*path, name), f'is "{key}", which {does}; choose another key')
        yield from _clashes(chosen, path)


def _clashes(chosen: Mapping[str, tuple[str, ...]], path: KeyPath) -> Iterator[Misfit]:
    """Every pair of actions that would share a key, told where the file says so."""
    for one, other in combinations(ACTIONS, 2):
        if EVERYWHERE not in {one.screen, other.screen} and one.screen != other.screen:
            continue
        told, beside = (one, other) if one.id in chosen else (other, one)
        if told.id not in chosen:
            continue
        for key in _keys_of(told, chosen):
            if key in _keys_of(beside, chosen):
                says = f'is "{key}", which {beside.id} has; choose another key for one of them'
                yield Misfit((*path, told.id), says)


def _keys_of(action: Action, chosen: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return chosen.get(action.id) or tuple(action.keys.split(","))


def _usual(action: Action) -> str | list[str]:
    keys = [sign_of(key) for key in action.keys.split(",")]
    return keys if len(keys) > 1 else keys[0]


def _says(action: Action) -> str:
    return f"{action.screen.capitalize()}: {action.help}" if action.screen else action.help


TUI = Table(
    {
        "keys": Key(
            Keymap({one.id: Key(_KEY, _says(one), default=_usual(one)) for one in ACTIONS}),
            'Which key does what, where the usual one does not suit: range = "ctrl+e".',
        )
    }
)
