"""How something of ours is put in the place of a method, and taken away again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MAX_WRAPPERS = 16
_VARIADIC, _COROUTINE = 0x0C, 0x80
"""Flags of a code object: `*args` or `**kwargs`; a coroutine function."""


class Patch:
    """One method of one owner, a class or a single client, and our stand-in for it."""

    __slots__ = ("is_active", "name", "original", "owner", "stand_in")

    def __init__(self, owner: Any, name: str, original: Callable[..., Any]) -> None:
        self.owner = owner
        self.name = name
        self.original = original
        self.stand_in: Any = None
        self.is_active = True
        """Whether the stand-in records; one that could not be taken away only passes on."""

    def install(self, stand_in: Any) -> None:
        """Puts the stand-in in place."""
        self.stand_in = stand_in
        setattr(self.owner, self.name, stand_in)

    def remove(self) -> None:
        """Puts the original back, unless somebody else has put theirs over ours."""
        self.is_active = False
        if vars(self.owner).get(self.name) is self.stand_in:
            setattr(self.owner, self.name, self.original)


def has_shape(function: Any, names: tuple[str, ...], *, is_async: bool) -> bool:
    """Whether `function` is what we know under its name: the same parameters, the same kind.

    Another tool's wrapper is looked through. Names with a star stand last, and are the
    variadic ones.
    """
    code = getattr(_innermost(function), "__code__", None)
    variadic = [name for name in names if name.startswith("*")]
    if code is None or bool(code.co_flags & _VARIADIC) != bool(variadic):
        return False
    named = len(names) - len(variadic)
    given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return given[:named] == names[:named] and is_coroutine(function) == is_async


def is_coroutine(function: Any) -> bool:
    """Whether calling `function` makes a coroutine."""
    code = getattr(_innermost(function), "__code__", None)
    return code is not None and bool(code.co_flags & _COROUTINE)


def _innermost(function: Any) -> Any:
    for _ in range(_MAX_WRAPPERS):
        function = getattr(function, "__wrapped__", function)
    return function
