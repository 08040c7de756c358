"""The shim beside its peers: the same hostile programs, the same calls, one run.

`python -m tests.benchmarks.shim_peers [--quick] [--venvs FOLDER] [--list]`: each peer runs
in an environment of its own under FOLDER, made there with pip when it is missing, and is left
out, saying so, where that fails. Compared are OpenAI's cases of `tests/shim/adversarial`: what
changed for the host, which billed calls left no event, and the time added to a call.
`--quick` runs ours alone, on some of the cases.
"""

import argparse
import gc
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # run by its path, and by peers' interpreters that know nothing of us

from tests.shim.adversarial.kits import OPENAI_CHAT, lasting  # noqa: E402
from tests.shim.adversarial.observing import Case, observe  # noqa: E402
from tests.support.provider_server import canned, provider_server  # noqa: E402

PEERS = {
    "ours": ("llm-cost-profiler", []),
    "openllmetry": (
        "opentelemetry-instrumentation-openai",
        ["opentelemetry-instrumentation-openai", "opentelemetry-sdk"],
    ),
    "sentry": ("sentry-sdk", ["sentry-sdk"]),
    "langfuse": ("langfuse", ["langfuse"]),
    "ddtrace": ("ddtrace", ["ddtrace"]),
}
"""By name: the distribution, and what is to be installed beside the SDK."""

CHUNKS = 30
_TIMEOUT_S = 900
Count = Callable[[], int]


def start_ours() -> Count:
    """Our shim, writing to a log of its own."""
    profiler: Any = import_module("profiler")
    folder = Path(os.environ["PROFILER_HOME"]) / "log"
    profiler.instrument()
    return lambda: sum(p.read_bytes().count(b'{"v":1,"id":"') for p in folder.glob("*.jsonl"))


def start_openllmetry() -> Count:
    """OpenLLMetry, its spans kept in memory."""
    trace: Any = import_module("opentelemetry.sdk.trace")
    export: Any = import_module("opentelemetry.sdk.trace.export")
    memory: Any = import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter = memory.InMemorySpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(exporter))
    instrumentor: Any = import_module("opentelemetry.instrumentation.openai")
    instrumentor.OpenAIInstrumentor().instrument(tracer_provider=provider)
    return lambda: len(exporter.get_finished_spans())


def start_sentry() -> Count:
    """Sentry, its transactions counted where they would be sent."""
    sdk: Any = import_module("sentry_sdk")
    integration: Any = import_module("sentry_sdk.integrations.openai")
    seen: list[int] = []

    def counted(event: Any, hint: Any) -> None:
        del hint
        spans = [event.get("contexts", {}).get("trace", {}), *event.get("spans", [])]
        seen.append(sum(str(span.get("op", "")).startswith("gen_ai") for span in spans))

    sdk.init(
        dsn="http://key@127.0.0.1:9/1",
        traces_sample_rate=1.0,
        integrations=[integration.OpenAIIntegration()],
        before_send_transaction=counted,
        shutdown_timeout=0,
    )
    return lambda: sum(seen)


def start_langfuse() -> Count:
    """Langfuse's wrapper of OpenAI's classes, its spans kept in memory."""
    os.environ |= {
        "LANGFUSE_PUBLIC_KEY": "pk-lf-1",
        "LANGFUSE_SECRET_KEY": "sk-lf-1",
        "LANGFUSE_HOST": "http://127.0.0.1:9",
    }
    trace: Any = import_module("opentelemetry.sdk.trace")
    export: Any = import_module("opentelemetry.sdk.trace.export")
    memory: Any = import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter = memory.InMemorySpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(exporter))
    import_module("langfuse").Langfuse(tracer_provider=provider)
    import_module("langfuse.openai")
    return lambda: len(exporter.get_finished_spans())


def start_ddtrace() -> Count:
    """ddtrace, its spans counted where they would be sent."""
    os.environ |= {"DD_TRACE_STARTUP_LOGS": "0", "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "0"}
    root: Any = import_module("ddtrace")
    trace: Any = import_module("ddtrace.trace")
    seen: list[str] = []

    class Counting(trace.TraceFilter):  # type: ignore[misc]  # the peer's own class
        def process_trace(self, spans: list[Any]) -> None:
            seen.extend(span.name for span in spans if span.name.startswith("openai."))

    trace.tracer.configure(trace_processors=[Counting()])
    root.patch(openai=True)
    return lambda: len(seen)


STARTS: dict[str, Callable[[], Count]] = {
    "ours": start_ours,
    "openllmetry": start_openllmetry,
    "sentry": start_sentry,
    "langfuse": start_langfuse,
    "ddtrace": start_ddtrace,
}


def openai_cases(*, is_quick: bool) -> list[Case]:
    """OpenAI's adversarial cases."""
    from tests.shim.adversarial.matrix import all_cases

    found = [case for case in all_cases() if case.name.startswith("openai-")]
    return found[::25] if is_quick else found


def faced(name: str, *, is_quick: bool, is_short: bool) -> dict[str, Any]:
    """What one tool does to the cases and to the time of a call; run in its environment."""
    logging.disable(logging.CRITICAL)
    cases = [] if is_short else openai_cases(is_quick=is_quick)
    with provider_server() as server:
        OPENAI_CHAT.create(lasting(OPENAI_CHAT, server))
        gc.collect()
        bare = {case.name: observe(case, server) for case in cases}
        server.answer = canned
        times = {"bare": added_times(rounds=3 if is_quick else 40)}
        count = STARTS[name]()
        changed, lost, billed = [], [], 0
        for case in cases:
            before = count()
            with unit_of_work(name):
                seen = observe(case, server)
            wanted = len(seen.requests) if case.calls is None else case.calls
            billed += wanted
            if bare[case.name].differences(seen):
                changed.append(case.name)
            if count() - before < wanted:
                lost.append(case.name)
        with unit_of_work(name):
            times[name] = added_times(rounds=3 if is_quick else 40)
    return {
        "version": version(PEERS[name][0]),
        "cases": len(cases),
        "billed": billed,
        "changed": changed,
        "lost": lost,
        "plain_us": times[name][0] - times["bare"][0],
        "stream_us": times[name][1] - times["bare"][1],
    }


def unit_of_work(name: str) -> AbstractContextManager[object]:
    """What a host of that tool has around its calls: Sentry records nothing outside one."""
    if name != "sentry":
        return nullcontext()
    started: AbstractContextManager[object] = import_module("sentry_sdk").start_transaction(
        op="case", name="case"
    )
    return started


def added_times(rounds: int) -> tuple[float, float]:
    """Median microseconds of a plain call and of a stream, without a network."""
    chat = memory_client()
    plain = [timed(lambda: chat.create(**ASKED)) for _ in range(rounds * 20)]
    streamed = [timed(lambda: list(chat.create(**ASKED, **STREAMED))) for _ in range(rounds * 5)]
    return statistics.median(plain), statistics.median(streamed)


ASKED: dict[str, Any] = {"model": "gpt-5.1", "messages": [{"role": "user", "content": "When?"}]}
STREAMED: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}


def memory_client() -> Any:
    """Chat completions whose provider answers in this process."""
    from tests.support.chat_answers import answering

    return OPENAI_CHAT.in_memory(answering(CHUNKS)).chat.completions


def timed(call: Callable[[], object]) -> float:
    """Microseconds of processor time for one call: other programs on the machine do not count."""
    began = time.process_time_ns()
    call()
    return (time.process_time_ns() - began) / 1000


@contextmanager
def environments(folder: str | None) -> Iterator[Path]:
    """Where the peers' environments are, or a scratch folder for them."""
    if folder is not None:
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(scratch)


def python_of(name: str, folder: Path) -> Path | None:
    """The interpreter of a peer's environment, made if it is missing; `None` if it cannot be."""
    if name == "ours":
        return Path(sys.executable)
    python = folder / name / "bin" / "python"
    if python.exists():
        return python
    venv.create(folder / name, with_pip=True)
    pinned = f"openai=={version('openai')}"
    install = [str(python), "-m", "pip", "install", "-q", pinned, *PEERS[name][1]]
    ended = subprocess.run(install, capture_output=True, text=True, check=False)
    return python if ended.returncode == 0 else None


def measured(
    name: str, python: Path, *, is_quick: bool, is_short: bool = False
) -> dict[str, Any] | str:
    """What one tool's own process found, or why there is nothing; times alone where it is short."""
    asked = {"--quick": is_quick, "--short": is_short}
    command = [str(python), __file__, "--face", name, *(word for word in asked if asked[word])]
    with tempfile.TemporaryDirectory() as home:
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PROFILER_HOME": home, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    if ended.returncode:
        return (ended.stderr.strip().splitlines() or ["it died"])[-1]
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def show(found: dict[str, dict[str, Any]], *, is_long: bool) -> None:
    """Prints the table, and the cases by name where they are asked for."""
    print(f"{'':12} {'version':>9} {'cases':>6} {'changed':>8} {'billed':>7} {'lost in':>8}"
          f" {'added us':>9} {'30 chunks':>10}")  # fmt: skip
    for name, told in found.items():
        print(f"{name:12} {told['version']:>9} {told['cases']:>6} {len(told['changed']):>8}"
              f" {told['billed']:>7} {len(told['lost']):>8} {told['plain_us']:>9.0f}"
              f" {told['stream_us']:>10.0f}")  # fmt: skip
    for name, told in found.items() if is_long else ():
        for word in ("changed", "lost"):
            if told[word]:
                print(f"\n{name}, {word}:", *(f"  {case}" for case in told[word]), sep="\n")


def main() -> None:
    """Prints the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="ours alone: does it run?")
    parser.add_argument("--venvs", help="folder of the peers' environments")
    parser.add_argument("--list", action="store_true", help="name the cases too")
    parser.add_argument("--only", choices=PEERS, action="append", help="these alone")
    parser.add_argument("--face", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--short", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.face:
        result = faced(given.face, is_quick=given.quick, is_short=given.short)
        sys.stdout.write("\n" + json.dumps(result) + "\n")
        sys.stdout.flush()
        os._exit(0)  # no tool's threads are waited for
    wanted = ["ours"] if given.quick else given.only or list(PEERS)
    found: dict[str, dict[str, Any]] = {}
    with environments(given.venvs) as folder:
        for name in wanted:
            python = python_of(name, folder)
            told = measured(name, python, is_quick=given.quick) if python else "not installable"
            if isinstance(told, str):
                print(f"{name}: left out, {told}")
            else:
                found[name] = told
    show(found, is_long=given.list)


if __name__ == "__main__":
    main()
