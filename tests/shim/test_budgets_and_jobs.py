"""Work that a provider does on its own, beneath budgets: nobody can say what it will use."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace

import openai
import pytest
from google import genai
from google.genai import types

from profiler.domain.scopes import Dimension, Match
from profiler.errors import Unbounded
from profiler.ledger.book import path_in
from tests.shim.conftest import Log
from tests.support.ledgers import USD, a_budget, a_ledger
from tests.support.provider_server import ProviderServer, Received, Reply, json_reply

more = pytest.importorskip("tests.shim.more_clients", reason="needs mistralai, cohere and ollama")


def answered(_: Received) -> Reply:
    return json_reply({"id": "job_1", "object": "job", "name": "batches/1", "created_at": 1})


@pytest.fixture
def clients(server: ProviderServer, log: Log) -> Iterator[SimpleNamespace]:
    del log
    server.answer = answered
    options = types.HttpOptions(base_url=server.url)
    with openai.OpenAI(api_key="k", base_url=server.url, max_retries=0) as of_openai:
        yield SimpleNamespace(
            openai=of_openai,
            google=genai.Client(api_key="k", http_options=options),
            mistral=more.mistral_client(server),
            cohere=more.cohere_client(server),
        )


Making = Callable[[SimpleNamespace], object]
MAKERS: dict[str, Making] = {
    "run": lambda to: to.openai.beta.threads.create_and_run(assistant_id="a"),
    "run of a thread": lambda to: to.openai.beta.threads.runs.create("t", assistant_id="a"),
    "training": lambda to: to.openai.fine_tuning.jobs.create(
        model="gpt-4o-mini", training_file="f"
    ),
    "google": lambda to: to.google.batches.create(model="gemini-2.5-flash", src="files/f"),
    "mistral": lambda to: to.mistral.batch.jobs.create(
        endpoint="/v1/chat/completions", input_files=["f"], model="mistral-small-latest"
    ),
    "cohere": lambda to: to.cohere.embed_jobs.create(
        model="embed-v4.0", dataset_id="d", input_type="search_document"
    ),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_strict_budget_refuses_a_job(
    log: Log, server: ProviderServer, clients: SimpleNamespace, make: Making
) -> None:
    a_ledger(path_in(str(log.home)), a_budget(limit_pusd=100 * USD)).close()
    with pytest.raises(Unbounded, match="what a job will use cannot be bounded; set the budget"):
        make(clients)
    assert server.received == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_job_passes_where_no_strict_budget_applies_and_is_no_event(
    log: Log, server: ProviderServer, clients: SimpleNamespace, make: Making
) -> None:
    others = (Match(Dimension.MODEL, "gpt-5*"),)
    a_ledger(path_in(str(log.home)), a_budget(scope=others)).close()
    # what the server answers is no job as Mistral's SDK knows one
    with suppress(ValueError, more.mistral.errors.MistralError):
        make(clients)
    assert len(server.received) == 1
    assert log.events() == []


def test_a_run_that_is_streamed_arrives_as_it_was_sent(
    log: Log, server: ProviderServer, clients: SimpleNamespace
) -> None:
    told = json.dumps({"id": "run_1", "object": "thread.run"})
    lines = f"event: thread.run.completed\ndata: {told}\n\nevent: done\ndata: [DONE]\n\n"
    server.answer = lambda _: Reply(lines.encode(), content_type="text/event-stream")
    with pytest.warns(DeprecationWarning, match="Assistants"):
        stream = clients.openai.beta.threads.create_and_run(assistant_id="a", stream=True)
    assert [event.data.id for event in stream] == ["run_1"]
    assert log.events() == []
