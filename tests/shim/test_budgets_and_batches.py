"""Batches beneath budgets: nobody can say beforehand what they will use."""

from collections.abc import Callable, Iterator

import anthropic
import openai
import pytest

from profiler.domain.budgets import Mode
from profiler.domain.scopes import Dimension, Match
from profiler.errors import BudgetExceeded, Unbounded
from profiler.ledger.book import path_in
from tests.shim.conftest import Log
from tests.support.ledgers import USD, a_budget, a_ledger, used
from tests.support.provider_server import ProviderServer, Received, Reply, canned, json_reply

Makers = dict[str, Callable[[], object]]


@pytest.fixture
def batches(server: ProviderServer, log: Log) -> Iterator[Makers]:
    del log
    server.answer = answered
    of_openai = openai.OpenAI(api_key="k", base_url=server.url, max_retries=0)
    of_anthropic = anthropic.Anthropic(api_key="k", base_url=server.url, max_retries=0)
    with of_openai, of_anthropic:
        yield {
            "openai": lambda: of_openai.batches.create(
                completion_window="24h", endpoint="/v1/chat/completions", input_file_id="file_1"
            ),
            "anthropic": lambda: of_anthropic.messages.batches.create(
                requests=[
                    {
                        "custom_id": str(number),
                        "params": {
                            "model": "claude-opus-4-5",
                            "max_tokens": 10,
                            "messages": [{"role": "user", "content": "hello"}],
                        },
                    }
                    for number in range(3)
                ]
            ),
        }


def answered(received: Received) -> Reply:
    if received.path.endswith("/messages/batches"):
        return canned(received)
    return json_reply({"id": "batch_1", "object": "batch", "created_at": 1, "status": "validating"})


@pytest.mark.parametrize("maker", ["openai", "anthropic"])
def test_a_strict_budget_refuses_a_batch(
    log: Log, server: ProviderServer, batches: Makers, maker: str
) -> None:
    a_ledger(path_in(str(log.home)), a_budget(limit_pusd=100 * USD)).close()
    with pytest.raises(Unbounded, match="what a batch will use cannot be bounded; set the budget"):
        batches[maker]()
    assert server.received == []


@pytest.mark.parametrize("maker", ["openai", "anthropic"])
def test_a_batch_passes_where_no_strict_budget_applies_and_nothing_is_held(
    log: Log, server: ProviderServer, batches: Makers, maker: str
) -> None:
    others = (Match(Dimension.MODEL, "gpt-5*"),)
    lenient = a_budget("lenient", mode=Mode.EXPECTED)
    ledger = a_ledger(path_in(str(log.home)), lenient, a_budget("others", scope=others))
    batches[maker]()
    assert len(server.received) == 1
    assert used(ledger, "lenient") == (0, 0)
    ledger.close()


def test_a_limit_on_calls_refuses_a_batch_of_more(
    log: Log, server: ProviderServer, batches: Makers
) -> None:
    a_ledger(path_in(str(log.home)), a_budget(limit_pusd=None, limit_calls=2)).close()
    with pytest.raises(BudgetExceeded, match="3 calls"):
        batches["anthropic"]()
    assert server.received == []
