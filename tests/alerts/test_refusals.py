"""A budget that refuses calls says so, however little of it is used: once, and again after more."""

from pathlib import Path

from profiler.alerts.record import all_alerts, open_alerts
from profiler.alerts.targets import Plan
from profiler.alerts.wording import MOST_CHARS, body_of, line_of, state_of, title_of, worst
from profiler.domain.alerts import Alert
from profiler.domain.budgets import Amounts
from profiler.domain.periods import DAY_US, Period
from profiler.ledger import overrides
from profiler.ledger.book import Ledger
from profiler.ledger.overrides import Wanted
from tests.support.alerting import MINUTE_US, TEAM, Kept, a_sender
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask


def a_strict(path: Path, clock: Clock | None = None, **changes: object) -> Ledger:
    """A hard budget of a dollar, 60 cents of it used."""
    ledger = a_ledger(path, a_budget(**changes), clock=clock or Clock())  # type: ignore[arg-type]  # fields
    if changes.get("period") is not Period.CALL:
        ledger.reserve(an_ask("used"))
        ledger.settle("used", Amounts(60 * USD // 100, 1, 1))
    return ledger


def refuse(ledger: Ledger, call: str, cost_pusd: int | None = 3 * USD, user: str = "ada") -> None:
    assert ledger.reserve(an_ask(call, a_bid(cost_pusd, user=user))).refusals


def told(ledger: Ledger) -> list[Alert]:
    with ledger.reading() as (connection, _, _now_us):
        return [one for one in all_alerts(connection)[::-1] if one.is_refusal]


def test_the_first_refused_call_is_told_of_and_no_other_of_its_window(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_strict(tmp_path / "l.db", clock)
    ledger.reserve(an_ask("in flight"))
    for number in range(5):
        refuse(ledger, str(number))
    (one,) = told(ledger)
    assert (one.budget, one.used, one.limit, one.expected) == (
        "team", 70 * USD // 100, USD, 3 * USD,
    )  # fmt: skip
    clock.pass_us(32 * DAY_US)
    refuse(ledger, "next month")
    assert len(told(ledger)) == 2


def test_of_five_refused_calls_one_message_is_sent(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_strict(tmp_path / "l.db", clock)
    sender = a_sender(ledger, Plan((TEAM,), cooldown_us=0), kept)
    for number in range(5):
        refuse(ledger, str(number))
        sender.send_due()
        clock.pass_us(MINUTE_US)
    assert len(kept.bodies) == 1


def test_a_refusal_says_what_was_asked_what_is_left_and_what_lifts_it(tmp_path: Path) -> None:
    ledger = a_strict(tmp_path / "l.db")
    refuse(ledger, "1")
    found = told(ledger)
    assert title_of(found) == (
        "Budget team: a call was refused: it may use $3.00, and $0.4000 of $1.00 is left"
    )
    assert "asking for less (max_tokens) or the mode expected lifts it" in line_of(found[0])
    assert "profiler budget override team 3 --reason WHY" in body_of(found, "m")


def test_what_cannot_be_bounded_is_told_so(tmp_path: Path) -> None:
    ledger = a_strict(tmp_path / "l.db")
    refuse(ledger, "1", None)
    (one,) = told(ledger)
    assert "may use nobody can say how much" in state_of(one)
    assert "a maximum of output tokens, a price for the model" in line_of(one)


def test_each_standing_tells_of_its_own_refusal(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(each=("user",)), clock=Clock())
    for number, user in enumerate(("ada", "ada", "bob")):
        refuse(ledger, str(number), user=user)
    assert [one.value for one in told(ledger)] == ["ada", "bob"]


def test_a_limit_of_one_call_tells_once_a_day(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_strict(tmp_path / "l.db", clock, period=Period.CALL)
    refuse(ledger, "1")
    refuse(ledger, "2")
    assert len(told(ledger)) == 1
    clock.pass_us(DAY_US)
    refuse(ledger, "3")
    assert len(told(ledger)) == 2


def test_no_refusal_is_told_of_after_the_limit_was(tmp_path: Path) -> None:
    ledger = a_strict(tmp_path / "l.db")
    ledger.reserve(an_ask("last", a_bid(USD // 10)))
    ledger.settle("last", Amounts(USD, 1, 1))
    refuse(ledger, "1")
    with ledger.reading() as (connection, _, now_us):
        found = open_alerts(connection, now_us)
    assert [one.threshold for one in found] == ["100", "90"]
    assert state_of(found[0]) == "limit of $1.00 reached; calls are refused"


def test_a_refused_call_matters_more_than_a_threshold_but_for_the_limit(tmp_path: Path) -> None:
    ledger = a_strict(tmp_path / "l.db")

    def worst_after(cents: int) -> str:
        cost_pusd = cents * USD // 100
        ledger.reserve(an_ask(f"{cents}", a_bid(cost_pusd)))
        ledger.settle(f"{cents}", Amounts(cost_pusd, 1, 1))
        with ledger.reading() as (connection, _, _now_us):
            return worst(all_alerts(connection)).threshold

    refuse(ledger, "1")
    assert worst_after(35) == "refused"
    assert worst_after(5) == "100"


def test_a_refusal_after_each_override_is_told_of_anew(tmp_path: Path) -> None:
    kept = Kept()
    ledger = a_strict(tmp_path / "l.db")
    sender = a_sender(ledger, Plan((TEAM,), cooldown_us=0), kept)
    for round_ in range(3):
        for number in range(3):
            refuse(ledger, f"{round_} {number}")
            sender.send_due()
        with ledger.writing() as (connection, terms, now_us):
            wanted = Wanted(Amounts(USD, 0, 0), "launch")
            overrides.grant(connection, terms.defined[0], wanted, "ada", now_us)
    titles = [body.partition("\n")[0] for body in kept.bodies]
    assert [title.partition(", and ")[2] for title in titles] == [
        "$0.4000 of $1.00 is left",
        "$1.40 of $2.00 is left",
        "$2.40 of $3.00 is left",
    ]


def test_a_refusal_waits_out_the_cooldown_of_its_budget(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_ledger(tmp_path / "l.db", a_budget(each=("user",)), clock=clock)
    sender = a_sender(ledger, Plan((TEAM,), cooldown_us=10 * MINUTE_US), kept)
    for minute, user in enumerate(("ada", "bob", "cleo")):
        refuse(ledger, str(minute), user=user)
        sender.send_due()
        clock.pass_us(MINUTE_US)
    assert len(kept.bodies) == 1
    clock.pass_us(10 * MINUTE_US)
    sender.send_due()
    assert len(kept.bodies) == 2


def test_an_absurd_call_is_refused_like_any_other(tmp_path: Path) -> None:
    ledger = a_strict(tmp_path / "l.db")
    refuse(ledger, "1", 10**40)
    assert len(told(ledger)) == 1


def test_a_message_that_has_no_room_for_all_says_how_many_more_there_are(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(each=("user",)), clock=Clock())
    for number in range(12):
        refuse(ledger, str(number), user=f"user {number:02}")
    body = body_of(told(ledger), "m", is_escalation=True)
    lines = [line for line in body.splitlines() if line.startswith("- ")]
    assert len(body) <= MOST_CHARS
    assert all(line.endswith(" UTC") for line in lines[:-1])
    assert lines[-1] == f"- and {13 - len(lines)} more"
