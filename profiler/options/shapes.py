"""What a value in `profiler.toml` may look like.

Every shape finds what does not fit it and knows its JSON schema, and a leaf reads itself from
an environment variable's text: one table of keys serves all three.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

KeyPath = tuple[str | int, ...]
"""Where a value stands: names of keys, and numbers of tables in an array of them."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that is wrong, and what would be right."""

    path: KeyPath
    says: str


class Shape(Protocol):
    """What a value may be."""

    @property
    def wanted(self) -> str:
        """What to write, as the end of a sentence: `true or false`."""

    def misfits(self, value: object, path: KeyPath) -> Iterator[Misfit]:
        """What is wrong with `value`, which stands at `path`."""

    def schema(self) -> dict[str, object]:
        """The JSON schema of what fits."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A shape without parts: a value fits or it does not."""

    wanted: str
    fits: Callable[[object], bool]
    json: Mapping[str, object]
    """Its JSON schema."""
    read: Callable[[str], object] = str
    """An environment variable's text as a value, which need not fit."""

    def misfits(self, value: object, path: KeyPath) -> Iterator[Misfit]:
        if not self.fits(value):
            yield Misfit(path, f"is {shown(value)}; write {self.wanted}")

    def schema(self) -> dict[str, object]:
        return dict(self.json)


def flag() -> Leaf:
    """True or false; `0` in the environment is false."""
    return Leaf(
        "true or false",
        lambda value: isinstance(value, bool),
        {"type": "boolean"},
        lambda text: text not in {"0", "false"},
    )


def whole(least: int, most: int, noun: str = "a whole number") -> Leaf:
    """A whole number between two others, both included."""
    return Leaf(
        f"{noun} from {least} to {most}",
        lambda value: type(value) is int and least <= value <= most,
        {"type": "integer", "minimum": least, "maximum": most},
        lambda text: int(text) if text.isascii() and text.isdecimal() else text,
    )


def text(wanted: str = "some text in quotes", accepts: Callable[[str], bool] = bool) -> Leaf:
    """Text that `accepts` accepts."""
    return Leaf(
        wanted,
        lambda value: isinstance(value, str) and accepts(value),
        {"type": "string", "minLength": 1},
    )


def choice(*words: str) -> Leaf:
    """One of a few words."""
    return Leaf(
        " or ".join(f'"{word}"' for word in words),
        lambda value: value in words,
        {"enum": list(words)},
    )


def either(*leaves: Leaf) -> Leaf:
    """What fits one of several leaves."""

    def read(said: str) -> object:
        fitting = (leaf.read(said) for leaf in leaves if leaf.fits(leaf.read(said)))
        return next(fitting, said)

    return Leaf(
        ", or ".join(leaf.wanted for leaf in leaves),
        lambda value: any(leaf.fits(value) for leaf in leaves),
        {"anyOf": [leaf.schema() for leaf in leaves]},
        read,
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """Any number of values of one shape; of tables, what `[[name]]` makes."""

    shape: Shape

    @property
    def wanted(self) -> str:
        if isinstance(self.shape, Table):
            return "tables in double brackets: [[name]]"
        return f"a list of {self.shape.wanted}"

    def misfits(self, value: object, path: KeyPath) -> Iterator[Misfit]:
        if not isinstance(value, list):
            yield Misfit(path, f"is {shown(value)}; write {self.wanted}")
            return
        for number, one in enumerate(value):
            yield from self.shape.misfits(one, (*path, number))

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": self.shape.schema()}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table."""

    shape: Shape
    says: str
    """What it does, in a sentence."""
    default: object = None
    """What holds where nobody says anything."""
    environment: str = ""
    """The variable that wins over every file."""
    is_users: bool = False
    """Whether it is about everything in the home, and so not a project's to say."""
    is_needed: bool = False
    """Whether its table makes no sense without it."""


@dataclass(frozen=True, slots=True)
class Table:
    """Keys that are known, each with its own shape."""

    keys: Mapping[str, Key] = field(default_factory=dict)

    @property
    def wanted(self) -> str:
        return f"a table of {', '.join(self.keys)}"

    def misfits(self, value: object, path: KeyPath) -> Iterator[Misfit]:
        if not isinstance(value, Mapping):
            yield Misfit(path, f"is {shown(value)}; write {self.wanted}")
            return
        for name, one in value.items():
            key = self.keys.get(name)
            if key is None:
                yield Misfit((*path, name), f"is no key that is known; {self._nearest(name)}")
            else:
                yield from key.shape.misfits(one, (*path, name))
        for name, key in self.keys.items():
            if key.is_needed and name not in value:
                yield Misfit(path, f"lacks {name}; write {key.shape.wanted}")

    def schema(self) -> dict[str, object]:
        properties = {
            name: {"description": key.says, **key.shape.schema(), **_default(key)}
            for name, key in self.keys.items()
        }
        needed = [name for name, key in self.keys.items() if key.is_needed]
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            **({"required": needed} if needed else {}),
        }

    def _nearest(self, name: str) -> str:
        from difflib import get_close_matches  # noqa: PLC0415  # only what is wrong needs it

        near = get_close_matches(name.lower(), self.keys, n=1)
        if near:
            return f"did you mean {near[0]}?"
        return f"known here: {', '.join(self.keys)}"


@dataclass(frozen=True, slots=True)
class Named:
    """A table whose keys are names of the user's own, each with a value of one shape."""

    shape: Shape

    @property
    def wanted(self) -> str:
        return f"a table of names, each with {self.shape.wanted}"

    def misfits(self, value: object, path: KeyPath) -> Iterator[Misfit]:
        if not isinstance(value, Mapping):
            yield Misfit(path, f"is {shown(value)}; write {self.wanted}")
            return
        for name, one in value.items():
            yield from self.shape.misfits(one, (*path, name))

    def schema(self) -> dict[str, object]:
        return {"type": "object", "additionalProperties": self.shape.schema()}


def shown(value: object) -> str:
    """`value` as it could stand in the file, cut short where it is long."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            words = f'"{value}"'
        case Mapping():
            return "a table"
        case list():
            words = f"[{', '.join(map(shown, value))}]"
        case _:
            words = str(value)
    return words if len(words) <= 60 else words[:59] + "…"


def _default(key: Key) -> dict[str, object]:
    return {} if key.default is None else {"default": key.default}
