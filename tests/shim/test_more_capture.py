"""The SDKs beside the three main ones: fingerprints, and text where it is asked for."""

import pytest

import profiler
from profiler.log.captured import text_of
from tests.shim.clients import PROMPT
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer

more = pytest.importorskip("tests.shim.more_clients", reason="needs mistralai, cohere and ollama")


@pytest.mark.parametrize("name", more.sync_operations())
def test_prompt_and_answer_are_kept_and_fingerprinted(
    name: str, quiet_log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_CAPTURE_TEXT", "1")
    profiler.instrument()
    more.sync_operations()[name](server)
    event = quiet_log.only()
    assert len(event["fingerprint"]) == 32
    kept = text_of(quiet_log.home / "text", event["id"], event["at"])
    assert kept is not None
    assert PROMPT in "".join(said.text for said in kept.prompt)
    has_answer = not any(kind in name for kind in ("embed", "rerank"))
    assert ("On the first" in "".join(said.text for said in kept.answer)) == has_answer
