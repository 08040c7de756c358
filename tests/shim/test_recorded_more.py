"""Answers recorded from Mistral, Cohere and Ollama, replayed to the real clients."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.shim.conftest import Log
from tests.shim.more_clients import cohere_client, mistral_client, ollama
from tests.support.cassettes import exchanges, folder
from tests.support.provider_server import ProviderServer, Reply

Replay = Callable[[ProviderServer, dict[str, Any]], Any]

REPLAYS: dict[str, Replay] = {
    "mistralai": lambda s, sent: mistral_client(s).chat.complete(
        model=sent["model"], messages=sent["messages"]
    ),
    "cohere": lambda s, sent: cohere_client(s).chat(model=sent["model"], messages=sent["messages"]),
    "ollama": lambda s, sent: list(
        ollama.Client(host=s.url).chat(model=sent["model"], messages=sent["messages"], stream=True)
    ),
}
NAMES = sorted(
    path.stem for path in folder().glob("*.yaml") if path.stem.startswith(tuple(REPLAYS))
)
pytestmark = pytest.mark.skipif(not NAMES, reason=f"no recorded answers in {folder()}")


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_answer_is_told_as_it_was_counted(
    name: str, log: Log, server: ProviderServer
) -> None:
    replay = REPLAYS[name.partition("__")[0]]
    for exchange in exchanges(name):
        reply = Reply(exchange.answer, exchange.status, exchange.content_type)
        server.answer = lambda _, reply=reply: reply  # type: ignore[misc]  # bound per round
        replay(server, exchange.sent)
        event = log.events()[-1]
        assert (event["outcome"], event["model"]) == ("ok", exchange.sent["model"])
        told = event["raw"]
        counts = told.get("billed_units", told)
        wanted = int(
            counts.get("prompt_tokens")
            or counts.get("input_tokens")
            or counts.get("prompt_eval_count")
        )
        assert event["usage"]["input"] + event["usage"].get("cache_read", 0) == wanted
        output = (
            counts.get("completion_tokens")
            or counts.get("output_tokens")
            or counts.get("eval_count")
        )
        assert event["usage"]["output"] == int(output)
        assert str(int(output)).encode() in exchange.answer
