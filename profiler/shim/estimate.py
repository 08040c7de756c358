"""How much text a call sends: all there is to go by when its answer breaks off.

No text is kept or copied for it, only lengths.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BYTES_A_TOKEN = 4
_MAX_PARTS = 4096
"""Pieces of a conversation looked at; a longer one is estimated by its end."""

_ASKED = ("messages", "input", "instructions", "prompt", "system", "contents")
_TEXTS = ("content", "text", "parts", "arguments", "function", "tool_calls", "output")


def size(text: object) -> int:
    """The length of `text` in UTF-8 bytes; 0 for what is no plain text."""
    if type(text) is not str:
        return 0
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def asked_bytes(body: object) -> int:
    """How much text a call sends to be read; at least 1 where it sends anything.

    Only plain lists and mappings are walked: what else a program sends may be read only once.
    """
    if type(body) is not dict:
        return 0
    waiting: list[Any] = [body[name] for name in _ASKED if name in body]
    total = 0
    for _ in range(_MAX_PARTS):
        if not waiting:
            break
        value = waiting.pop()
        kind = type(value)
        if kind is str:
            total += size(value)
        elif kind is dict:
            waiting += [value[name] for name in _TEXTS if name in value]
        elif kind is list or kind is tuple:
            waiting += value
        elif kind is int:
            # a prompt may be given in tokens
            total += _BYTES_A_TOKEN
    return max(total, 1)
