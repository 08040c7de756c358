"""A budget from what the user typed."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from profiler.domain.budgets import Budget
from profiler.ledger.words import MAX_NAME_CHARS, budget_of, scope_words

__all__ = ["MAX_NAME_CHARS", "define", "scope_words"]


def define(
    name: str,
    limit: str,
    period: str,
    scope: str,
    zone: ZoneInfo,
    more: Mapping[str, object] | None = None,
) -> Budget:
    """The budget these words describe.

    Args:
        name: what it is called; a budget of the same name is replaced by it.
        limit: dollars, more than nothing; empty where only `more` limits something.
        period: `daily`, `weekly`, `monthly`, `total`…
        scope: filter words such as `feature:search model:gpt-5*`; empty means every call.
        zone: the zone its days begin in.
        more: further words, by the keys that `[[budget]]` has in `profiler.toml`.

    Raises:
        BadBudget: one of them makes no sense; the message says which, and what would.
    """
    words = {"name": name, "period": period, "scope": scope, **(more or {})}
    return budget_of({**words, "limit": limit} if limit.strip() else words, zone.key)
