"""What a program may ask of its budgets before a call, and be told of after one."""

from __future__ import annotations

import time
from importlib import import_module

from profiler.errors import LedgerError
from profiler.shim.instrument import SHIM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    from profiler.errors import BudgetExceeded
    from profiler.ledger.breaches import Breach
    from profiler.ledger.dollars import Pusd
    from profiler.ledger.remaining import Remaining

    Listener = TypeVar("Listener", bound=Callable[[Breach], object])
    Adviser = TypeVar("Adviser", bound=Callable[[BudgetExceeded], str | None])

_NO_MOST = "it sets no maximum of output tokens"


def remaining(*, model: str = "", provider: str = "") -> Sequence[Remaining]:
    """What is left of every limit that calls made here and now fall under, the tightest first.

    Each has `budget`, `value`, `measure`, `limit`, `used`, `held`, `left`, `resets_at_us` and
    `is_hard`; amounts of `cost` are pico-dollars, `left_usd` and `limit_usd` are dollars. Empty
    where no budget applies.
    """
    budgets = SHIM.recorder.budgets
    guard = budgets.guard
    if guard is None:
        return []
    try:
        found: Sequence[Remaining] = guard.ledger.remaining(
            _bids(guard, model, provider, 0, 0)(model).labels
        )
    except LedgerError as error:
        budgets.say(f"what is left of budgets is not known: {error}")
        return []
    return found


def check(
    *, model: str, input_tokens: int, max_output_tokens: int | None = None, provider: str = ""
) -> BudgetExceeded | None:
    """Why such a call would be refused now; `None` where it would pass. Nothing is held.

    A call that sets no maximum of output tokens may use as many as the model can. One that the
    budgets' rules would send to a cheaper model is looked at as a call of that.
    """
    budgets = SHIM.recorder.budgets
    guard = budgets.guard
    if guard is None:
        return None
    bids = _bids(guard, model, provider, input_tokens, max_output_tokens)
    began_s = time.monotonic()
    try:
        _, refusals = guard.ledger.check(model, bids)
    except LedgerError as fault:
        budgets.lose(fault, began_s)
        return budgets.refusal(bids(model).labels)
    if not refusals:
        return None
    error: BudgetExceeded = import_module("profiler.ledger.refusals").refused(list(refusals))
    return error


def estimate(
    *, model: str, input_tokens: int, max_output_tokens: int | None = None, provider: str = ""
) -> Pusd | None:
    """The most that such a call may cost however it is served: pico-dollars, `.usd` is dollars.

    A call that sets no maximum of output tokens may use as many as the model can. `None` where
    no rate is known for the model, or not how much it can answer with.
    """
    guard = SHIM.recorder.budgets.asked
    bids = _bids(guard, model, provider, input_tokens, max_output_tokens)
    most: int | None = bids(model).most.cost_pusd
    if most is None:
        return None
    amount: Pusd = import_module("profiler.ledger.dollars").Pusd(most)
    return amount


def choose_model(model: str, *, provider: str = "") -> str:
    """The model that the budgets' rules lead to from `model`; itself where none holds now."""
    budgets = SHIM.recorder.budgets
    guard = budgets.guard
    if guard is None:
        return model
    try:
        chosen: str = guard.ledger.choose(model, _bids(guard, model, provider, 0, 0))
    except LedgerError as error:
        budgets.say(f"{model} stays as it is: {error}")
        return model
    return chosen


def on_budget(listener: Listener) -> Listener:
    """Tell `listener` of every threshold that a call of this program crosses, at that call's end.

    It is given a breach: `budget`, `value`, `percent`, `action`, `measure`, `used`, `limit`.
    It may be asynchronous. What it raises is told on stderr and goes no further. Can be used as
    a decorator.
    """
    SHIM.recorder.budgets.listeners.add(listener)
    return listener


def on_refusal(adviser: Adviser) -> Adviser:
    """Ask `adviser` before a call is refused: the model whose name it returns is tried instead.

    It is given the `BudgetExceeded` that would be raised, and is if it returns `None`, or a
    model that does not fit either. What it raises is told on stderr and goes no further. Can be
    used as a decorator.
    """
    SHIM.recorder.budgets.listeners.ask(adviser)
    return adviser


def _bids(guard: Any, model: str, provider: str, given: int, taken: int | None) -> Any:
    kinds = import_module("profiler.ledger.guard")
    biller = provider or guard.biller(model)
    most = guard.window(biller, model) if taken is None else taken
    bounds = import_module("profiler.ledger.bounds").Bounds(given, most, _NO_MOST)
    texts, tags = SHIM.recorder.known_labels()
    at_us = time.time_ns() // 1000
    sought = kinds.Sought("", at_us, biller, model, "chat", None, texts, tags, 1, bounds)
    return guard.bids(sought)
