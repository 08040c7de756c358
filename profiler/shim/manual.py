"""Calls the program tells of itself, where no SDK we know makes them."""

from __future__ import annotations

import os
import time

from profiler.log.encode import fields_of, line_of, new_id
from profiler.shim.context import context
from profiler.shim.guard import quiet
from profiler.shim.instrument import SHIM
from profiler.shim.providers.openai_usage import pusd
from profiler.shim.providers.reading import word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal
    from typing import Any

MAX_COUNT = 10**9
_MAX_UNITS = 64
_MAX_PUSD = 10**16
_MAX_LATENCY_US = 10**12
_MAX_AT_US = 2**53
_US = 1_000_000
_PUSD = 10**12

_UNSAID = {"provider": "unknown", "outcome": "ok"}
_NUMBERS = frozenset({"at", "latency_us", "reported_pusd"})
"""Fields whose zero says something."""
_OUTCOMES = ("ok", "error", "aborted")
_OURS = ("input", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "output")
_ALIASES = {f"{name}_tokens": name for name in (*_OURS, "reasoning")}


def record(
    *,
    provider: str,
    model: str,
    usage: Mapping[str, int] | None,
    operation: str = "chat",
    cost_usd: float | Decimal | None = None,
    started_at: datetime | float | None = None,
    latency_s: float | None = None,
    outcome: str = "ok",
    **labels: Any,
) -> None:
    """Records one call that no SDK we know has made: over plain HTTP, or by a model of one's own.

    ```python
    answer = my_model(prompt)
    usage = {"input": 1_200, "cache_read": 800, "output": 90}
    profiler.record(provider="mistral", model="mistral-large-latest", usage=usage, feature="faq")
    ```

    Args:
        provider: Who bills, by genai-prices' id.
        model: The model's name, as its provider has it.
        usage: Counts that contain none of each other: `input` (neither read from a cache nor
            written to one), `cache_read`, `cache_write`, `cache_write_5m`, `cache_write_1h` and
            `output`; `reasoning`, which is a part of `output`; and what else is billed, by
            genai-prices' names (`web_searches`, `input_audio_tokens`). `None` where unknown.
        operation: What was asked for.
        cost_usd: What the provider said it costs, where it said so.
        started_at: When the call began, as an instant or seconds since the epoch; by default
            as long ago as the call took.
        latency_s: How long it took.
        outcome: `ok`, `error` or `aborted`.
        labels: The same as those of `profiler.context`, whose labels apply as well.

    Nothing is raised. A value that cannot be is left out, and said once on stderr; the call is
    recorded without it. With `PROFILER_DISABLE=1` nothing is recorded.
    """
    if os.environ.get("PROFILER_DISABLE", "") in {"", "0"}:
        told = {
            "provider": provider,
            "model": model,
            "operation": operation,
            "usage": usage,
            "reported_pusd": cost_usd,
            "at": started_at,
            "latency_us": latency_s,
            "outcome": outcome,
        }
        _record(told, labels)


@quiet
def _record(told: dict[str, Any], labels: dict[str, Any]) -> None:
    with context(**labels):
        fields = SHIM.recorder.labels()
        known_labels = SHIM.recorder.known_labels()
    known: dict[str, Any] = {}
    for name, read in _READERS.items():
        if told[name] is not None:
            known[name] = _checked(name, read, told[name])
    latency_us = known.get("latency_us")
    if known.get("at") is None:
        known["at"] = time.time_ns() // 1000 - (latency_us or 0)
    known = {**_UNSAID, **{name: value for name, value in known.items() if value is not None}}
    said = {name: value for name, value in known.items() if value or name in _NUMBERS}
    line = line_of(new_id(known["at"]), {**fields, **fields_of(said)})
    # before it is written: a budget that is new must not take this call for its past
    SHIM.recorder.budgets.are_set()
    SHIM.recorder.writer.write(line)
    SHIM.recorder.budgets.charge(line, known_labels)


def _checked(name: str, read: Callable[[Any], Any], value: Any) -> Any:
    """What `read` makes of a value of the host's; `None`, and a word on stderr, where it cannot."""
    try:
        read_value = read(value)
    except Exception:  # noqa: BLE001  # the value is the host's, and may do anything when touched
        read_value = None
    if read_value is None:
        SHIM.warn_once(
            "record", f"profiler.record: `{_SAID[name]}` cannot be what was given; it is left out"
        )
    return read_value


def _text(value: object) -> str | None:
    return word(value) or None


def _outcome(value: object) -> str | None:
    return value if isinstance(value, str) and value in _OUTCOMES else None


def _usage(value: Mapping[str, int]) -> dict[str, int] | None:
    counts = dict(_counts(value))
    if len(counts) < len(value):
        SHIM.warn_once("record", "profiler.record: a count in `usage` is none; it is left out")
    return counts or None


def _counts(usage: Mapping[Any, Any]) -> Iterator[tuple[str, int]]:
    for name, count in list(usage.items())[:_MAX_UNITS]:
        is_count = isinstance(count, int) and not isinstance(count, bool)
        if is_count and 0 <= count <= MAX_COUNT and isinstance(name, str) and name.isidentifier():
            yield _ALIASES.get(name, word(name)), int(count)


def _pusd(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)) or hasattr(value, "as_tuple"):
        # as it is written: the program's decimal context may round what is reckoned
        written = pusd(value if isinstance(value, (int, float)) else str(value))
        return None if written is None else _within(written, _MAX_PUSD)
    return _within(round(value * _PUSD), _MAX_PUSD)


def _latency_us(value: Any) -> int | None:
    return None if isinstance(value, bool) else _within(round(value * _US), _MAX_LATENCY_US)


def _at_us(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    seconds = value.timestamp() if hasattr(value, "timestamp") else value
    return _within(round(seconds * _US), _MAX_AT_US)


def _within(value: int, most: int) -> int | None:
    return value if 0 <= value <= most else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "provider": _text,
    "model": _text,
    "operation": _text,
    "usage": _usage,
    "reported_pusd": _pusd,
    "at": _at_us,
    "latency_us": _latency_us,
    "outcome": _outcome,
}
_SAID = {
    **{name: name for name in _READERS},
    "reported_pusd": "cost_usd",
    "at": "started_at",
    "latency_us": "latency_s",
}
"""The names under which the values were given."""
