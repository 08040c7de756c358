"""Clocks that a program stops or turns back, as its tests may: no call is lost for it."""

from collections.abc import Callable
from itertools import count

import pytest

from tests.shim.clients import CHAT, openai_client
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer

_SECOND_NS = 10**9


def turning_back() -> Callable[[], int]:
    """A clock that goes backwards, a second at each look."""
    moments = count(1_000 * _SECOND_NS, -_SECOND_NS)
    return lambda: next(moments)


CLOCKS: dict[str, Callable[[], Callable[[], int]]] = {
    "stopped": lambda: lambda: 5,
    "back": turning_back,
    "before 1970": lambda: lambda: -5,
}


@pytest.mark.parametrize("kind", CLOCKS)
def test_a_call_is_told_whatever_the_clocks_say(
    kind: str, log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = openai_client(server)
    with monkeypatch.context() as turned:
        turned.setattr("time.time_ns", CLOCKS[kind]())
        turned.setattr("time.perf_counter_ns", CLOCKS[kind]())
        client.chat.completions.create(**CHAT)
        list(client.chat.completions.create(**CHAT, stream=True))
    assert [event["outcome"] for event in log.events()] == ["ok", "ok"]
