"""Budgets inside the program: a call is held before it is sent, and settled at its end.

Nothing of the ledger is loaded, and its file not opened, before a budget is set. Here alone the
shim stands in the host's way, and here alone it fails closed: where a budget that may refuse a
call is known to apply to it and the ledger is out of reach, it is refused. All other calls pass,
and the log tells what they used.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from importlib import import_module

from profiler.errors import BudgetExceeded, LedgerError, UsageError
from profiler.log import paths
from profiler.log.encode import new_id
from profiler.options import places
from profiler.shim.guard import FAULTS, quiet
from profiler.shim.listeners import Listeners
from profiler.shim.sending import Sending
from profiler.shim.writer import into_log, warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from profiler.shim.call import Call

    Arguments = tuple[tuple[Any, ...], dict[str, Any]]
    Admission = Callable[[object, tuple[Any, ...], dict[str, Any]], Arguments]
    """Given the client and the arguments of a call; those to go on with, or `BudgetExceeded`."""

_LOOK_EVERY_S = 2.0
_RENEW_EVERY_S = 30.0
_PATIENCE = 30
"""A ledger that is out of reach is let alone for so many times as long as finding out took."""
_LEDGER = ("ledger.db", "ledger.db.budgets")
"""The ledger, and its spare copy of what budgets there are."""


class Budgets:
    """The budgets in force in this program; finds out by itself, now and then, if there are any."""

    __slots__ = (
        "_fault",
        "_files",
        "_guard",
        "_hard",
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
        self._hard: list[tuple[Any, Any]] = []
        """The budgets that may refuse calls, and their scopes, while the ledger is out of reach."""
        self._said: set[str] = set()
        self.listeners = Listeners()
        """Told of every threshold that a call of this program has crossed."""

    @quiet
    def close(self) -> None:
        """Let go of the ledger; a call that still goes on opens it again."""
        if self._program is not None:
            self._program.ledger.close()

    def are_set(self) -> bool:
        """Whether any is in force."""
        now_s = time.monotonic()
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + _LOOK_EVERY_S
            self._look_safely(now_s)
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

    def _look_safely(self, began_s: float) -> None:
        try:
            self._look()
        except Exception as error:  # noqa: BLE001  # the host must not notice us
            self.lose(error, began_s)
        else:
            self._fault, self._hard = None, []

    def lose(self, error: Exception, began_s: float) -> None:
        """The ledger is out of reach since then: see which budgets may refuse calls without it."""
        FAULTS.count += 1
        self._fault = error
        now_s = time.monotonic()
        self._look_at_s = now_s + max(_LOOK_EVERY_S, _PATIENCE * (now_s - began_s))
        self._find_hard()

    @quiet
    def _find_hard(self) -> None:
        if self._program is not None:
            self._hard = self._program.hard()
            self._guard = self._guard or self._made()

    def _look(self) -> None:
        if self._program is None:
            if not _may_be_set(self._home, self._files):
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

        def judge(file: Any, budgets: Any) -> Any:
            models = import_module("profiler.budgets.models")
            return models.misfits(file, budgets, self._card())

        return program.Program(self._home, places.here(), _zone(self._home), judge)

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
        guard, sought = self._guard, None
        if guard is None:
            self._tell_fault()
            return args, kwargs
        began_s = time.monotonic()
        try:
            sending = Sending(client, args, kwargs)
            sought = _sought(call, sending, labels)
            if self._fault is not None and self._refusal(sought) is None:
                # a ledger that is out of reach may keep its callers waiting
                self._tell_fault()
                return args, kwargs
            return self._admitted(call, sending, sought)
        except BudgetExceeded:
            raise
        except Exception as error:  # out of reach, or a fault of ours: let pass if it may
            self.lose(error, began_s)
            refusal = self._refusal(sought)
            if refusal is not None:
                raise refusal from error
            self._tell_fault()
            return args, kwargs

    def _admitted(self, call: Call, sending: Sending, sought: Any) -> Arguments:
        if sought.operation in {"batch", "job"}:
            self._guard.admit_batch(sought)
            return sending.args, sending.kwargs
        asked, why = sought.model, ""
        try:
            reserved = self._guard.admit(sought, may_downgrade=sending.can_change_model)
        except BudgetExceeded as refusal:
            instead = self.listeners.instead(refusal) if sending.can_change_model else ""
            if instead in {"", asked}:
                raise
            reserved = self._guard.admit(sought._replace(model=instead), may_downgrade=False)
            why = refusal.budget
        if reserved.held_on:
            call.hold = Hold(self, self._guard, sought.call, sending.attempts)
        if reserved.model == asked:
            return sending.args, sending.kwargs
        why = why or reserved.steps[0].defined.budget.name
        call.told.pop("model", None)
        call.tell("model", reserved.model)
        call.tell("tags", {**sought.tags, "profiler.asked": asked, "profiler.budget": why})
        return sending.sent_to(reserved.model)

    @quiet
    def charge(self, line: bytes, labels: tuple[Mapping[str, str], Mapping[str, str]]) -> None:
        """A call that was not made through us has ended, as its line tells it."""
        if not self.are_set() or self._guard is None or self._fault is not None:
            self._tell_fault()
            return
        began_s = time.monotonic()
        try:
            breaches = self._guard.charge(json.loads(line), *labels)
        except LedgerError as error:
            self.lose(error, began_s)
            self._tell_fault()
        else:
            self.tell(breaches)

    def tell(self, breaches: list[Any]) -> None:
        """Say which thresholds were crossed, to the host's log and to those who listen.

        The ledger tells of each but once a window. Of several that a call crossed together, the
        log has the last.
        """
        said = {(one.source, one.budget, one.value): one for one in breaches if one.is_said}
        for breach in said.values():
            into_log(breach.words)
        for breach in breaches:
            self.listeners.tell(breach)

    def refusal(self, labels: Any) -> BudgetExceeded | None:
        """Why a call with these labels is refused while the ledger is out of reach, if it is.

        Where nobody can say what it falls under, `None` for labels, any budget may refuse it.
        """
        for budget, scope in self._hard:
            if labels is None or scope.value_of(labels) is not None:
                return _out_of_reach(budget.name, self._fault)
        return None

    def _refusal(self, sought: Any) -> BudgetExceeded | None:
        try:
            labels = sought and self._guard.bids(sought)(sought.model).labels
        except Exception:  # noqa: BLE001  # a fault of ours, where a budget must not let pass
            labels = None
        return self.refusal(labels)

    def _tell_fault(self) -> None:
        if self._fault is not None:
            self.say(f"budgets do not count now: {self._fault}")


class Hold:
    """What is held for one call, until it ends."""

    __slots__ = ("_attempts", "_budgets", "_guard", "_renew_at_s", "call")

    def __init__(self, budgets: Budgets, guard: Any, call: str, attempts: int) -> None:
        self._budgets = budgets
        self._guard = guard
        self._attempts = attempts
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
    def end(self, line: bytes, doubtful: int) -> None:
        """The call has ended, as its line tells it; so many attempts failed and may be billed."""
        event = json.loads(line)
        if event["id"] != self.call:
            # an answer that names an earlier call is that call's
            self.go_by(event["id"])
        # where the ledger is busy, all that was held stays so until the line is loaded
        with suppress(LedgerError):
            self._budgets.tell(self._guard.settle(event, doubtful, self._attempts))


def _out_of_reach(budget: str, error: Exception | None) -> BudgetExceeded:
    remedy = "`profiler doctor` tells what to do about the ledger"
    return BudgetExceeded(
        f"budget {budget!r} may refuse this call, and what it has used is out of reach: {error}",
        budget=budget,
        remedy=remedy,
    )


def _sought(
    call: Call, sending: Sending, labels: tuple[Mapping[str, str], Mapping[str, str]]
) -> Any:
    return import_module("profiler.ledger.guard").Sought(
        new_id(call.at_us),
        call.at_us,
        call.reading.provider,
        _model(call),
        call.operation,
        sending.body,
        *labels,
        sending.attempts,
        wider=sending.wider_context,
    )


def _model(call: Call) -> str:
    told = call.told.get("model", "")
    return str(json.loads("{" + told + "}")["model"]) if told else ""


def _may_be_set(home: str, files: Iterable[str | None]) -> bool:
    ledgers = [os.path.join(home, name) for name in _LEDGER]
    return any(map(os.path.exists, ledgers)) or any(map(os.path.isfile, filter(None, files)))


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
