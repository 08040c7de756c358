"""A local cost profiler for LLM API calls.

```python
import profiler

profiler.instrument()
with profiler.context(feature="search"):
    ...  # calls of openai, anthropic, google-genai and others are recorded
```
"""

from importlib import import_module

from profiler._version import __version__

# as `typing` has it, which programs that are recorded need not import
TYPE_CHECKING = False

if TYPE_CHECKING:
    from profiler.errors import BudgetExceeded
    from profiler.ledger.breaches import Breach
    from profiler.ledger.remaining import Remaining
    from profiler.shim.asking import (
        check,
        choose_model,
        estimate,
        on_budget,
        on_refusal,
        remaining,
    )
    from profiler.shim.context import context, track
    from profiler.shim.instrument import instrument, uninstrument, wrap
    from profiler.shim.manual import record

__all__ = [
    "Breach",
    "BudgetExceeded",
    "Remaining",
    "__version__",
    "check",
    "choose_model",
    "context",
    "estimate",
    "instrument",
    "on_budget",
    "on_refusal",
    "record",
    "remaining",
    "track",
    "uninstrument",
    "wrap",
]

_PLACES = {
    "profiler.errors": ("BudgetExceeded",),
    "profiler.shim.asking": (
        "check",
        "choose_model",
        "estimate",
        "on_budget",
        "on_refusal",
        "remaining",
    ),
    "profiler.shim.context": ("context", "track"),
    "profiler.shim.instrument": ("instrument", "uninstrument", "wrap"),
    "profiler.shim.manual": ("record",),
}
"""Where each name is. All are imported once one of them is used: what records calls is a third of
the time that a status line has, and that needs none of it."""

_TYPES = {"Breach": "profiler.ledger.breaches", "Remaining": "profiler.ledger.remaining"}
"""Types of what programs are given. Only who names them in its code imports them."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _TYPES:
        return getattr(import_module(_TYPES[name]), name)
    for place, names in _PLACES.items():
        module = import_module(place)
        globals().update({one: getattr(module, one) for one in names})
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
