"""What would become of a call now: whether it would pass, by which budgets, and what is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from profiler import display
from profiler.budgets.registry import Registry
from profiler.domain.budgets import TAG, Measure
from profiler.domain.scopes import Dimension
from profiler.errors import BudgetExceeded, UsageError
from profiler.ledger.bounds import Bounds
from profiler.ledger.guard import Guard, Sought
from profiler.ledger.refusals import refused
from profiler.ledger.remaining import Remaining
from profiler.pricing.card import Card
from profiler.pricing.context import price_context
from profiler.pricing.makers import listed_as

_LABELS = frozenset(d.value for d in Dimension)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of one call."""

    model: str
    sent_to: str
    """Another model where a budget's rules say so."""
    most_pusd: int | None
    """What it may cost at most; `None` where nobody can say."""
    refused: BudgetExceeded | None
    remaining: tuple[Remaining, ...]
    """Every limit it falls under, the tightest first."""

    def amount(self, amount: int, measure: str) -> str:
        """So much of a limit, as people read it."""
        return display.amount(amount, Measure(measure))

    def document(self) -> dict[str, object]:
        """The same for programs; amounts of cost are pico-dollars."""
        error = self.refused
        return {
            "model": self.model,
            "sent_to": self.sent_to,
            "most_pusd": self.most_pusd,
            "is_allowed": error is None,
            "refused_by": error.budget if error else None,
            "reason": str(error) if error else None,
            "remaining": [one._asdict() for one in self.remaining],
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """A call that somebody might make."""

    model: str
    input_tokens: int = 0
    output_tokens: int | None = None
    """Its maximum; `None` where it sets none."""
    provider: str = ""
    """Empty where whoever lists the model is meant."""
    labels: tuple[str, ...] = ()
    """As they are typed: `user:ada`, `tag:team=blue`."""


def verdict(registry: Registry, card: Card, wish: Wish, at_us: int) -> Verdict:
    """What would become of such a call; where no budget is set, all pass.

    Raises:
        UsageError: a label cannot be read.

    """
    guard = Guard(registry.ledger, card, price_context)
    sought = _sought(card, wish, at_us)
    bids, model = guard.bids(sought), sought.model
    if not registry.is_open:
        return Verdict(model, model, bids(model).most.cost_pusd, None, ())
    ledger = registry.ledger
    sent_to, refusals = ledger.check(model, bids)
    return Verdict(
        model,
        sent_to,
        bids(sent_to).most.cost_pusd,
        refused(refusals) if refusals else None,
        tuple(ledger.remaining(bids(sent_to).labels)),
    )


def _meant(card: Card, wish: Wish) -> tuple[str, str]:
    """Provider and model, by whoever is asked first wherever a model is named alone."""
    listed = None if wish.provider else listed_as(card, wish.model)
    if listed is None:
        return wish.provider, wish.model
    return listed.provider, wish.model.removeprefix(f"{listed.provider}/")


def _sought(card: Card, wish: Wish, at_us: int) -> Sought:
    texts, tags = _labels_of(wish.labels)
    biller, model = _meant(card, wish)
    listed = card.find(biller, model)
    most_out = wish.output_tokens
    if most_out is None and listed is not None:
        most_out = listed.context_window
    why = "" if most_out is not None else "it sets no maximum of output tokens"
    return Sought(
        call="",
        at_us=at_us,
        provider=biller,
        model=model,
        operation="chat",
        body=None,
        texts=texts,
        tags=tags,
        bounds=Bounds(wish.input_tokens, most_out, why),
    )


def _labels_of(words: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    texts: dict[str, str] = {}
    tags: dict[str, str] = {}
    for word in words:
        name, colon, value = word.partition(":")
        tag, equals, of_tag = word.removeprefix(TAG).partition("=")
        if word.startswith(TAG) and tag and equals:
            tags[tag] = of_tag
        elif colon and name in _LABELS and value:
            texts[name] = value
        else:
            known = ", ".join(sorted(_LABELS - {"provider", "model"}))
            raise UsageError(f"{word!r} is no label; write {known}: user:ada, or tag:team=blue")
    return texts, tags
