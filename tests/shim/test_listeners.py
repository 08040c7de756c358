"""What a program hears of its budgets, and what it may answer."""

import asyncio
from collections.abc import Sequence
from threading import Event, Thread
from typing import assert_type

import pytest

import profiler
from profiler.domain.budgets import SOFT_THRESHOLDS, Action, Threshold
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.dollars import Pusd
from tests.shim.clients import async_openai_client
from tests.shim.conftest import Log
from tests.shim.test_budgets import HELLO, MINI, ask_openai, limit
from tests.support.ledgers import USD, a_budget, a_ledger, used
from tests.support.provider_server import ProviderServer

NANO = "gpt-5-nano"
DEAR = "gpt-5"
BETWEEN = 10**9
"""More than a short answer of gpt-5-nano may cost, and less than one of gpt-5."""


@pytest.fixture
def ledger(log: Log) -> Ledger:
    return a_ledger(path_in(str(log.home)))


def test_a_call_that_would_be_refused_is_tried_with_the_model_that_a_program_names(
    ledger: Ledger, log: Log, server: ProviderServer
) -> None:
    limit(ledger, a_budget(limit_pusd=BETWEEN // 10))
    asked: list[profiler.BudgetExceeded] = []

    def cheaper(refusal: profiler.BudgetExceeded) -> str:
        asked.append(refusal)
        return NANO

    profiler.instrument(on_refusal=cheaper)
    ask_openai(server, DEAR)
    assert [one.budget for one in asked] == ["team"]
    assert [one.body["model"] for one in server.received] == [NANO]
    told = log.only()
    assert told["model"] == NANO
    assert told["tags"] == {"profiler.asked": DEAR, "profiler.budget": "team"}


@pytest.mark.parametrize("named", [None, "", DEAR, "mystery-9000", "gpt-5-pro", 7])
def test_a_call_is_refused_where_no_model_that_fits_is_named(
    ledger: Ledger, log: Log, server: ProviderServer, named: str | None
) -> None:
    limit(ledger, a_budget(limit_pusd=BETWEEN // 10))
    profiler.on_refusal(lambda _: named)
    with pytest.raises(profiler.BudgetExceeded, match="team"):
        ask_openai(server, DEAR)
    assert server.received == []
    assert log.events() == []
    assert used(ledger) == (0, 0)


def test_what_a_listener_raises_is_told_and_harms_nothing(
    ledger: Ledger, log: Log, server: ProviderServer, capsys: pytest.CaptureFixture[str]
) -> None:
    limit(ledger, a_budget(limit_pusd=None, limit_calls=1))

    @profiler.on_budget
    @profiler.on_refusal
    def failing(_: object) -> str:
        raise ValueError("secret")

    ask_openai(server)
    with pytest.raises(profiler.BudgetExceeded, match="team"):
        ask_openai(server)
    assert log.only()["outcome"] == "ok"
    said = capsys.readouterr().err
    assert "a listener of budgets raised ValueError" in said
    assert "secret" not in said


def test_an_asynchronous_listener_runs_in_the_loop_there_is_or_at_once(
    ledger: Ledger, log: Log, server: ProviderServer
) -> None:
    del log
    limit(ledger, a_budget("calls", None, limit_calls=2, thresholds=SOFT_THRESHOLDS))
    heard: list[int] = []
    are_all = asyncio.Event()

    @profiler.on_budget
    async def listen(breach: profiler.Breach) -> None:
        await asyncio.sleep(0)
        heard.append(breach.percent)
        if len(heard) == 4:
            are_all.set()

    ask_openai(server)
    assert heard == [50]

    async def ask() -> None:
        async with async_openai_client(server) as client:
            await client.chat.completions.create(model=MINI, messages=HELLO)
        await asyncio.wait_for(are_all.wait(), 30)

    asyncio.run(ask())
    assert heard == [50, 75, 90, 100]


def test_a_listener_that_takes_its_time_holds_up_no_other_call(
    ledger: Ledger, log: Log, server: ProviderServer
) -> None:
    thresholds = (Threshold(10, Action.WARN),)
    limit(ledger, a_budget("calls", None, limit_calls=10, thresholds=thresholds))
    is_told, may_go_on = Event(), Event()

    @profiler.on_budget
    def hang(_: object) -> None:
        is_told.set()
        may_go_on.wait(30)

    first = Thread(target=ask_openai, args=(server,))
    first.start()
    assert is_told.wait(30)
    ask_openai(server)
    assert len(log.events()) == 2
    may_go_on.set()
    first.join()


def test_a_listener_may_ask_a_model_itself(
    ledger: Ledger, log: Log, server: ProviderServer
) -> None:
    limit(ledger, a_budget("calls", None, limit_calls=2, thresholds=SOFT_THRESHOLDS))
    heard: list[int] = []

    @profiler.on_budget
    def summarize(breach: profiler.Breach) -> None:
        heard.append(breach.percent)
        if breach.percent == 50:
            ask_openai(server)

    ask_openai(server)
    assert heard == [50, 75, 90, 100]
    assert len(log.events()) == 2


def test_a_call_that_sets_no_maximum_may_use_all_that_its_model_can(
    ledger: Ledger, log: Log
) -> None:
    del log
    limit(ledger, a_budget(limit_pusd=USD))
    refused = profiler.check(model=DEAR, input_tokens=1_000)
    assert refused is not None
    assert refused.requested == profiler.estimate(model=DEAR, input_tokens=1_000)
    assert profiler.check(model=DEAR, input_tokens=1_000, max_output_tokens=10) is None
    unknown = profiler.check(model="mystery-9000", input_tokens=1)
    assert unknown is not None
    assert "no maximum of output tokens" in str(unknown)


def test_what_a_program_is_given_has_types(ledger: Ledger, log: Log) -> None:
    del log
    limit(ledger, a_budget(limit_pusd=USD))
    # whoever checks types finds out here; what runs finds the names
    assert_type(profiler.remaining(model=DEAR), Sequence[profiler.Remaining])
    assert_type(profiler.check(model=DEAR, input_tokens=1), profiler.BudgetExceeded | None)
    assert_type(profiler.estimate(model=DEAR, input_tokens=1), Pusd | None)
    assert_type(profiler.choose_model(DEAR), str)
    (left,) = profiler.remaining(model=DEAR)
    assert isinstance(left, profiler.Remaining)
    assert (left.budget, left.left, left.is_hard) == ("team", USD, True)
    assert {"Breach", "Remaining"} <= {*dir(profiler)}
