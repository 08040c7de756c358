"""What each screen draws beyond the rest, by the screen's name.

Modules are imported when their screen is asked for: the first figures wait for none of them.
"""

# ruff: noqa: PLC0415 — imports inside functions are what this module is for

from profiler.analysis.asked import Asked
from profiler.analysis.results.snapshot import Part
from profiler.pricing.card import Card
from profiler.store.engine import Store


def part(store: Store, card: Card, asked: Asked, now_us: int) -> Part | None:
    """The part of the screen that asks; `None` where the rest is all it draws."""
    if asked.screen == "overview":
        from profiler.analysis import overview

        return overview.part(store, asked, now_us)
    if asked.screen == "models":
        from profiler.analysis import models

        return models.part(store, card, asked, now_us)
    if asked.screen == "cache":
        from profiler.analysis import cache

        return cache.part(store, card, asked, now_us)
    if asked.screen == "sites":
        from profiler.analysis import sites

        return sites.part(store, asked, now_us)
    if asked.screen == "sessions":
        from profiler.analysis import sessions

        return sessions.part(store, asked)
    return None
