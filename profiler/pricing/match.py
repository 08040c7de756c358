"""Names to models: which model of the sheet a provider's and a model's name mean."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from profiler.pricing.sheet import Model, Provider

Clause = Callable[[str], bool]
"""Whether a lower-case name is meant."""


class Found(NamedTuple):
    """A model of the sheet, and who lists it."""

    owner: Provider
    model: Model
    is_own: bool
    """Whether the provider that bills lists it itself; its variants hold only then."""
    amended: str = ""
    """What tells rates that the user set from those of the sheet."""


class Directory:
    """Finds models by name, trying the sheet's clauses in the sheet's order."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self._providers = {provider.id: provider for provider in providers}
        self._named = [(clause(p.named), p) for p in providers if p.named]
        self._having = [(clause(p.has), p) for p in providers if p.has]
        self._models: dict[str, _Names] = {}

    def find(self, provider: str, model: str) -> Found | None:
        """The model that `model` means when `provider` bills; `None` where the sheet has none."""
        if not model:
            return None
        name = model.lower()
        if provider.lower() == "litellm":
            provider, name = self._behind_litellm(provider, name)
        biller = self._provider(provider, name)
        if biller is None:
            return None
        found = self._match(biller, name)
        if found:
            return found
        dashed = _dashed(name)
        return self._match(biller, dashed) if dashed != name else None

    def _behind_litellm(self, provider: str, name: str) -> tuple[str, str]:
        """LiteLLM names the real provider before the model: `openai/gpt-5.1`."""
        real, slash, rest = name.partition("/")
        return (real, rest) if slash and real and self._by_name(real) else (provider, name)

    def _provider(self, provider: str, model_name: str) -> Provider | None:
        found = self._by_name(provider)
        if found or provider.lower() != "litellm":
            return found
        return next((p for is_meant, p in self._having if is_meant(model_name)), None)

    def _by_name(self, provider: str) -> Provider | None:
        name = provider.lower().strip()
        named = (p for is_meant, p in self._named if is_meant(name))
        return self._providers.get(name) or next(named, None)

    def _match(self, biller: Provider, name: str) -> Found | None:
        for owner in (biller, *self._fallbacks(biller)):
            model = self._names(owner).find(name)
            if model:
                return Found(owner, model, owner is biller)
        return None

    def _fallbacks(self, biller: Provider) -> Iterable[Provider]:
        return (self._providers[other] for other in biller.fallback if other in self._providers)

    def _names(self, provider: Provider) -> "_Names":
        names = self._models.get(provider.id)
        if names is None:
            names = self._models[provider.id] = _Names(provider.models)
        return names


class _Names:
    """The names of a provider's models: the first model that a name fits is meant."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        self._exact: dict[str, int] = {}
        """The first place of each name that is written out: nearly all are."""
        self._open: list[tuple[int, Clause]] = []
        """All other clauses by place."""
        for place, model in enumerate(models):
            for kind, operand in _alternatives(model.match):
                if kind == "equals" and isinstance(operand, str):
                    self._exact.setdefault(operand.lower(), place)
                else:
                    self._open.append((place, clause({kind: operand})))

    def find(self, name: str) -> Model | None:
        exact = self._exact.get(name, len(self._models))
        fits = (place for place, is_meant in self._open if place >= exact or is_meant(name))
        place = min(exact, next(fits, exact))
        return self._models[place] if place < len(self._models) else None


def _alternatives(written: object) -> Iterator[tuple[str, object]]:
    """The parts of a clause any of which suffices."""
    if not isinstance(written, dict):
        raise TypeError(f"{written!r} is no clause")
    ((kind, operand),) = written.items()
    if kind == "or" and isinstance(operand, list):
        for part in operand:
            yield from _alternatives(part)
    else:
        yield kind, operand


def clause(written: object) -> Clause:
    """The clause that the sheet writes as `{"starts_with": "gpt-5"}` or `{"or": [...]}`."""
    if not isinstance(written, dict):
        raise TypeError(f"{written!r} is no clause")
    ((kind, operand),) = written.items()
    if isinstance(operand, list):
        parts = [clause(part) for part in operand]
        if kind == "and":
            return lambda name: all(part(name) for part in parts)
        return lambda name: any(part(name) for part in parts)
    if kind == "regex":
        pattern = re.compile(operand)
        return lambda name: pattern.search(name) is not None
    return _literal(kind, operand.lower())


def _literal(kind: str, text: str) -> Clause:
    kinds: dict[str, Clause] = {
        "equals": lambda name: name == text,
        "starts_with": lambda name: name.startswith(text),
        "ends_with": lambda name: name.endswith(text),
        "contains": lambda name: text in name,
    }
    return kinds[kind]


_COMPACT_DATE = re.compile(r"-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


def _dashed(name: str) -> str:
    """`name` with a date like -20251211 written as -2025-12-11, as the sheet writes them.

    Routers send the compact form; it is tried only where the name as sent is unknown.
    """
    return _COMPACT_DATE.sub(_dashed_date, name)


def _dashed_date(found: re.Match[str]) -> str:
    try:
        return f"-{date(int(found[1]), int(found[2]), int(found[3])).isoformat()}"
    except ValueError:
        return found[0]
