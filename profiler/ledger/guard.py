"""Asks the ledger about a program's calls: what they may use, what they used, and at what price."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from profiler.domain.budgets import Amounts
from profiler.domain.calls import Cost
from profiler.domain.usage import Usage
from profiler.ledger.allowance import Cap
from profiler.ledger.book import Ledger
from profiler.ledger.bounds import Bounds, batched, bounds_of
from profiler.ledger.breaches import Breach
from profiler.ledger.refusals import refused
from profiler.ledger.reserving import Ask, Bid, Reserved
from profiler.ledger.scoping import Labels
from profiler.ledger.settling import Doubt
from profiler.pricing.makers import MAKERS

_SERVED = (("", ""), ("priority", ""), ("", "fast"))
"""How a call may be served that says nothing of it: tier and speed."""
_KINDS_IN = ("input_audio_tokens", "input_image_tokens", "input_video_tokens")
_KINDS_OUT = ("output_audio_tokens", "output_image_tokens", "output_video_tokens")
"""Of tokens that may cost more than those of text do."""
_PROBE = 1_000_000
_MOST_KNOWN = 1_024
Buckets = tuple[int | None, int, int, int, int, int | None, int]
"""As `Usage.buckets`."""
_BYTES_A_TOKEN = 4
_LOOK_EVERY_S = 60.0
_BUCKETS = (
    "input",
    "cache_read",
    "cache_write",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
)


class Listed(Protocol):
    """A model that has rates."""

    @property
    def context_window(self) -> int | None:
        """In tokens; `None` where nobody says."""


class Terms(Protocol):
    """What a model is charged by."""

    def charge(
        self, at_us: int, buckets: Buckets, more: Mapping[str, int] | None = None
    ) -> tuple[int, int, int, int, str] | None:
        """Pico-dollars first; `None` where the counts contradict each other."""


class Prices(Protocol):
    """What calls cost; the rate card is one."""

    def terms(
        self, provider: str, answered: str, requested: str, tier: str, speed: str
    ) -> Terms | None:
        """What a call so served is charged by; `None` where there is no rate."""

    def cost(
        self,
        provider: str,
        models: tuple[str, ...],
        usage: Usage,
        at_us: int,
        context: Mapping[str, str] | None = None,
    ) -> Cost:
        """What a call cost, or why nobody can say."""

    def family(self, provider: str, models: tuple[str, ...]) -> str:
        """The name that the first model with rates is listed by."""

    def find(self, provider: str, model: str) -> Listed | None:
        """The listed model that would be billed; `None` where none is listed."""


class Sought(NamedTuple):
    """A call that a program is about to make."""

    call: str
    at_us: int
    provider: str
    model: str
    operation: str
    body: object
    texts: Mapping[str, str]
    tags: Mapping[str, str]
    attempts: int = 1
    """How often the SDK may send it."""
    bounds: Bounds | None = None
    """What it may use, where that is known without a body."""
    wider: int = 0
    """The context that it asks for beyond the model's own, in tokens; 0 where it does not."""


class Guard:
    """One program's view of the budgets."""

    def __init__(
        self,
        ledger: Ledger,
        prices: Prices,
        context: Callable[[str, str, str], Mapping[str, str]],
    ) -> None:
        self.ledger = ledger
        self._prices = prices
        self._context = context
        self._who = Path(sys.argv[0]).name if sys.argv else ""
        self._windows: dict[tuple[str, str], int | None] = {}
        self._kinds: dict[tuple[str, str], tuple[str, str]] = {}
        self._outputs: dict[str, tuple[float, int | None]] = {}

    def admit(self, sought: Sought, *, may_downgrade: bool = True) -> Reserved:
        """Hold what the call may use; the model to send it to, and why.

        Raises:
            BudgetExceeded: it does not fit a budget, or nobody can say that it does.
            LedgerError: the ledger is out of reach.

        """
        self.expect(sought.provider, sought.model)
        bids = self.bids(sought)
        # while nobody else waits for the ledger
        bids(sought.model)
        ask = Ask(sought.call, sought.model, bids, self._who, may_downgrade)
        reserved = self.ledger.reserve(ask)
        if reserved.refusals:
            raise refused(list(reserved.refusals))
        return reserved

    def admit_batch(self, sought: Sought) -> None:
        """See that no budget refuses a batch or a job, of which nobody can say what it will use.

        Nothing is held for it: its calls are told of one by one, when its results are read.

        Raises:
            BudgetExceeded: it falls under a strict budget, or one that is used up.
            LedgerError: the ledger is out of reach.

        """
        models, calls = batched(sought.body)
        for model in {sought.model} if sought.model else models:
            texts = {"model": self._family(sought.provider, model), "provider": sought.provider}
            labels = Labels({**sought.texts, **texts}, sought.tags)
            most = Cap(None, None, calls, f"what a {sought.operation} will use cannot be bounded")
            bid = Bid(labels, most, Cap(0, 0, calls))
            ask = Ask(sought.call, model, _always(bid), self._who, may_downgrade=False)
            reserved = self.ledger.reserve(ask)
            if reserved.refusals:
                raise refused(list(reserved.refusals))
            self.ledger.release(sought.call)

    def bids(self, sought: Sought) -> Callable[[str], Bid]:
        """What the call would take, from any model."""
        known: dict[str, Bid] = {}

        def bid(model: str) -> Bid:
            if model not in known:
                known[model] = self._bid(sought._replace(model=model))
            return known[model]

        return bid

    def biller(self, model: str) -> str:
        """Who bills for a model whose provider nobody named; empty where none lists it."""
        return next((one for one in MAKERS if self._prices.find(one, model)), "")

    def settle(
        self, event: Mapping[str, object], doubtful: int = 0, attempts: int = 1
    ) -> list[Breach]:
        """A call has ended, as its event tells it; the thresholds that it has crossed.

        `doubtful` of its `attempts`, as many as were held for, failed and may be billed.
        """
        call = str(event["id"])
        if event.get("billed") == "no":
            self.ledger.release(call)
            return []
        usage = usage_of(event.get("usage"))
        used = self._used(event, usage) if usage else None
        is_estimate = event.get("estimated") is True
        if (used is None or is_estimate) and event["outcome"] == "ok":
            doubtful += 1
        doubt = Doubt(doubtful, attempts, is_estimate)
        return self.ledger.settle(call, used, self._learned(event, usage), doubt)

    def charge(
        self, event: Mapping[str, object], texts: Mapping[str, str], tags: Mapping[str, str]
    ) -> list[Breach]:
        """A call was told of that nothing was held for; the thresholds that it has crossed.

        What nobody can price counts as a call all the same.
        """
        if event.get("billed") == "no":
            return []
        usage = usage_of(event.get("usage"))
        used = self._used(event, usage) if usage else None
        if used is None:
            told = event.get("reported_pusd")
            pusd = told if isinstance(told, int) else 0
            used = Amounts(pusd, usage.total if usage else 0, 1)
        provider, model = str(event["provider"]), str(event.get("model") or "")
        known = {**texts, "provider": provider, "model": self._family(provider, model)}
        return self.ledger.charge(str(event["id"]), Labels(known, tags), used)

    def window(self, provider: str, model: str) -> int | None:
        """The tokens that the model takes and gives at most; `None` where nobody says."""
        name = (provider, model)
        if name not in self._windows:
            if len(self._windows) >= _MOST_KNOWN:
                self._windows.clear()
            listed = self._prices.find(provider, model)
            self._windows[name] = listed.context_window if listed else None
        return self._windows[name]

    def expect(self, provider: str, model: str) -> None:
        """Look up what the model is expected to answer with, now and then.

        Raises:
            LedgerError: the ledger is out of reach.

        """
        family = self._family(provider, model)
        looked_at_s, _ = self._outputs.get(family, (0.0, None))
        now_s = time.monotonic()
        if not looked_at_s or now_s - looked_at_s > _LOOK_EVERY_S:
            self._outputs[family] = (now_s, self.ledger.expected_output(family))

    def _learned(self, event: Mapping[str, object], usage: Usage | None) -> tuple[str, int] | None:
        if usage is None or usage.output is None or event.get("outcome") != "ok":
            return None
        return self._family(str(event.get("provider")), str(event.get("model"))), usage.output

    def _used(self, event: Mapping[str, object], usage: Usage) -> Amounts | None:
        models = (str(event.get("answered") or ""), str(event.get("model") or ""))
        at_us = event.get("at")
        context = self._context(
            str(event["provider"]), str(event.get("tier") or ""), str(event.get("speed") or "")
        )
        cost = self._prices.cost(
            str(event["provider"]),
            models,
            usage,
            at_us if isinstance(at_us, int) else 0,
            context,
        )
        if cost.pusd is None:
            return None
        return Amounts(cost.pusd, usage.total, 1)

    def _family(self, provider: str, model: str) -> str:
        return self._prices.family(provider, (model,)) or model

    def _bid(self, sought: Sought) -> Bid:
        family = self._family(sought.provider, sought.model)
        window = self.window(sought.provider, sought.model)
        bounds = sought.bounds or bounds_of(sought.body, sought.operation, window, sought.wider)
        texts = {**sought.texts, "provider": sought.provider, "model": family}
        labels = Labels(texts, sought.tags)
        return Bid(labels, self._most(sought, bounds), self._expected(sought, bounds, family))

    def _most(self, sought: Sought, bounds: Bounds) -> Cap:
        given, taken, times = bounds.input_tokens, bounds.output_tokens, sought.attempts
        if given is None or taken is None:
            return Cap(None, None, 1, bounds.why)
        cost = self._dearest(sought, given, taken, has_media=bounds.has_media)
        why = f"no rate is known for model {sought.model!r}" if cost is None else ""
        return Cap(None if cost is None else cost * times, (given + taken) * times, 1, why)

    def _expected(self, sought: Sought, bounds: Bounds, family: str) -> Cap:
        _, output = self._outputs.get(family, (0.0, None))
        if output is None:
            output = bounds.output_tokens or 0
        given = bounds.text_bytes // _BYTES_A_TOKEN or bounds.input_tokens or 0
        usage = Usage(input=given, output=output)
        cost = self._prices.cost(sought.provider, (sought.model,), usage, sought.at_us, None).pusd
        why = f"no rate is known for model {sought.model!r}" if cost is None else ""
        return Cap(cost, given + output, 1, why)

    def _dearest(self, sought: Sought, given: int, taken: int, *, has_media: bool) -> int | None:
        offers = {
            self._prices.terms(sought.provider, "", sought.model, tier, speed)
            for tier, speed in _SERVED
        }
        usages = (
            (given, 0, 0, 0, 0, taken, 0),
            (0, 0, 0, given, 0, taken, 0),
            (0, 0, 0, 0, given, taken, 0),
        )
        into, out = self._dear_kinds(sought)
        more = ({into: given} if into and has_media else {}) | ({out: taken} if out else {})
        charges = (
            offer.charge(sought.at_us, usage, kinds)
            for offer in offers
            if offer
            for kinds in (({}, more) if more else (None,))
            for usage in usages
        )
        return max((charge[0] for charge in charges if charge is not None), default=None)

    def _dear_kinds(self, sought: Sought) -> tuple[str, str]:
        """The kind of tokens that the model is charged the most for, into it and out of it.

        Empty where text costs as much.
        """
        name = (sought.provider, sought.model)
        if name not in self._kinds:
            if len(self._kinds) >= _MOST_KNOWN:
                self._kinds.clear()
            terms = self._prices.terms(sought.provider, "", sought.model, "", "")
            self._kinds[name] = (
                _dearest_of(terms, sought.at_us, _KINDS_IN),
                _dearest_of(terms, sought.at_us, _KINDS_OUT),
            )
        return self._kinds[name]


def _always(bid: Bid) -> Callable[[str], Bid]:
    return lambda _model: bid


def _dearest_of(terms: Terms | None, at_us: int, kinds: tuple[str, ...]) -> str:
    probe = (_PROBE, 0, 0, 0, 0, _PROBE, 0)
    found, most = "", 0
    for kind in ("", *kinds):
        charge = terms.charge(at_us, probe, {kind: _PROBE} if kind else None) if terms else None
        if charge is not None and charge[0] > most:
            found, most = kind, charge[0]
    return found


def usage_of(told: object) -> Usage | None:
    """An event's usage; `None` where either side is unknown."""
    if not isinstance(told, Mapping):
        return None
    buckets = {name: told[name] for name in _BUCKETS if isinstance(told.get(name), int)}
    more = {name: count for name, count in told.items() if name not in _BUCKETS}
    usage = Usage(**buckets, more={k: v for k, v in more.items() if isinstance(v, int)})
    return usage if usage.is_known else None
