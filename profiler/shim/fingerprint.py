"""A prompt -> keyed hashes of it: repeats and broken cache prefixes are found without its text.

Only values that are exactly Python's own plain types (and the fields of pydantic's models) are
read; nothing of the host's is ever iterated or called. A prompt that holds anything else has no
fingerprint: two files that cannot be told apart must not pass for a repeated prompt.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Hash = Any
    """A keyed hash under way; `hashlib` is imported with the first prompt."""

MAX_CHARS = 1024 * 1024
"""Of texts beyond this, in all, only lengths and last characters are hashed."""
MAX_VALUES = 20_000
"""Of lists beyond this, in all, only lengths and last values: one may hold a million numbers.
What is deeper than lists and twice as large has no fingerprint."""
MAX_PREFIXES = 16

_BREAKPOINTS = 4
_KEPT_FIRST = 6
_KEPT_OF_END = 64
_MAX_DEPTH = 48
_DIGEST_BYTES = 16

_BEFORE_MESSAGES = (
    ("tools", "functions"),
    (
        "system",
        "instructions",
        "systemInstruction",
        "system_instruction",
        "previous_response_id",
        "conversation",
        "cachedContent",
        "cached_content",
    ),
)
"""Providers put tools first, then the system prompt; what was told earlier is named by its id."""

_BEFORE = frozenset(name for names in _BEFORE_MESSAGES for name in names)

MESSAGES = (
    "prompt",
    "chat_history",
    "messages",
    "message",
    "input",
    "contents",
    "content",
    "inputs",
    "texts",
    "query",
    "documents",
    "requests",
    "instances",
)
"""Fields of a body that hold what is said, whatever the service, in the order they are read."""

_BREAKPOINT = "cache_control"
"""Marks where a cached prefix ends; it moves from call to call and is no part of the prompt."""

_NOTHING = frozenset({"NotGiven", "Omit", "ellipsis"})
_CLOSING = frozenset("]}")


class Opaque(Exception):  # said of a value
    """It cannot be read without touching what is the host's."""


class Fingerprint:
    """The hashes of one prompt."""

    __slots__ = ("prefixes", "whole")

    def __init__(self, whole: str, prefixes: list[str]) -> None:
        self.whole = whole
        self.prefixes = prefixes
        """After the tools, the system prompt and each message; the first and the last of many."""

    def fields(self) -> dict[str, str]:
        """The same as a line has it: hex digits need no escaping."""
        told = {"fingerprint": f'"fingerprint":"{self.whole}"'}
        if self.prefixes:
            told["prefixes"] = '"prefixes":["' + '","'.join(self.prefixes) + '"]'
        return told


class Fingerprints:
    """Makes the fingerprints of one install's prompts."""

    __slots__ = ("_begin",)

    def __init__(self, key: bytes) -> None:
        from hashlib import blake2b

        # a copy of a hash that has its key is cheaper than another one
        self._begin: Callable[[], Hash] = blake2b(key=key, digest_size=_DIGEST_BYTES).copy

    def of(self, fields: Mapping[str, Any], *, has_prefixes: bool = True) -> Fingerprint | None:
        """The fingerprint of the prompt in a request's body.

        `None` where there is no prompt, or one that cannot be read without the host noticing.
        """
        prompt = _Prompt(self._begin)
        try:
            is_any = prompt.read(fields)
        except (Opaque, RecursionError, ValueError):
            # a loop, or a number too long to be written
            return None
        if not is_any:
            return None
        prefixes = prompt.prefixes() if has_prefixes else []
        # the last block ends where the prompt does
        return Fingerprint(prefixes[-1] if prefixes else prompt.whole(), prefixes)


class _Prompt:
    """One prompt being hashed."""

    __slots__ = ("_begin", "_chars_left", "_ends", "_hash", "_pieces", "_values_left")

    def __init__(self, begin: Callable[[], Hash]) -> None:
        self._begin = begin
        self._hash = begin()
        self._pieces: list[str] = []
        self._chars_left = MAX_CHARS
        self._values_left = MAX_VALUES
        self._ends: list[tuple[Hash, bool]] = []
        """The hash at the end of each block, and whether the program put a breakpoint there."""

    def read(self, fields: Mapping[str, Any]) -> bool:
        """Hashes a body's prompt in the order it is cached in; whether there was any."""
        for names in () if _BEFORE.isdisjoint(fields) else _BEFORE_MESSAGES:
            held = [name for name in names if name in fields and _is_given(fields[name])]
            for name in held:
                self._pieces.append(name)
                self._walk(fields[name], _MAX_DEPTH)
            if held:
                self._end_block()
        for name in MESSAGES:
            if name in fields and _is_given(fields[name]):
                self._pieces.append(name)
                self._read_messages(fields[name])
        return bool(self._ends)

    def whole(self) -> str:
        """The hash of everything read."""
        digest: str = self._hash.hexdigest()
        return digest

    def prefixes(self) -> list[str]:
        """The hashes of the beginnings kept, shortest first."""
        ends = self._ends
        if len(ends) > MAX_PREFIXES:
            broken = [at for at, (_, is_breakpoint) in enumerate(ends) if is_breakpoint]
            kept = {*range(_KEPT_FIRST), *broken[-_BREAKPOINTS:]}
            last = len(ends)
            while len(kept) < MAX_PREFIXES:
                last -= 1
                kept.add(last)
            ends = [ends[at] for at in sorted(kept)]
        return [end.hexdigest() for end, _ in ends]

    def _read_messages(self, value: Any) -> None:
        kind = type(value)
        if (kind is list or kind is tuple) and value and type(value[0]) not in {str, int}:
            for message in value:
                if type(message) is dict:
                    self._walk_fields(message, _MAX_DEPTH)
                else:
                    self._walk(message, _MAX_DEPTH)
                self._end_block()
        else:
            self._walk(value, _MAX_DEPTH)
            self._end_block()

    def _end_block(self, *, is_breakpoint: bool = False) -> None:
        pieces = self._pieces
        if not is_breakpoint and self._ends and self._ends[-1][1] and _CLOSING.issuperset(pieces):
            # the breakpoint was on the block's last part
            is_breakpoint = self._ends.pop()[1]
        self._hash.update("".join(pieces).encode("utf-8", "surrogatepass"))
        pieces.clear()
        self._ends.append((self._hash.copy(), is_breakpoint))

    def _walk(self, value: Any, depth: int) -> None:
        """Writes `value` so that no two values are written alike, and a list as far as it goes."""
        kind = type(value)
        if kind is str:
            self._write(value)
        elif kind is dict:
            self._walk_fields(value, depth)
        elif kind is list or kind is tuple:
            self._walk_entries(value, depth)
        elif value is None or kind is bool:
            self._pieces.append(f"{value!s:.1}")
        elif kind is int or kind is float:
            self._pieces.append(f"{value!r};")
        else:
            self._walk_rarity(value, depth)

    def _write(self, text: str) -> None:
        length = len(text)
        if length > self._chars_left:
            text = text[: self._chars_left] + text[-_KEPT_OF_END:]
            self._chars_left = 0
        else:
            self._chars_left -= length
        self._pieces += ('"', str(length), ":", text)

    def _walk_fields(self, fields: dict[Any, Any], depth: int) -> None:
        if depth <= 0:
            raise Opaque
        self._values_left -= len(fields)
        if self._values_left < -MAX_VALUES:
            raise Opaque
        pieces, has_breakpoint = self._pieces, False
        pieces.append("{")
        for name, value in fields.items():
            if type(name) is not str:
                raise Opaque
            if name == _BREAKPOINT:
                has_breakpoint = value is not None
            elif type(value) is str and len(value) <= self._chars_left:
                # most are, and this runs at every call
                length = len(value)
                self._chars_left -= length
                pieces.append(f'{len(name)}:{name}"{length}:{value}')
            else:
                pieces.append(f"{len(name)}:{name}")
                self._walk(value, depth - 1)
        pieces.append("}")
        if has_breakpoint:
            self._end_block(is_breakpoint=True)

    def _walk_entries(self, entries: Sequence[Any], depth: int) -> None:
        if depth <= 0:
            raise Opaque
        length, left = len(entries), max(self._values_left, 0)
        self._values_left -= min(length, left)
        self._pieces.append("[")
        if length > left:
            self._pieces.append(f"{length}:")
            entries = [*entries[:left], *entries[-_KEPT_OF_END:]]
        for entry in entries:
            self._walk(entry, depth - 1)
        self._pieces.append("]")

    def _walk_rarity(self, value: Any, depth: int) -> None:
        kind = type(value)
        if kind is bytes:
            read = value[: self._chars_left]
            self._chars_left -= len(read)
            hashed = self._begin()
            hashed.update(read)
            self._pieces.append(f"b{len(value)}:{hashed.hexdigest()}")
        elif isinstance(value, str):
            self._write(str.__str__(value))
        elif isinstance(value, int):
            self._pieces.append(f"{int.__repr__(value)};")
        elif hasattr(kind, "__pydantic_fields__"):
            self._walk(object.__getattribute__(value, "__dict__"), depth - 1)
        elif _is_given(value):
            raise Opaque


def _is_given(value: object) -> bool:
    """Whether a field says anything; each SDK has its own way to write that it does not."""
    return value is not None and type(value).__name__ not in _NOTHING
