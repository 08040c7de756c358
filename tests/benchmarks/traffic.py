"""Traffic for benchmarks: a month of calls as lines of the log, the same on every run."""

import random
from collections.abc import Iterator
from pathlib import Path

from profiler.log.encode import event_line, header_line

START_US = 1_788_000_000_000_000
DAY_US = 24 * 3600 * 1_000_000
CALLS_PER_DAY = 30_000
MODELS = (
    ("openai", "gpt-5-mini", "gpt-5-mini-2025-08-07"),
    ("openai", "gpt-5", "gpt-5-2025-08-07"),
    ("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
    ("anthropic", "claude-haiku-4-5", "claude-haiku-4-5-20251001"),
    ("google", "gemini-2.5-flash", "gemini-2.5-flash"),
    ("google", "gemini-2.5-pro", "gemini-2.5-pro"),
)
FEATURES = ("search", "chat", "summaries", "triage", "extract", "translate", "review", "")
SITES = 40
"""Lines of the program that make calls: each is of one feature and nearly always asks one model."""
LINES_PER_SEGMENT = 50_000


def span_us(count: int) -> int:
    """How long it takes until `count` calls are made; a month at least."""
    return max(30 * DAY_US, count * DAY_US // CALLS_PER_DAY)


def lines(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` events of about 600 bytes, in the order they happened."""
    dice = random.Random(seed)
    span = span_us(count)
    # however many, the last is past: what claims to come is taken for a clock that is wrong
    start_us = START_US + span_us(0) - span
    for number in range(count):
        yield event_line(_event(dice, number, start_us + span * number // count))


def _event(dice: random.Random, number: int, at_us: int) -> dict[str, object]:
    site = min(int(dice.paretovariate(0.7)), SITES) - 1
    feature = FEATURES[site % len(FEATURES)]
    provider, model, answered = MODELS[
        site % len(MODELS) if dice.random() < 0.9 else dice.randrange(len(MODELS))
    ]
    is_error = dice.random() < 0.01
    fresh, read, output = dice.randrange(200, 4000), dice.randrange(3000), dice.randrange(20, 900)
    usage = {"input": fresh, "cache_read": read, "output": output, "reasoning": output // 3}
    event: dict[str, object] = {
        "id": f"{at_us:014x}{dice.getrandbits(63):016x}",
        "at": at_us,
        "provider": provider,
        "model": model,
        "answered": answered,
        "operation": "chat",
        "stream": site % 2 == 0,
        "outcome": "error" if is_error else "ok",
        "status": 500 if is_error else 200,
        "usage": usage,
        "raw": {
            "prompt_tokens": fresh + read,
            "completion_tokens": output,
            "total_tokens": 0,
            "prompt_tokens_details": {"cached_tokens": read, "audio_tokens": 0},
        },
        "finish": "stop",
        "latency_us": dice.randrange(200_000, 20_000_000),
        "first_chunk_us": dice.randrange(100_000, 900_000),
        "session": f"run-{number // 12:08d}",
        "user": f"user-{int(dice.paretovariate(0.9)) % 500}",
        "feature": feature,
        "project": "shop",
        "site": f"app/{feature or 'main'}.py:{site * 40 + 12} answer",
    }
    if is_error:
        event |= {"error": "server_error"}
    return event


def write_log(folder: Path, count: int, *, per_segment: int = LINES_PER_SEGMENT) -> int:
    """Segments of `count` events altogether; their bytes."""
    folder.mkdir(parents=True)
    written = 0
    segment = None
    for number, line in enumerate(lines(count)):
        if number % per_segment == 0:
            if segment:
                segment.close()
            name = f"{number // per_segment:08d}"
            segment = (folder / f"{name}.jsonl").open("wb")
            written += segment.write(header_line(name * 4))
        assert segment is not None
        written += segment.write(line)
    if segment:
        segment.close()
    return written
