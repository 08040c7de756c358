"""Putting the shim in place and taking it away, early, late, for all or for one client."""

import asyncio
import copy
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import anthropic._base_client
import openai
import openai._base_client
import pytest

import profiler
from profiler.shim.patches import has_shape
from profiler.shim.points import CALLS, RETRIES
from tests.shim.clients import (
    CHAT,
    CONTENT,
    MESSAGE,
    anthropic_client,
    async_openai_client,
    google_client,
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer

NOT_FOR_HOSTS = {
    "asyncio",
    "dataclasses",
    "inspect",
    "logging",
    "pathlib",
    "sqlite3",
    "threading",
    "typing",
    "uuid",
}
"""Each costs a host's start more than all of ours together."""


def in_a_process(script: str, *arguments: str, home: Path) -> str:
    """What a script of its own prints."""
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={"PROFILER_HOME": str(home), "PATH": "/usr/bin:/bin"},
    )
    assert ended.stderr == ""
    return ended.stdout


def chokepoints() -> dict[str, Any]:
    """The functions now in place at every point that is ever patched."""
    points = [*CALLS, *RETRIES]
    points = [point for point in points if point.module in sys.modules]
    return {
        f"{point.module}:{point.owner}:{point.name}": vars(
            getattr(sys.modules[point.module], point.owner)
        )[point.name]
        for point in points
    }


def test_importing_the_profiler_loads_little_and_no_third_party(tmp_path: Path) -> None:
    script = """
        import sys
        before = set(sys.modules)
        import profiler
        print(*sorted(set(sys.modules) - before))
    """
    loaded = set(in_a_process(script, home=tmp_path).split())
    roots = {name.partition(".")[0] for name in loaded}
    assert not roots & NOT_FOR_HOSTS
    assert roots - {"profiler"} <= set(sys.stdlib_module_names)
    assert not {name for name in loaded if name.startswith("profiler.domain")}


def test_instrumenting_imports_no_sdk_and_writes_nothing(tmp_path: Path) -> None:
    script = """
        import sys, profiler
        profiler.instrument()
        print([name for name in ("openai", "anthropic", "google.genai") if name in sys.modules])
    """
    assert in_a_process(script, home=tmp_path / "home") == "[]\n"
    assert list(tmp_path.iterdir()) == []


def test_uninstrument_restores_the_same_functions() -> None:
    before = chokepoints()
    profiler.instrument()
    patched = chokepoints()
    profiler.instrument()
    assert chokepoints() == patched
    assert all(patched[point] is not before[point] for point in before)
    profiler.uninstrument()
    profiler.uninstrument()
    after = chokepoints()
    assert all(after[point] is before[point] for point in before)
    assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("profi")]


def test_somebody_elses_wrapper_over_ours_is_left_and_ours_is_inert(
    quiet_log: Log, server: ProviderServer
) -> None:
    owner = openai._base_client.SyncAPIClient
    before = owner.request
    profiler.instrument()
    ours = owner.request

    def theirs(self: Any, *args: Any, **kwargs: Any) -> Any:
        return ours(self, *args, **kwargs)

    owner.request = theirs  # type: ignore[method-assign]  # as another tool does
    try:
        profiler.uninstrument()
        assert vars(owner)["request"] is theirs
        openai_client(server).chat.completions.create(**CHAT)
    finally:
        owner.request = before  # type: ignore[method-assign]  # put back
    assert quiet_log.events() == []


def test_an_sdk_imported_later_is_instrumented(tmp_path: Path, server: ProviderServer) -> None:
    script = """
        import sys, profiler
        profiler.instrument()
        import openai, anthropic
        from google import genai
        spec = openai._base_client.__spec__
        print(type(spec.loader).__name__, "exec_module" in vars(spec.loader))
        client = openai.OpenAI(api_key="k", base_url=sys.argv[1] + "/v1")
        client.chat.completions.create(model="m", messages=[])
        client = anthropic.Anthropic(api_key="k", base_url=sys.argv[1])
        client.messages.create(model="m", max_tokens=1, messages=[])
        client = genai.Client(api_key="k", http_options={"base_url": sys.argv[1]})
        client.models.generate_content(model="m", contents="x")
    """
    assert in_a_process(script, server.url, home=tmp_path) == "SourceFileLoader False\n"
    providers = [event["provider"] for event in Log(tmp_path).events()]
    assert providers == ["openai", "anthropic", "google"]


def test_a_client_made_before_is_recorded(quiet_log: Log, server: ProviderServer) -> None:
    client = openai_client(server)
    client.chat.completions.create(**CHAT)
    profiler.instrument()
    client.chat.completions.create(**CHAT)
    profiler.uninstrument()
    client.chat.completions.create(**CHAT)
    assert len(quiet_log.events()) == 1


def test_an_sdk_of_another_shape_is_left_alone_with_one_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def request(self: object, wire: object) -> None: ...

    owner = openai._base_client.SyncAPIClient
    monkeypatch.setattr(owner, "request", request)
    profiler.instrument()
    try:
        assert vars(owner)["request"] is request
        assert (
            "SyncAPIClient.request"
            in vars(anthropic._base_client)["SyncAPIClient"].request.__qualname__
        )
    finally:
        profiler.uninstrument()
    assert capfd.readouterr().err.count("openai") == 1


def test_the_shape_of_a_wrapped_function_is_that_of_the_inner_one() -> None:
    import functools

    def inner(self: object, cast_to: object, options: object) -> None: ...

    @functools.wraps(inner)
    def outer(*args: object, **kwargs: object) -> None: ...

    assert has_shape(outer, ("self", "cast_to", "options"), is_async=False)
    assert not has_shape(outer, ("self", "options"), is_async=False)
    assert not has_shape(print, ("self",), is_async=False)
    assert not has_shape(None, ("self",), is_async=False)


def test_the_switch_turns_everything_off(
    quiet_log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_DISABLE", "1")
    before = chokepoints()
    profiler.instrument()
    profiler.wrap(openai_client(server)).chat.completions.create(**CHAT)
    assert chokepoints() == before
    assert quiet_log.events() == []


def test_wrap_records_one_client_and_returns_it(quiet_log: Log, server: ProviderServer) -> None:
    before = chokepoints()
    client, other = openai_client(server), openai_client(server)
    assert profiler.wrap(client) is client
    assert profiler.wrap(client) is client
    client.chat.completions.create(**CHAT)
    other.chat.completions.create(**CHAT)
    assert len(quiet_log.events()) == 1
    assert chokepoints() == before


def test_wrap_takes_every_kind_of_client(quiet_log: Log, server: ProviderServer) -> None:
    profiler.wrap(anthropic_client(server)).messages.create(**MESSAGE)
    google = profiler.wrap(google_client(server))
    google.models.generate_content(**CONTENT)
    list(google.models.generate_content_stream(**CONTENT))

    async def main() -> None:
        client = profiler.wrap(async_openai_client(server))
        await client.chat.completions.create(**CHAT)
        later = google_client(server)
        await profiler.wrap(later.aio).models.generate_content(**CONTENT)

    asyncio.run(main())
    assert len(quiet_log.events()) == 5


def test_copies_of_a_wrapped_client_are_recorded(quiet_log: Log, server: ProviderServer) -> None:
    client = profiler.wrap(openai_client(server))
    client.with_options(timeout=3).chat.completions.create(**CHAT)
    client.copy().with_options(timeout=4).chat.completions.create(**CHAT)
    assert len(quiet_log.events()) == 2


def test_a_wrapped_and_instrumented_client_counts_once(log: Log, server: ProviderServer) -> None:
    client = profiler.wrap(openai_client(server))
    client.chat.completions.create(**CHAT)
    list(client.chat.completions.create(**CHAT, stream=True))
    assert len(log.events()) == 2


def test_a_wrapped_clients_retries_count_once_either_way(
    quiet_log: Log, server: ProviderServer
) -> None:
    from tests.shim.test_failures import refusing

    client = profiler.wrap(openai_client(server, max_retries=2))
    server.answer = refusing(1)
    client.chat.completions.create(**CHAT)
    profiler.instrument()
    server.answer = refusing(1)
    client.chat.completions.create(**CHAT)
    profiler.uninstrument()
    assert [event["attempts"] for event in quiet_log.events()] == [2, 2]


def test_what_is_no_client_is_handed_back_with_one_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    thing = object()
    assert profiler.wrap(thing) is thing
    assert "object is no client" in capfd.readouterr().err


def test_a_subclass_and_a_patched_method_of_the_hosts_are_kept(
    log: Log, server: ProviderServer
) -> None:
    class Own(openai.OpenAI):
        def request(self, *args: Any, **kwargs: Any) -> Any:
            return super().request(*args, **kwargs)

    client = Own(api_key="k", base_url=server.url + "/v1")
    client.chat.completions.create(**CHAT)
    profiler.wrap(client).chat.completions.create(**CHAT)
    assert len(log.events()) == 2


def test_the_hosts_arguments_are_never_changed(log: Log, server: ProviderServer) -> None:
    options: dict[str, Any] = {"stream_options": {"include_obfuscation": False}}
    given = copy.deepcopy({**CHAT, **options})
    list(openai_client(server).chat.completions.create(**CHAT, **options, stream=True))
    assert {**CHAT, **options} == given
    extra = {"stream_options": {"include_obfuscation": False}}
    list(openai_client(server).chat.completions.create(**CHAT, stream=True, extra_body=extra))
    assert extra == {"stream_options": {"include_obfuscation": False}}
    assert all("usage" in event for event in log.exactly(2))
    asked = [json.dumps(received.body["stream_options"]) for received in server.received]
    assert asked == ['{"include_obfuscation": false, "include_usage": true}'] * 2


def test_a_stream_still_open_at_exit_is_recorded(tmp_path: Path, server: ProviderServer) -> None:
    script = """
        import sys, openai, profiler
        profiler.instrument()
        client = openai.OpenAI(api_key="k", base_url=sys.argv[1] + "/v1")
        stream = client.chat.completions.create(model="m", messages=[], stream=True)
        next(stream)
    """
    in_a_process(script, server.url, home=tmp_path)
    assert Log(tmp_path).only()["outcome"] == "aborted"
