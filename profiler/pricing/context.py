"""What a response says about how it was served, in the words rates are listed under."""

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
