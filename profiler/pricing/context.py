"""What a response says about how it was served, in the words rates are listed under."""

from profiler.domain.calls import Call
from profiler.domain.rates import rate_name

_STANDARD = frozenset({"", "auto", "default", "standard", "on_demand", "unspecified"})


def price_context(provider: str, tier: str, speed: str) -> dict[str, str]:
    """The context of a call whose response named this service tier and speed.

    A tier that nobody lists rates for is kept: it is billed as standard, and the rate's
    identity says so.
    """
    context: dict[str, str] = {}
    word = tier.strip().lower()
    if provider == "google":
        # Vertex names its tiers as kinds of traffic: ON_DEMAND_FLEX.
        word = word.removeprefix("on_demand_")
    if word == "batch":
        context["processing"] = word
    elif word not in _STANDARD:
        context["service_tier"] = word
    pace = speed.strip().lower()
    if pace not in _STANDARD:
        context["speed"] = pace
    return context


def is_rated_as_served(call: Call) -> bool | None:
    """Whether a call's cost rests on rates for the tier and speed it was served at.

    `None` where it was served as most are, or no listed rate is behind its cost. `False`: nobody
    lists such rates, and it is billed as standard.
    """
    context = price_context(call.provider, call.tier, call.speed)
    name = rate_name(call.cost.rate)
    if not context or name is None:
        return None
    return {*context.values()} <= {*name.context}
