"""The user's own machine sends no bill; everything else does."""

import pytest

from profiler.domain.calls import Basis
from profiler.domain.usage import Usage
from profiler.pricing.card import Card

CARD = Card.load()
AT_US = 1_795_000_000_000_000


@pytest.mark.parametrize("provider", ["ollama", "lmstudio", "vllm"])
@pytest.mark.parametrize("usage", [Usage(input=10, output=5), Usage()])
def test_a_call_on_the_users_own_machine_is_a_measured_zero(provider: str, usage: Usage) -> None:
    cost = CARD.cost(provider, ["llama3.2"], usage, AT_US)
    assert (cost.pusd, cost.basis) == (0, Basis.MEASURED)
    assert cost.rate == "free: runs on your own machine"


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "kimi-k2:cloud"])
def test_a_model_that_only_passes_through_the_machine_is_not_free(model: str) -> None:
    cost = CARD.cost("ollama", [model], Usage(input=10, output=5), AT_US)
    assert (cost.pusd, cost.basis) == (None, Basis.NO_RATE)


def test_a_provider_nobody_knows_is_never_free() -> None:
    assert CARD.cost("llama.cpp", ["llama3.2"], Usage(input=10, output=5), AT_US).pusd is None
