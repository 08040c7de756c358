from profiler.budgets.told import entry_words
from profiler.ledger.audit import Entry, Kind

NOON_US = 1_795_348_800_000_000


def entry(kind: Kind, **details: object) -> Entry:
    return Entry(1, NOON_US, kind, "command", "team", "", "ada", details)


def test_what_was_allowed_is_told_as_people_say_it() -> None:
    told = {"number": 7, "reason": "launch week", "cost_pusd": 5 * 10**12, "tokens": 0, "calls": 0}
    asked = entry(Kind.ASKED, **told, until_us=None, opens_reserve=False)
    assert entry_words(asked) == "no. 7: $5.00 more; launch week"
    granted = entry(Kind.GRANTED, **told, until_us=NOON_US, opens_reserve=True)
    assert entry_words(granted) == (
        "no. 7: $5.00 more and the emergency reserve until 2026-11-22 12:00; launch week"
    )


def test_what_a_later_version_tells_is_still_told() -> None:
    assert entry_words(entry(Kind.ASKED, reason="a demo", colour="red")) == (
        "reason a demo, colour red"
    )
