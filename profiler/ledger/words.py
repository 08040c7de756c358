"""Budgets in words: as `profiler.toml`, the command line and the ledger's own table write them."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from profiler.domain.budgets import (
    SOFT_THRESHOLDS,
    TAG,
    Action,
    Budget,
    Grace,
    Measure,
    Mode,
    ModelRule,
    Tag,
    Threshold,
)
from profiler.domain.money import pusd, usd
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Filter, Match, one_of
from profiler.errors import BadBudget, UsageError
from profiler.ledger.rules import circle
from profiler.options.choices import APPLIES, WEEKDAYS

MAX_NAME_CHARS = 60
LIMITS = {Measure.COST: "limit", Measure.TOKENS: "tokens", Measure.CALLS: "calls"}
"""The word each limit is given under."""

_MOST = 2**62
_PLAIN = re.compile(r"[\w.:*@%+=,/-]+")
"""Words that need no quotes."""

_UTC = ZoneInfo("UTC")
_UNLABELLED = {Dimension.SITE, Dimension.OPERATION, Dimension.ERROR, Dimension.FINISH}
"""What is not known, or says nothing of who spends, before a call is made."""

_Word = TypeVar("_Word", Period, Action, Mode)


class BadWord(BadBudget):
    """One word of a budget makes no sense; `key` is the one it was given under."""

    def __init__(self, key: str, says: str) -> None:
        super().__init__(f"{key}: {says}")
        self.key = key
        self.says = says


def budget_of(words: Mapping[str, object], zone: str) -> Budget:
    """The budget that `words` describe; `zone` is the one for those that name none.

    Raises:
        BadWord: one of them makes no sense; it says which, and what would.

    """
    budget = kept_budget_of(words, zone)
    if budget.is_hard and budget.grace is not None:
        raise BadWord(
            "grace" if "grace" in words else "grace_minutes",
            "a budget that blocks calls gives no grace; take it out, or let the budget be soft",
        )
    if models := circle(budget.rules):
        raise BadWord("rules", f"they lead in a circle, {' → '.join(models)}; take one of them out")
    return budget


def kept_budget_of(words: Mapping[str, object], zone: str = "UTC") -> Budget:
    """The same of words that made sense when they were kept, whatever is asked of new ones.

    Raises:
        BadWord: they never can have.

    """
    scope, tags = scope_of(_text(words, "scope", ""))
    budget = Budget(
        name=_name(_text(words, "name", "")),
        limit_pusd=_dollars(words, "limit") if "limit" in words else None,
        limit_tokens=_count(words, "tokens") if "tokens" in words else None,
        limit_calls=_count(words, "calls") if "calls" in words else None,
        period=_one_of(Period, words, "period", Period.MONTHLY),
        zone=_zone(_text(words, "zone", zone)),
        scope=scope,
        tags=tags,
        each=_each(words.get("each", ())),
        week_start=_weekday(_text(words, "week_starts", WEEKDAYS[0])),
        thresholds=_thresholds(words),
        grace=_grace(words),
        mode=_one_of(Mode, words, "mode", Mode.STRICT),
        reserve_percent=_percent(words, "reserve", 99) if words.get("reserve") else 0,
    )
    if not budget.limits:
        raise BadWord("limit", "there is none; write limit (dollars), tokens or calls")
    return _with_rules(budget, words.get("rules", ()))


def words_of(budget: Budget) -> dict[str, object]:
    """`budget` in words, such that `budget_of` gives it back."""
    words: dict[str, object] = {
        "name": budget.name,
        **{LIMITS[measure]: amount for measure, amount in budget.limits},
        "period": budget.period.value,
        "zone": budget.zone,
        "scope": "" if not (budget.scope or budget.tags) else scope_words(budget),
        "each": list(budget.each),
        "week_starts": WEEKDAYS[budget.week_start],
        "thresholds": [{"at": t.percent, "action": t.action.value} for t in budget.thresholds],
        "mode": budget.mode.value,
        "reserve": budget.reserve_percent,
        "rules": [_rule_words(rule) for rule in budget.rules],
    }
    if budget.limit_pusd is not None:
        words["limit"] = f"{usd(budget.limit_pusd):f}"
    if budget.grace is not None:
        words["grace"] = _grace_words(budget)
        words["grace_minutes"] = budget.grace.minutes
    return words


def scope_of(words: str) -> tuple[tuple[Match, ...], tuple[Tag, ...]]:
    """The conditions that `feature:search model:gpt-5* tag:team=blue` describes.

    Raises:
        BadWord: one of them is no label.

    """
    if not words:
        return (), ()
    # a program whose budgets hold for everything need not wait for what reads filters
    from profiler.domain.query import UnknownKey, parse_filter  # noqa: PLC0415

    try:
        each = shlex.split(words)
    except ValueError:
        raise BadWord("scope", f"the quotes in {words!r} do not close") from None
    plain = [word for word in each if not word.startswith(TAG)]
    try:
        wanted = parse_filter(shlex.join(plain), 0, _UTC)
    except UnknownKey as error:
        known = ", ".join(d for d in Dimension if d not in _UNLABELLED)
        raise BadWord(
            "scope",
            f"{error.key!r} is no label; write one of {known}, tag:, such as feature:search",
        ) from None
    except UsageError as error:
        raise BadWord("scope", str(error)) from None
    if Filter(matches=wanted.matches) != wanted or any(one.is_excluded for one in wanted.matches):
        raise BadWord("scope", "only labels can limit a budget, such as feature:search or user:ada")
    if any(one.is_exact for one in wanted.matches):
        raise BadWord("scope", "a budget ignores case; write feature:search, without the =")
    if any(one.others for one in wanted.matches):
        raise BadWord("scope", "a budget is for one value of a label; limit each by its own budget")
    return wanted.matches, tuple(_tag(word) for word in each if word.startswith(TAG))


def scope_words(budget: Budget) -> str:
    """The scope as it could be typed; `everything` when it is not limited."""
    matches = [f"{match.dimension}:{one_of(match.pattern)}" for match in budget.scope]
    tags = [f"{TAG}{tag.name}={tag.pattern}" for tag in budget.tags]
    typed = (word if _PLAIN.fullmatch(word) else shlex.quote(word) for word in (*matches, *tags))
    return " ".join(typed) or "everything"


def _tag(word: str) -> Tag:
    name, equals, pattern = word.removeprefix(TAG).partition("=")
    if not name or not equals:
        raise BadWord("scope", f"{word!r} names no tag; write tag:team=blue")
    return Tag(name, pattern)


def _text(words: Mapping[str, object], key: str, default: str) -> str:
    value = words.get(key, default)
    if not isinstance(value, str):
        raise BadWord(key, f"{value!r} is no text; put it in quotes")
    return value.strip()


def _name(name: str) -> str:
    if not name or len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise BadWord("name", f"a budget's name is 1 to {MAX_NAME_CHARS} printable characters")
    return name


def _dollars(words: Mapping[str, object], key: str) -> int:
    value = words[key]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise BadWord(key, f"{value!r} is not an amount of dollars; write it like 12.50")
    try:
        amount = pusd(str(value))
    except UsageError as error:
        raise BadWord(key, str(error)) from None
    if amount <= 0:
        raise BadWord(key, f"{value} leaves nothing to spend; write more than 0")
    return amount


def _count(words: Mapping[str, object], key: str) -> int:
    value = words[key]
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if type(number) is not int or not 0 < number <= _MOST:
        raise BadWord(key, f"{value!r} is no count; write a whole number more than 0")
    return number


def _percent(words: Mapping[str, object], key: str, most: int) -> int:
    value = words.get(key)
    if type(value) is not int or not 0 < value <= most:
        raise BadWord(key, f"{value!r} is no share; write a whole percentage from 1 to {most}")
    return value


def _one_of(kind: type[_Word], words: Mapping[str, object], key: str, default: _Word) -> _Word:
    word = _text(words, key, default.value)
    if word not in set(kind):
        raise BadWord(key, f"{word!r} is none of {', '.join(kind)}")
    return kind(word)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadWord(
            "zone", f"{name!r} is no time zone; write an IANA name like Europe/Berlin or UTC"
        ) from None


def _weekday(word: str) -> int:
    if word not in WEEKDAYS:
        raise BadWord("week_starts", f"{word!r} is none of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(word)


def _each(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    known = [d.value for d in Dimension if d not in _UNLABELLED]
    if not isinstance(names, Sequence):
        raise BadWord("each", f"{value!r} is no list of labels")
    for name in names:
        is_tag = isinstance(name, str) and name.startswith(TAG) and len(name) > len(TAG)
        if name not in known and not is_tag:
            raise BadWord("each", f"{name!r} is none of {', '.join(known)}, tag:name")
    return tuple(names)


def _thresholds(words: Mapping[str, object]) -> tuple[Threshold, ...]:
    is_hard = words.get("hard", False)
    if not isinstance(is_hard, bool):
        raise BadWord("hard", f"{is_hard!r} is neither true nor false")
    given = _tables(words.get("thresholds"), "thresholds")
    found = [
        Threshold(_percent(one, "at", 1000), _one_of(Action, one, "action", Action.WARN))
        for one in given
    ]
    thresholds = tuple(sorted(found or SOFT_THRESHOLDS))
    if is_hard and not any(t.action is Action.BLOCK for t in thresholds):
        below = (t for t in thresholds if t.percent < 100)
        return (*below, Threshold(100, Action.BLOCK))
    return thresholds


def _grace(words: Mapping[str, object]) -> Grace | None:
    if not words.keys() & {"grace", "grace_minutes"}:
        return None
    minutes = _count(words, "grace_minutes") if words.get("grace_minutes") else 0
    if not words.get("grace"):
        return Grace(minutes=minutes)
    by_cost = "limit" in words
    return Grace(_dollars(words, "grace") if by_cost else _count(words, "grace"), minutes)


def _grace_words(budget: Budget) -> object:
    amount = budget.grace.amount if budget.grace else 0
    return f"{usd(amount):f}" if amount and budget.limit_pusd is not None else amount


def _with_rules(budget: Budget, value: object) -> Budget:
    at = next((t.percent for t in budget.thresholds if t.action is Action.DOWNGRADE), None)
    rules = [_rule(one, at) for one in _tables(value, "rules")]
    if at is not None and not any(rule.is_applied for rule in rules):
        raise BadWord("rules", "a threshold downgrades, but no rule says to which model")
    ordered = tuple(sorted(rules, key=lambda rule: -rule.below_percent))
    return replace(budget, rules=ordered)


def _rule(words: Mapping[str, object], downgrades_at: int | None) -> ModelRule:
    if "below" in words:
        below = _percent(words, "below", 100)
    elif downgrades_at is not None:
        below = max(1, 100 - downgrades_at)
    else:
        raise BadWord("rules", "a rule says below which share of the budget it holds: below = 40")
    model, to = _text(words, "from", "*"), _text(words, "to", "")
    if not to or "*" in to:
        raise BadWord("rules", 'a rule names the model that calls are sent to: to = "gpt-5-mini"')
    apply = _text(words, "apply", APPLIES[0])
    if apply not in APPLIES:
        raise BadWord("rules", f"apply is one of {', '.join(APPLIES)}, not {apply!r}")
    return ModelRule(below, model, to, apply == APPLIES[0])


def _rule_words(rule: ModelRule) -> dict[str, object]:
    words = {"below": rule.below_percent, "from": rule.model, "to": rule.to}
    return words if rule.is_applied else {**words, "apply": APPLIES[1]}


def _tables(value: object, key: str) -> list[Mapping[str, object]]:
    if value is None:
        return []
    tables = []
    for one in value if isinstance(value, list | tuple) else [value]:
        if not isinstance(one, Mapping):
            raise BadWord(key, f"{one!r} is no table")
        tables.append(one)
    return tables
