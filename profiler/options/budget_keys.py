"""The keys of `[[budget]]`. What they mean together is `profiler.ledger.words`' to say."""

from profiler.options.choices import APPLIES, WEEKDAYS
from profiler.options.shapes import Key, Leaf, Listed, Table, choice, either, flag, text, whole

_MOST = 2**62
PERIODS = ("call", "session", "hourly", "daily", "weekly", "monthly", "total")
ACTIONS = ("note", "warn", "notify", "downgrade", "block")
MODES = ("strict", "expected")

_DOLLARS = either(
    Leaf(
        "dollars, more than 0",
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value > 0,
        {"type": "number", "exclusiveMinimum": 0},
    ),
    text('the same in quotes, such as "2.50"'),
)
_COUNT = whole(1, _MOST)

_THRESHOLD = Table(
    {
        "at": Key(whole(1, 1000), "The share of the limit, in percent.", is_needed=True),
        "action": Key(choice(*ACTIONS), "What happens then.", is_needed=True),
    }
)
_RULE = Table(
    {
        "below": Key(whole(1, 100), "Holds while less than so many percent remain."),
        "from": Key(text(), "Calls that ask for this model; * stands for any text.", default="*"),
        "to": Key(text(), "The model they are sent to.", is_needed=True),
        "apply": Key(
            choice(*APPLIES), "Or only where a program asks choose_model.", default="always"
        ),
    }
)

BUDGET = Table(
    {
        "name": Key(text(), "What it is called.", is_needed=True),
        "limit": Key(_DOLLARS, "What its calls may cost, in dollars."),
        "tokens": Key(_COUNT, "How many tokens they may use, in and out."),
        "calls": Key(_COUNT, "How many there may be."),
        "period": Key(choice(*PERIODS), "How often it starts afresh.", default="monthly"),
        "zone": Key(text(), "The time zone its days begin in; else the one above."),
        "week_starts": Key(choice(*WEEKDAYS), "The day weeks begin on.", default="monday"),
        "scope": Key(
            Leaf("text in quotes", lambda value: isinstance(value, str), {"type": "string"}),
            'What counts: "feature:search model:gpt-5* tag:team=blue"; else every call.',
        ),
        "each": Key(Listed(text()), 'Labels whose every value has the limit apart: ["user"].'),
        "hard": Key(flag(), "Refuse calls that would go beyond the limit.", default=False),
        "thresholds": Key(Listed(_THRESHOLD), "What happens as it fills."),
        "grace": Key(_DOLLARS, "How far beyond a soft limit calls still pass."),
        "grace_minutes": Key(_COUNT, "How long after a soft limit was reached they do."),
        "mode": Key(
            choice(*MODES), "Hold the most a call can use, or what it should.", default="strict"
        ),
        "reserve": Key(whole(1, 99), "Percent of the limit that is kept for emergencies."),
        "rules": Key(Listed(_RULE), "Cheaper models for dearer ones while little remains."),
    }
)
