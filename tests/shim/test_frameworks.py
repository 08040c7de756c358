"""Programs on LangChain and Pydantic AI are captured through the SDK below them, once."""

from typing import Any

import pytest

import profiler
from tests.shim.clients import PROMPT, async_openai_client
from tests.shim.conftest import Log
from tests.shim.test_operations import CHAT
from tests.support.provider_server import ProviderServer

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_langchain_call_is_one_event(is_streamed: bool, log: Log, server: ProviderServer) -> None:
    langchain: Any = pytest.importorskip("langchain_openai", reason="needs langchain-openai")
    model = langchain.ChatOpenAI(
        model="gpt-5.1", base_url=server.url + "/v1", api_key="key-of-a-test", max_retries=0
    )
    with profiler.context(workflow="faq"):
        answer = list(model.stream(PROMPT)) if is_streamed else model.invoke(PROMPT)
    assert answer
    event = log.only()
    assert (event["workflow"], event["usage"]) == ("faq", CHAT)
    assert event["site"].endswith("test_a_langchain_call_is_one_event")


def test_a_pydantic_ai_run_is_one_event_per_request(log: Log, server: ProviderServer) -> None:
    ai: Any = pytest.importorskip("pydantic_ai", reason="needs pydantic-ai-slim")
    from pydantic_ai.models.openai import (  # type: ignore[import-not-found,unused-ignore]
        OpenAIChatModel,
    )
    from pydantic_ai.providers.openai import (  # type: ignore[import-not-found,unused-ignore]
        OpenAIProvider,
    )

    client = async_openai_client(server)
    model = OpenAIChatModel("gpt-5.1", provider=OpenAIProvider(openai_client=client))
    agent = ai.Agent(model)
    with profiler.context(agent="clerk"):
        assert agent.run_sync(PROMPT).output
    event = log.only()
    assert (event["agent"], event["usage"]) == ("clerk", CHAT)
