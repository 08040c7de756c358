"""Budgets inside the program: a call is held before it is sent, and settled at its end.

Nothing of the ledger is loaded, and its file not opened, before a budget is set. Here alone the
shim stands in the host's way, and here alone it fails closed: where a budget may refuse calls
and the ledger is out of reach, calls are refused.
"""

from __future__ import annotations

import json
import os
import time
from importlib import import_module

from profiler.errors import BudgetExceeded, UsageError
from profiler.log import paths
from profiler.log.encode import new_id
from profiler.options import places
from profiler.shim.guard import FAULTS, quiet
from profiler.shim.writer import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from profiler.shim.call import Call

    Arguments = tuple[tuple[Any, ...], dict[str, Any]]
    Admission = Callable[[object, tuple[Any, ...], dict[str, Any]], Arguments]
    """Given the client and the arguments of a call; those to go on with, or `BudgetExceeded`."""

_LOOK_EVERY_S = 2.0
_RENEW_EVERY_S = 30.0
_LEDGER = "ledger.db"


class Budgets:
    """The budgets in force in this program; finds out by itself, now and then, if there are any."""

    __slots__ = (
        "_fault",
        "_files",
        "_guard",
        "_home",
        "_look_at_s",
        "_program",
        "_said",
        "listeners",
    )

    def __init__(self) -> None:
        self._home = paths.home()
        self._files = [places.of_user(self._home), places.of_project(places.here())]
        self._look_at_s = 0.0
        self._program: Any = None
        self._guard: Any = None
        self._fault: Exception | None = None
        self._said: set[str] = set()
        self.listeners: list[Callable[[Any], object]] = []
        """Told of every threshold that a call of this program has crossed."""

    def are_set(self) -> bool:
        """Whether any is in force."""
        now_s = time.monotonic()
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + _LOOK_EVERY_S
            self._look_safely()
        return self._guard is not None or self._fault is not None

    @property
    def guard(self) -> Any:
        """Who asks the ledger; `None` where no budget is in force."""
        self.are_set()
        return self._guard

    @property
    def asked(self) -> Any:
        """The same, where a program asks what a call may cost though no budget is set."""
        if self._program is None:
            self._program = self._opened()
        return self.guard or self._made()

    def _look_safely(self) -> None:
        try:
            self._look()
        except Exception as error:  # noqa: BLE001  # nobody can say now which budgets apply
            self._fault = error
        else:
            self._fault = None

    def _look(self) -> None:
        if self._program is None:
            if not (os.path.exists(os.path.join(self._home, _LEDGER)) or self._has_file()):
                return
            self._program = self._opened()
        for said in self._program.look():
            self.say(said)
        if not self._program.has_budgets():
            self._guard = None
        elif self._guard is None:
            self._guard = self._made()

    def _opened(self) -> Any:
        program = import_module("profiler.ledger.program")
        return program.Program(self._home, places.here(), _zone(self._home))

    def _has_file(self) -> bool:
        return any(path and os.path.isfile(path) for path in self._files)

    def _made(self) -> Any:
        guard = import_module("profiler.ledger.guard")
        context = import_module("profiler.pricing.context").price_context
        return guard.Guard(self._program.ledger, self._card(), context)

    def _card(self) -> Any:
        try:
            return import_module("profiler.pricing.installed").card_in(_path(self._home))
        except UsageError as error:
            self.say(f"{error}; the prices that are packaged hold until then")
            return import_module("profiler.pricing.card").Card.load()

    def say(self, message: str) -> None:
        """One line on stderr, once."""
        if message not in self._said:
            self._said.add(message)
            warn(message)

    def admit(
        self,
        call: Call,
        client: object,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        labels: tuple[Mapping[str, str], Mapping[str, str]],
    ) -> Arguments:
        """Hold what the call may use; the arguments to go on with.

        Raises:
            BudgetExceeded: the call does not fit a budget; it must not be sent.

        """
        guard = self._guard
        if guard is None:
            if self._fault is not None:
                raise _out_of_reach(self._fault)
            return args, kwargs
        request = _Request(client, args, kwargs)
        call_id = new_id(call.at_us)
        try:
            sought = import_module("profiler.ledger.guard").Sought(
                call_id,
                call.at_us,
                call.reading.provider,
                _model(call),
                call.operation,
                request.body,
                *labels,
                request.attempts,
            )
            reserved = guard.admit(sought, may_downgrade=request.can_change_model)
        except BudgetExceeded:
            raise
        except Exception as error:  # noqa: BLE001  # out of reach or our fault: never let pass
            self._refuse_unless_soft(error)
            return args, kwargs
        if reserved.held_on:
            call.hold = Hold(self, guard, call_id)
        if reserved.steps:
            self._tell_steps(call, reserved, labels[1])
            return request.sent_to(reserved.model)
        return args, kwargs

    @quiet
    def charge(self, line: bytes, labels: tuple[Mapping[str, str], Mapping[str, str]]) -> None:
        """A call that was not made through us has ended, as its line tells it."""
        if self.are_set() and self._guard is not None:
            self.tell(self._guard.charge(json.loads(line), *labels))

    def tell(self, breaches: list[Any]) -> None:
        """Say which thresholds were crossed, to the host's log and to those who listen."""
        for breach in breaches:
            if breach.action.value != "note":
                whose = f" for {breach.value}" if breach.value else ""
                self.say(f"budget {breach.budget!r}{whose}: {breach.percent} % is used")
            for listener in self.listeners:
                _tell(listener, breach)

    def _refuse_unless_soft(self, error: Exception) -> None:
        FAULTS.count += 1
        if self._program.can_block():
            raise _out_of_reach(error)
        self.say(f"budgets are not counted: {error}")

    def _tell_steps(self, call: Call, reserved: Any, tags: Mapping[str, str]) -> None:
        first = reserved.steps[0]
        named = {"profiler.asked": first.model, "profiler.budget": first.defined.budget.name}
        call.told.pop("model", None)
        call.tell("model", reserved.model)
        call.tell("tags", {**tags, **named})


class Hold:
    """What is held for one call, until it ends."""

    __slots__ = ("_budgets", "_guard", "_renew_at_s", "call")

    def __init__(self, budgets: Budgets, guard: Any, call: str) -> None:
        self._budgets = budgets
        self._guard = guard
        self._renew_at_s = time.monotonic() + _RENEW_EVERY_S
        self.call = call
        """The call's id, which its event must have."""

    @quiet
    def renew(self) -> None:
        """The call is still being answered."""
        now_s = time.monotonic()
        if now_s >= self._renew_at_s:
            self._renew_at_s = now_s + _RENEW_EVERY_S
            self._guard.ledger.renew(self.call)

    @quiet
    def go_by(self, call: str) -> None:
        """The call's event will have another id than was thought."""
        self._guard.ledger.rename(self.call, call)
        self.call = call

    @quiet
    def end(self, line: bytes) -> None:
        """The call has ended, as its line tells it."""
        event = json.loads(line)
        if event["id"] != self.call:
            # an answer that names an earlier call is that call's
            self.go_by(event["id"])
        self._budgets.tell(self._guard.settle(event))


class _Request:
    """What is about to be sent, whichever SDK sends it."""

    __slots__ = ("_args", "_kwargs", "_options", "attempts", "body")

    def __init__(self, client: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._args, self._kwargs = args, kwargs
        options = args[1] if len(args) > 1 else kwargs.get("options")
        self._options = options if hasattr(options, "json_data") else None
        self.attempts = 1
        self.body: object
        if self._options is not None:
            extra = self._options.extra_json
            self.body = {**(self._options.json_data or {}), **(extra or {})}
            self.attempts = 1 + _retries(client, self._options)
        elif self._is_google:
            self.body = args[2] if len(args) > 2 else kwargs.get("request_dict")
        else:
            self.body = kwargs

    @property
    def _is_google(self) -> bool:
        return isinstance(self._path, str)

    @property
    def _path(self) -> object:
        return self._args[1] if len(self._args) > 1 else self._kwargs.get("path")

    @property
    def can_change_model(self) -> bool:
        """Whether the model can be changed here."""
        return self._options is not None or self._is_google or "model" in self._kwargs

    def sent_to(self, model: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, with another model in them."""
        args, kwargs, options = self._args, self._kwargs, self._options
        if options is not None:
            name = "extra_json" if "model" in (options.extra_json or {}) else "json_data"
            changed = {**getattr(options, name), "model": model}
            copy = options.model_copy(update={name: changed})
            if len(args) > 1:
                return (args[0], copy, *args[2:]), kwargs
            return args, {**kwargs, "options": copy}
        if self._is_google:
            before, slash, rest = str(self._path).rpartition("/")
            path = f"{before}{slash}{model}:{rest.partition(':')[2]}"
            if len(args) > 1:
                return (args[0], path, *args[2:]), kwargs
            return args, {**kwargs, "path": path}
        return args, {**kwargs, "model": model}


def _out_of_reach(error: Exception) -> BudgetExceeded:
    remedy = "`profiler doctor` tells what is wrong"
    refused = BudgetExceeded(f"budgets are out of reach: {error}; {remedy}", remedy=remedy)
    refused.__cause__ = error
    return refused


def _tell(listener: Callable[[Any], object], breach: Any) -> None:
    try:
        listener(breach)
    except Exception as error:  # noqa: BLE001  # the host's own, at the end of a call of the host's
        warn(f"a listener of budgets raised {type(error).__name__}")


def _retries(client: object, options: Any) -> int:
    given = options.max_retries
    retries = given if isinstance(given, int) else getattr(client, "max_retries", 0)
    return retries if isinstance(retries, int) else 0


def _model(call: Call) -> str:
    told = call.told.get("model", "")
    return str(json.loads("{" + told + "}")["model"]) if told else ""


def _path(text: str) -> Any:
    return import_module("pathlib").Path(text)


def _zone(home: str) -> str:
    """The zone for budgets that name none, as every other program of ours reads it."""
    config = import_module("profiler.config")
    try:
        return str(config.read_settings(_path(home)).zone.key)
    except UsageError:
        # a file that makes no sense defines no budgets either
        return "UTC"
