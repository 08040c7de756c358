"""Models on the user's own machine: counted like all others, and free."""

from collections.abc import Mapping, Sequence

from profiler.pricing.formula import Charge

PROVIDERS = frozenset({"ollama", "lmstudio", "vllm"})
"""Servers of one's own machine, by the ids the log names them with."""

_REMOTE = ("-cloud", ":cloud")
"""How Ollama names models that only pass through the machine and are billed elsewhere."""


def is_free(provider: str, models: Sequence[str]) -> bool:
    """Whether a call's cost is a real zero because nobody else's machine did the work."""
    if provider not in PROVIDERS:
        return False
    return not any(model.lower().endswith(_REMOTE) for model in models)


class Unbilled:
    """What a call is charged by that nobody bills for: usage known or not."""

    model = ""
    """No rates list it."""

    def __init__(self, reason: str) -> None:
        self._charge: Charge = (0, 0, 0, 0, reason)

    def charge(
        self,
        at_us: int,  # noqa: ARG002 - as `offer.Offer`
        buckets: object,  # noqa: ARG002 - as `offer.Offer`
        more: Mapping[str, int] | None = None,  # noqa: ARG002 - as `offer.Offer`
    ) -> Charge:
        """Nothing, at any time."""
        return self._charge


OWN_MACHINE = Unbilled("free: runs on your own machine")
FREE_PROVIDER = Unbilled("free: profiler.toml says so")
FLAT_RATE = Unbilled("flat rate: paid by the month, says profiler.toml")
