"""A budget from what the user typed."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from profiler.domain.budgets import NOTHING, Amounts, Budget, ModelRule
from profiler.domain.money import pusd
from profiler.errors import BadBudget, UsageError
from profiler.ledger.words import MAX_NAME_CHARS, budget_of, scope_words
from profiler.options.choices import APPLIES

__all__ = [
    "MAX_NAME_CHARS",
    "define",
    "extra_of",
    "rule_of",
    "scope_words",
    "threshold_of",
    "typed_rule",
]

_ASKED = "?"

_COUNT = re.compile(r"(\d[\d,_]*(?:\.\d+)?)\s*([kKmM]?)\s+(tokens?|calls?)")
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000}


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


def extra_of(text: str) -> Amounts:
    """So much more of a budget: `5`, `$2.50`, `10k tokens`, `3 calls`; empty is nothing.

    Raises:
        BadBudget: it is no amount.

    """
    words = text.strip()
    counted = _COUNT.fullmatch(words)
    if counted:
        number = float(re.sub("[,_]", "", counted[1])) * _THOUSANDS[counted[2].lower()]
        count = round(number)
        return Amounts(tokens=count) if counted[3].startswith("token") else Amounts(calls=count)
    if not words:
        return NOTHING
    try:
        return Amounts(pusd(words.removeprefix("$")))
    except UsageError as error:
        raise BadBudget(f"{error}; or 10k tokens, or 3 calls") from None


def threshold_of(text: str) -> dict[str, object]:
    """What happens at a share of the limit, as it is typed: `80=warn`.

    Raises:
        BadBudget: it cannot be read.

    """
    percent, _, action = text.partition("=")
    if not percent.isdecimal() or not action:
        raise BadBudget(f"{text}: write a percentage and what happens then, such as 80=warn")
    return {"at": int(percent), "action": action}


def rule_of(text: str) -> dict[str, object]:
    """A cheaper model for a dearer one, as it is typed: `40:gpt-5=gpt-5-mini`.

    With a question mark, `40?:…`, it holds only for programs that ask which model to send to.

    Raises:
        BadBudget: it cannot be read.

    """
    below, _, models = text.partition(":")
    model, _, to = models.rpartition("=")
    percent = below.removesuffix(_ASKED)
    if not percent.isdecimal() or not model or not to:
        raise BadBudget(f"{text}: write a rule like 40:gpt-5=gpt-5-mini")
    apply = APPLIES[below.endswith(_ASKED)]
    return {"below": int(percent), "from": model, "to": to, "apply": apply}


def typed_rule(rule: ModelRule) -> str:
    """The same the other way round."""
    asked = "" if rule.is_applied else _ASKED
    return f"{rule.below_percent}{asked}:{rule.model}={rule.to}"
