"""Budgets beneath many calls at once, and beneath streams that take their time."""

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from profiler.domain.periods import SECOND_US
from profiler.errors import BudgetExceeded
from profiler.ledger import audit
from profiler.ledger.audit import Kind
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.reserving import LEASE_US
from profiler.shim.budgets import _RENEW_EVERY_S
from tests.shim.conftest import Log
from tests.shim.test_budgets_hold import cost_of, limit, watch_held
from tests.shim.ways import MOST_OUTPUT, Clients, Way
from tests.support.ledgers import USD, a_budget, a_ledger, used
from tests.support.provider_server import ProviderServer, Received, Reply, body, json_reply

STORM = 500
FITTING = 20
USAGES: dict[str, tuple[str, str, dict[str, int]]] = {
    "openai": (
        "openai_chat.json",
        "usage",
        {"prompt_tokens": 8, "completion_tokens": MOST_OUTPUT, "total_tokens": 58},
    ),
    "anthropic": (
        "anthropic_message.json",
        "usage",
        {"input_tokens": 8, "output_tokens": MOST_OUTPUT},
    ),
    "google": (
        "gemini_generate.json",
        "usageMetadata",
        {"promptTokenCount": 8, "candidatesTokenCount": MOST_OUTPUT, "totalTokenCount": 58},
    ),
}
"""What a provider answers that uses all of the output it was allowed."""


@pytest.fixture
def ledger(log: Log) -> Ledger:
    return a_ledger(path_in(str(log.home)))


@pytest.fixture
def clients(server: ProviderServer) -> Iterator[Clients]:
    made = Clients(server)
    yield made
    made.close()


def using_all(sdk: str) -> Any:
    name, key, usage = USAGES[sdk]
    document = {**json.loads(body(name)), key: usage, "service_tier": "default"}
    document.pop("model", None)

    def answer(received: Received) -> Reply:
        return json_reply({**document, "model": received.body.get("model", "")})

    return answer


def let_few_in(ledger: Ledger, server: ProviderServer, clients: Clients, way: Way) -> int:
    """A strict limit that so many calls fit at once, as one call shows what is held for it."""
    limit(ledger, a_budget(limit_pusd=USD))
    (held,) = watch_held_of_one(ledger, server, clients, way)
    most = used(ledger)[0] + FITTING * held
    limit(ledger, a_budget(limit_pusd=most))
    return most


def watch_held_of_one(
    ledger: Ledger, server: ProviderServer, clients: Clients, way: Way
) -> list[int]:
    held = watch_held(ledger, server, using_all(way.sdk))
    clients.ask(way)
    server.answer = using_all(way.sdk)
    return held


def assert_under(most: int, ledger: Ledger, log: Log, answers: list[Any]) -> None:
    refused = [one for one in answers if isinstance(one, BudgetExceeded)]
    answered = [one for one in answers if not isinstance(one, Exception)]
    assert [one for one in answers if one not in refused + answered] == []
    assert FITTING <= len(answered) < STORM
    events = log.events()
    assert len(events) == len(answered) + 1
    assert used(ledger) == (sum(map(cost_of, events)), 0)
    assert used(ledger)[0] <= most


@pytest.mark.parametrize("sdk", USAGES)
def test_a_storm_of_asynchronous_calls_spends_nothing_beyond_the_limit(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients, sdk: str
) -> None:
    way = Way(sdk, is_async=True, is_stream=False)
    most = let_few_in(ledger, server, clients, way)

    async def storm() -> list[Any]:
        asks = (clients.ask_async(way) for _ in range(STORM))
        return await asyncio.gather(*asks, return_exceptions=True)

    assert_under(most, ledger, log, clients.run(storm()))


def test_a_storm_of_threads_spends_nothing_beyond_the_limit(
    ledger: Ledger, log: Log, server: ProviderServer, clients: Clients
) -> None:
    way = Way("openai", is_async=False, is_stream=False)
    most = let_few_in(ledger, server, clients, way)

    def ask(_: int) -> Any:
        try:
            return clients.ask(way)
        except BudgetExceeded as error:
            return error

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask, range(STORM)))
    assert_under(most, ledger, log, answers)


def test_a_lease_is_renewed_many_times_before_it_runs_out() -> None:
    assert _RENEW_EVERY_S * SECOND_US * 10 < LEASE_US


@pytest.mark.parametrize(("every_s", "charges"), [(0, 0), (30, 1)])
def test_a_stream_that_outlives_its_lease_keeps_it_while_chunks_come(
    log: Log,
    clients: Clients,
    monkeypatch: pytest.MonkeyPatch,
    every_s: float,
    charges: int,
) -> None:
    monkeypatch.setattr("profiler.shim.budgets._RENEW_EVERY_S", every_s)
    for module in ("reserving", "book"):
        monkeypatch.setattr(f"profiler.ledger.{module}.LEASE_US", 70_000)
    ledger = limit(a_ledger(path_in(str(log.home))))
    stream = clients.open(Way("openai", is_async=False, is_stream=True))
    for _ in stream:
        time.sleep(0.05)
        # whoever uses the ledger charges what has been silent for too long
        with ledger.writing():
            pass
    assert used(ledger) == (cost_of(log.only()), 0)
    with ledger.reading() as (connection, _, _now_us):
        kinds = [one.kind for one in audit.entries(connection, None, 0)]
    assert kinds.count(Kind.CHARGED) == charges
