"""Budgets beneath real clients, in every way they can be asked."""

import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from profiler.domain.budgets import Action, Budget, ModelRule, Threshold
from profiler.domain.usage import Usage
from profiler.errors import BudgetExceeded
from profiler.ledger.book import Ledger, path_in
from profiler.pricing.card import Card
from profiler.pricing.context import price_context
from tests.shim.conftest import Log
from tests.shim.ways import STREAMS, WAYS, Clients, Way
from tests.support.ledgers import USD, a_budget, a_ledger, used
from tests.support.provider_server import (
    Answer,
    ProviderServer,
    Received,
    Reply,
    canned,
    json_reply,
    provider_server,
)

CARD = Card.load()


@pytest.fixture(scope="module")
def service() -> Iterator[ProviderServer]:
    with provider_server() as running:
        yield running


@pytest.fixture(scope="module")
def clients(service: ProviderServer) -> Iterator[Clients]:
    made = Clients(service)
    yield made
    made.close()


@pytest.fixture(scope="module")
def impatient(service: ProviderServer) -> Iterator[Clients]:
    """Clients that give up soon."""
    made = Clients(service, timeout_s=0.15)
    yield made
    made.close()


@pytest.fixture(scope="module")
def persistent(service: ProviderServer) -> Iterator[Clients]:
    """Clients that try three times."""
    made = Clients(service, retries=2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def nowhere() -> Iterator[Clients]:
    """Clients of a server that is gone."""
    with provider_server() as gone:
        made = Clients(gone)
    yield made
    made.close()


@pytest.fixture
def server(service: ProviderServer) -> Iterator[ProviderServer]:
    """The same for all tests, with nothing received yet."""
    service.received.clear()
    service.answer = canned
    yield service
    service.answer = canned


@pytest.fixture
def ledger(log: Log) -> Ledger:
    """With the strict budget of five dollars, most of the time."""
    return a_ledger(path_in(str(log.home)))


def limit(ledger: Ledger, *budgets: Budget) -> Ledger:
    a_ledger(ledger.file.path, *(budgets or [a_budget(limit_pusd=5 * USD)])).close()
    return ledger


def cost_of(event: dict[str, Any]) -> int:
    """What the event's call cost, worked out from what it tells."""
    told = dict(event["usage"])
    buckets = {name: told.pop(name) for name in Usage.__slots__ if name in told}
    models = (event.get("answered", ""), event["model"])
    context = price_context(event["provider"], event.get("tier", ""), event.get("speed", ""))
    usage = Usage(**buckets, more=told)
    pusd = CARD.cost(event["provider"], models, usage, event["at"], context).pusd
    assert pusd
    return pusd


def model_of(received: Received) -> str:
    """The model that the provider was asked for."""
    in_path = received.path.rpartition("/")[2].partition(":")[0]
    return str(received.body.get("model", in_path))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_call_that_is_refused_never_reaches_the_provider(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients, way: Way
) -> None:
    limit(ledger, a_budget(limit_pusd=1))
    with pytest.raises(BudgetExceeded, match="team") as raised:
        clients.ask(way)
    error = raised.value
    assert (error.budget, error.value, error.measure) == ("team", "", "cost")
    assert (error.spent, error.held, error.limit) == (0, 0, 1)
    assert error.requested is not None
    assert error.requested > 50 * 10**6
    assert error.resets_at_us is not None
    assert error.resets_at_us > time.time_ns() // 1000
    assert "profiler budget override team 0.0" in error.remedy
    assert server.received == []
    assert log.events() == []


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_call_that_fits_is_settled_at_what_it_cost(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients, way: Way
) -> None:
    limit(ledger)
    clients.ask(way)
    assert len(server.received) == 1
    assert used(ledger) == (cost_of(log.only()), 0)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_call_arrives_with_the_cheaper_model(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients, way: Way
) -> None:
    downgrading = a_budget(
        limit_pusd=None,
        limit_calls=10,
        thresholds=(Threshold(5, Action.DOWNGRADE),),
        rules=(ModelRule(95, way.dear, way.cheap),),
    )
    limit(ledger, downgrading)
    for _ in range(2):
        clients.ask(way)
    first, last = server.received
    assert model_of(first) == way.dear
    assert model_of(last) == way.cheap
    told = log.events()[-1]
    assert told["model"] == way.cheap
    assert told["tags"] == {"profiler.asked": way.dear, "profiler.budget": "team"}


def watch_held(ledger: Ledger, server: ProviderServer, answer: Answer) -> list[int]:
    """What is held for the call in flight, each time the provider is reached."""
    held: list[int] = []

    def answering(received: Received) -> Reply:
        held.append(used(ledger)[1])
        return answer(received)

    server.answer = answering
    return held


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_a_stream_that_is_left_early_is_charged_all_that_it_may_have_used(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients, way: Way
) -> None:
    limit(ledger, a_budget(limit_pusd=5 * USD), a_budget("soft", 5 * USD, thresholds=()))
    held = watch_held(ledger, server, canned)
    clients.ask(way, take=1)
    event = log.only()
    assert event["outcome"] == "aborted"
    assert used(ledger) == (max(*held, cost_of(event)), 0)
    assert used(ledger, "soft") == (cost_of(event), 0)


WHOLE = [way for way in WAYS if not way.is_stream]


def failing(status: int) -> Answer:
    """A provider that says no with this status, in a hurry to be asked again."""
    error = {"error": {"message": "no", "code": status, "status": "no", "type": "no"}}
    return lambda _: json_reply(error, status=status, headers={"retry-after-ms": "1"})


@pytest.mark.parametrize(
    ("way", "status"), [*zip(WAYS, cycle([400, 401, 429]), strict=False)], ids=str
)
def test_what_the_provider_refuses_is_free(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients, way: Way, status: int
) -> None:
    limit(ledger)
    held = watch_held(ledger, server, failing(status))
    with pytest.raises(Exception, match=str(status)):
        clients.ask(way)
    assert held[0] > 0
    assert log.only()["billed"] == "no"
    assert used(ledger) == (0, 0)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_what_breaks_at_the_provider_is_charged_as_it_may_be_billed(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients, way: Way
) -> None:
    limit(ledger)
    held = watch_held(ledger, server, failing(500))
    with pytest.raises(Exception, match="500"):
        clients.ask(way)
    assert log.only()["billed"] == "unknown"
    assert used(ledger) == (held[0], 0)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_timeout_is_charged_as_it_may_be_billed(
    ledger: Ledger, log: Log, server: ProviderServer, impatient: Clients, way: Way
) -> None:
    limit(ledger)
    held = watch_held(ledger, server, lambda _: json_reply({}, hang_after=0))
    with pytest.raises(Exception, match=r"(?i)time|^$"):
        impatient.ask(way)
    assert log.only()["error"] == "timeout"
    assert used(ledger) == (held[0], 0)


@pytest.mark.parametrize("way", WHOLE, ids=str)
def test_a_provider_that_cannot_be_reached_bills_nothing(
    ledger: Ledger, log: Log, nowhere: Clients, way: Way
) -> None:
    limit(ledger)
    with pytest.raises(Exception, match=r"(?i)connect"):
        nowhere.ask(way)
    assert log.only()["billed"] == "no"
    assert used(ledger) == (0, 0)


@pytest.mark.parametrize(("status", "doubtful"), [(429, 0), (500, 1)])
@pytest.mark.parametrize("way", WHOLE, ids=str)
def test_an_attempt_that_is_repeated_is_charged_where_it_may_be_billed(
    ledger: Ledger,
    log: Log,
    server: ProviderServer,
    persistent: Clients,
    way: Way,
    status: int,
    doubtful: int,
) -> None:
    limit(ledger)
    answers = iter([failing(status), canned])

    def answer(received: Received) -> Reply:
        return next(answers)(received)

    held = watch_held(ledger, server, answer)
    persistent.ask(way)
    event = log.only()
    assert event["attempts"] == len(held) == 2
    assert used(ledger) == (cost_of(event) + doubtful * held[0] // 3, 0)
