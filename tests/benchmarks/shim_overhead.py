"""What the shim adds to a call of the real OpenAI client, in one process with no network.

`python -m tests.benchmarks.shim_overhead [--quick]`: bare and instrumented rounds take turns,
so that both see the same machine; medians of the rounds' CPU time are compared.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import httpx2
import openai

import profiler

CHUNKS = 30
MESSAGES: list[Any] = [{"role": "user", "content": "When is the invoice due?"}]
USAGE = {
    "prompt_tokens": 2006,
    "completion_tokens": 300,
    "total_tokens": 2306,
    "prompt_tokens_details": {"cached_tokens": 1536, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0},
}


def plain_answer() -> bytes:
    """A chat completion."""
    message = {"role": "assistant", "content": "On Friday."}
    choices = [{"index": 0, "finish_reason": "stop", "message": message}]
    common = {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-5.1"}
    return json.dumps({**common, "choices": choices, "usage": USAGE}).encode()


def streamed_answer() -> bytes:
    """The same in chunks, the usage last."""
    common = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-5.1"}
    choice = {"index": 0, "delta": {"content": "word "}, "finish_reason": None}
    chunks = [{**common, "choices": [choice], "usage": None}] * CHUNKS
    last = {**common, "choices": [], "usage": USAGE}
    return b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in [*chunks, last])


def client() -> openai.OpenAI:
    """A client whose transport answers in this process."""
    plain, streamed = plain_answer(), streamed_answer()

    def answer(request: httpx2.Request) -> httpx2.Response:
        if b'"stream":true' in request.content:
            return httpx2.Response(
                200, content=streamed, headers={"content-type": "text/event-stream"}
            )
        return httpx2.Response(200, content=plain, headers={"content-type": "application/json"})

    return openai.OpenAI(
        api_key="k",
        base_url="http://127.0.0.1:9/v1",
        http_client=httpx2.Client(transport=httpx2.MockTransport(answer)),
    )


def cpu_us(call: Callable[[], object], calls: int) -> float:
    """CPU microseconds of one call, averaged over a round."""
    began = time.process_time_ns()
    for _ in range(calls):
        call()
    return (time.process_time_ns() - began) / calls / 1000


def compared(call: Callable[[], object], rounds: int, calls: int) -> tuple[float, float]:
    """Median microseconds of a bare call, and of an instrumented one."""
    bare, instrumented = [], []
    cpu_us(call, calls)
    for _ in range(rounds):
        bare.append(cpu_us(call, calls))
        profiler.instrument()
        # the first call opens the segment: paid once in a process
        call()
        instrumented.append(cpu_us(call, calls))
        profiler.uninstrument()
    return statistics.median(bare), statistics.median(instrumented)


def main() -> None:
    """Prints the microseconds added, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: does it run?")
    rounds, calls = (3, 10) if parser.parse_args().quick else (25, 60)
    with tempfile.TemporaryDirectory() as home:
        os.environ["PROFILER_HOME"] = home
        chat = client().chat.completions
        asked: dict[str, Any] = {"model": "gpt-5.1", "messages": MESSAGES}
        streamed: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
        measured = {
            "plain call": compared(lambda: chat.create(**asked), rounds, calls),
            f"stream of {CHUNKS} chunks": compared(
                lambda: list(chat.create(**asked, **streamed)),
                rounds,
                max(calls // 4, 5),
            ),
        }
    for name, (bare, instrumented) in measured.items():
        print(
            f"{name}: bare {bare:.0f} us, instrumented {instrumented:.0f} us, "
            f"added {instrumented - bare:.0f} us, ratio {instrumented / bare:.3f}"
        )


if __name__ == "__main__":
    main()
