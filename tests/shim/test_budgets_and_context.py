"""A context that is wider than the model's own, as a call may ask for: what is held for it."""

from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import pytest

from profiler.errors import BudgetExceeded
from profiler.ledger.book import path_in
from tests.shim.conftest import Log
from tests.support.ledgers import USD, a_budget, a_ledger
from tests.support.provider_server import ProviderServer, canned

WIDE = "context-1m-2025-08-07"
MESSAGE: dict[str, Any] = {
    "model": "claude-haiku-4-5",
    "max_tokens": 10,
    "messages": [{"role": "user", "content": "x" * 1_500_000}],
}
Asking = Callable[[anthropic.Anthropic], object]


@pytest.fixture
def client(server: ProviderServer, log: Log) -> Iterator[anthropic.Anthropic]:
    # two hundred thousand tokens fit this, a million and a half do not
    a_ledger(path_in(str(log.home)), a_budget(limit_pusd=2 * USD)).close()
    server.answer = canned
    with anthropic.Anthropic(api_key="k", base_url=server.url, max_retries=0) as made:
        yield made


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.messages.create(**MESSAGE, extra_headers={"Anthropic-Beta": WIDE}),
        lambda client: client.beta.messages.create(**MESSAGE, betas=["files-api", WIDE]),
        lambda client: client.messages.create(**MESSAGE, extra_body={"anthropic_beta": [WIDE]}),
        lambda client: client.with_options(
            default_headers={"anthropic-beta": WIDE}
        ).messages.create(**MESSAGE),
    ],
    ids=["header", "betas", "body", "client"],
)
def test_what_asks_for_a_wider_context_is_held_for_by_its_bytes(
    client: anthropic.Anthropic, server: ProviderServer, ask: Asking
) -> None:
    with pytest.raises(BudgetExceeded):
        ask(client)
    assert server.received == []


def test_what_asks_for_no_wider_context_is_held_for_by_the_models_own(
    client: anthropic.Anthropic, server: ProviderServer
) -> None:
    client.beta.messages.create(**MESSAGE, betas=["context-management-2025-06-27"])
    assert len(server.received) == 1
