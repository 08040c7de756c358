"""What the user says of prices: rates of their own, names for models, providers that bill nothing.

Read from `[pricing]` of the home's `profiler.toml`. Rates set here stand before the sheet's; a
call keeps in its rate's identity that they did.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from profiler.pricing.context import price_context
from profiler.pricing.match import Found
from profiler.pricing.sheet import Entry, Model, Provider, Usd

if TYPE_CHECKING:
    from profiler.options.file import File

FREE, FLAT_RATE = "free", "flat-rate"
_BOTH_OR_NONE = frozenset({"input_mtok", "output_mtok"})


class Override(NamedTuple):
    """Rates that take the place of listed ones, or make up for there being none."""

    provider: str
    model: str
    """`*` stands for any text."""
    usd: Mapping[str, str]
    """Dollars by rate key, as decimal text."""
    start: str = ""
    """The UTC date they begin on; empty where they always hold."""
    tier: str = ""
    """Only calls served so; empty for all that no tier has its own rates for."""
    is_sure: bool = False
    """Whether rates far from the listed ones are meant."""

    @property
    def is_whole(self) -> bool:
        """Whether it can stand alone, with no listed rates behind it."""
        return not self.tier and _BOTH_OR_NONE & self.usd.keys() in (_BOTH_OR_NONE, frozenset())

    def is_for(self, provider: str, model: str, found: Found | None) -> bool:
        """Whether it is about a call of `model` at `provider`, which is listed as `found`."""
        billers, names = {provider.lower()}, [model]
        if found and found.is_own:
            billers.add(found.owner.id)
        if found:
            names.append(found.model.id)
        return self.provider.lower() in billers and any(is_like(self.model, name) for name in names)


class Alias(NamedTuple):
    """A name that programs use for a model of other rates."""

    name: str
    """`*` stands for any text."""
    provider: str
    model: str
    """Whose rates hold."""
    caller: str = ""
    """Only where this provider is called; empty for all."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """All of it, in the file's order; of two that say the same, the later holds."""

    rates: tuple[Override, ...] = ()
    aliases: tuple[Alias, ...] = ()
    plans: Mapping[str, str] = field(default_factory=dict)
    """`free` or `flat-rate` by provider, in lower case."""
    reported_wins: bool = False
    """Whether what a provider says a call cost is its cost."""

    def meant(self, provider: str, model: str) -> tuple[str, str]:
        """The provider and model whose rates a name stands for."""
        for alias in reversed(self.aliases):
            if alias.caller.lower() in {"", provider.lower()} and is_like(alias.name, model):
                return alias.provider, alias.model
        return provider, model

    def amended(self, provider: str, model: str, found: Found | None) -> Found | None:
        """`found` with the rates of one's own that are about it; `None` where neither has any."""
        mine = [one for one in self.rates if one.is_for(provider, model, found)]
        if not found:
            # Where nothing is listed, a rate left out would be a rate of zero.
            mine = [one for one in mine if one.is_whole]
        if not mine:
            return found
        listed = found.model if found else Model(model.lower(), {}, [], [])
        rates, variants = list(listed.rates), list(listed.variants) if _is_own(found) else []
        for one in mine:
            if one.tier:
                variants.insert(0, _variant(one))
            elif one.start:
                rates.append(Entry({**_in_force(rates, one.start), **one.usd}, start=one.start))
            else:
                always = rates or [Entry({})]
                rates = [replaced(entry, {**entry.usd, **one.usd}) for entry in always]
        owner = found.owner if found and found.is_own else Provider(provider.lower())
        model_here = listed._replace(rates=rates, variants=variants)
        return Found(owner, model_here, is_own=True, amended=_mark(mine))


NONE = Overrides()


def overrides_in(file: "File") -> Overrides:
    """What a file says, whose keys are found to make sense."""
    said = file.value(("pricing",))
    pricing: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    return Overrides(
        rates=tuple(map(_override, pricing.get("override", []))),
        aliases=tuple(map(_alias, pricing.get("alias", []))),
        plans={name.lower(): plan for name, plan in pricing.get("providers", {}).items()},
        reported_wins=pricing.get("reported") == "wins",
    )


def is_like(pattern: str, name: str) -> bool:
    """Whether `name` is what `pattern` says, `*` being any text and case ignored."""
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), name, re.IGNORECASE | re.DOTALL) is not None


def replaced(entry: Entry, usd: Mapping[str, Usd]) -> Entry:
    """`entry` with other rates."""
    return entry._replace(usd=dict(usd))


def _override(said: Mapping[str, Any]) -> Override:
    return Override(
        provider=said["provider"],
        model=said["model"],
        usd={key: decimal_text(dollars) for key, dollars in said["usd"].items()},
        start=str(said.get("from", "")),
        tier=said.get("tier", ""),
        is_sure=said.get("sure", False),
    )


def decimal_text(dollars: float | str) -> str:
    """Dollars as written, without an exponent."""
    # A float's own text is the shortest that means it: what stands in the file.
    return f"{Decimal(str(dollars)):f}"


def _alias(said: Mapping[str, Any]) -> Alias:
    provider, _, model = said["means"].partition("/")
    return Alias(said["model"], provider, model, said.get("provider", ""))


def _is_own(found: Found | None) -> bool:
    return found is not None and found.is_own


def _variant(one: Override) -> Entry:
    return Entry(dict(one.usd), start=one.start, when=price_context(one.provider, one.tier, ""))


def _in_force(rates: Sequence[Entry], start: str) -> Mapping[str, Usd]:
    holding = [entry for entry in rates if not entry.daily and entry.start <= start]
    return holding[-1].usd if holding else {}


def _mark(mine: Iterable[Override]) -> str:
    """What tells rates of one's own from any others: a name made of what they say."""
    said = [[one.model, sorted(one.usd.items()), one.start, one.tier] for one in mine]
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return f"+override@{hashlib.sha256(text.encode()).hexdigest()[:8]}"
