"""Nothing a prompt, an answer, a key or an error says is ever written."""

import contextlib
import json
from typing import Any

import anthropic
import openai
import pytest
from google.genai import errors

from tests.shim.clients import anthropic_client, google_client, openai_client
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, Received, Reply, body, canned

CANARY = "canary-4711"
WORDS: list[Any] = [{"role": "user", "content": f"prompt {CANARY}"}]


def poisoned(received: Received) -> Reply:
    """The canned answer with a canary in every text the model or the provider could write."""
    reply = canned(received)
    content = reply.body.replace(b"Friday", CANARY.encode()).replace(
        b'"id": "', b'"id": "canary-4711'
    )
    return Reply(content, status=reply.status, content_type=reply.content_type)


def refused(_received: Received) -> Reply:
    """An error that quotes the prompt and the key."""
    content = json.loads(body("error.json"))
    content["error"]["message"] = f"{CANARY} in your prompt"
    content["error"]["code"] = content["error"]["param"] = CANARY
    return Reply(json.dumps(content).encode(), status=400)


def loose_usage(_received: Received) -> Reply:
    """A usage object that smuggles text."""
    usage = {"prompt_tokens": CANARY, CANARY: 1, "note": CANARY, "type": f"{CANARY} {CANARY}"}
    return Reply(json.dumps({"usage": {**usage, "parts": [{"text": CANARY}]}}).encode())


def call_everything(server: ProviderServer) -> None:
    """Every SDK, streamed or not, with a canary as prompt, key, header, tool and user."""
    key = f"sk-{CANARY}"
    chat = openai_client(server, api_key=key, default_headers={"x-secret": CANARY})
    with contextlib.suppress(openai.APIError):
        chat.chat.completions.create(model="gpt-5.1", messages=WORDS, user=CANARY)
    with contextlib.suppress(openai.APIError):
        list(chat.chat.completions.create(model="gpt-5.1", messages=WORDS, stream=True))
    with contextlib.suppress(openai.APIError):
        chat.responses.create(model="gpt-5.1", input=CANARY, instructions=CANARY)
    with contextlib.suppress(openai.APIError):
        chat.chat.completions.with_raw_response.create(model="gpt-5.1", messages=WORDS)
    messages = anthropic_client(server, api_key=key)
    with contextlib.suppress(anthropic.APIError):
        messages.messages.create(
            model="claude-opus-4-5", max_tokens=9, messages=WORDS, system=CANARY
        )
    google = google_client(server, headers={"x-secret": CANARY})
    with contextlib.suppress(errors.APIError, ValueError):
        google.models.generate_content(model="gemini-2.5-pro", contents=CANARY)
    with contextlib.suppress(errors.APIError, ValueError):
        list(google.models.generate_content_stream(model="gemini-2.5-pro", contents=CANARY))


@pytest.mark.parametrize("answer", [poisoned, refused, loose_usage])
def test_nothing_planted_is_found_in_anything_written(
    answer: Any, log: Log, server: ProviderServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.answer = answer
    call_everything(server)
    assert len(log.events()) == 7
    written = b"".join(path.read_bytes() for path in log.home.rglob("*") if path.is_file())
    assert b"canary" not in written
    assert "canary" not in "".join(capfd.readouterr())
