"""Models on the user's own machine: counted like all others, and free."""

from collections.abc import Sequence

from profiler.domain.calls import Basis, Cost

PROVIDERS = frozenset({"ollama", "lmstudio", "vllm"})
"""Servers of one's own machine, by the ids the log names them with."""

FREE = Cost(0, Basis.MEASURED, "free: runs on your own machine")

_REMOTE = ("-cloud", ":cloud")
"""How Ollama names models that only pass through the machine and are billed elsewhere."""


def is_free(provider: str, models: Sequence[str]) -> bool:
    """Whether a call's cost is a real zero because nobody else's machine did the work."""
    if provider not in PROVIDERS:
        return False
    return not any(model.lower().endswith(_REMOTE) for model in models)
