"""Calls and groups for the reports: one of everything, and hostile text."""

from dataclasses import replace
from functools import reduce
from operator import add

from profiler.analysis.results.snapshot import Group, Grouped
from profiler.display import share
from profiler.domain.budgets import Budget, Standing
from profiler.domain.calls import Basis, Call, Cost, Outcome, call_id
from profiler.domain.periods import EVER, Period, Span
from profiler.domain.totals import NOTHING, Totals
from profiler.domain.usage import Usage

AT_US = 1_795_197_600_123_456
USD = 10**12


def a_call(**changes: object) -> Call:
    """A plain call; `changes` are its fields."""
    call = Call(
        id=call_id(AT_US, 7),
        started_at_us=AT_US,
        provider="openai",
        requested_model="gpt-5.1",
        model="gpt-5.1-2025-11-13",
        operation="chat",
        outcome=Outcome.OK,
        usage=Usage(input=1200, cache_read=2048, output=350, reasoning=90),
        cost=Cost(
            5_256_000_000, Basis.MEASURED, "genai-prices@0.2.3 openai/gpt-5.1", 2_304_000_000
        ),
        status=200,
        latency_us=1_850_000,
        feature="search",
    )
    return replace(call, **changes)  # type: ignore[arg-type]  # field values, by name


def calls_of_every_kind() -> list[Call]:
    """Measured, estimated, refused, unpriced, and one whose every label is an attack."""
    aborted = a_call(
        id=call_id(AT_US + 1, 7),
        started_at_us=AT_US + 1,
        outcome=Outcome.ABORTED,
        cost=Cost(1, Basis.ESTIMATED, "genai-prices@0.2.3 openai/gpt-5.1", reported_pusd=2),
        is_streamed=True,
        first_chunk_us=210_000,
        answered="gpt-5.1-2025-11-13",
        speed="fast",
        attempts=3,
        failures=("rate_limit", "timeout"),
        retry_wait_us=1_500_000,
        tools_offered=("search", "=cmd()"),
        tools_called=("search",),
        user_tier="free",
        environment="production",
        prompt_version="v3",
        stack=("app.py:1 main", "rag.py:4 answer"),
        trace="0af7651916cd43dd8448eb211c80319c",
        parent="b7ad6b7169203331",
        fingerprint="5d41402abc4b2a76b9719d911017c592",
        prefixes=("7d793037a0760186", "9e107d9d372bb682"),
        tags={"env": "production", "release": "46"},
    )
    refused = a_call(
        id=call_id(AT_US + 2, 7),
        started_at_us=AT_US + 2,
        outcome=Outcome.ERROR,
        error="rate_limit",
        status=429,
        attempts=3,
        usage=Usage(),
        cost=Cost(0, Basis.NOT_BILLED),
    )
    unpriced = a_call(
        id=call_id(AT_US + 3, 7),
        started_at_us=AT_US + 3,
        model="acme-intent-7b",
        cost=Cost(None, Basis.NO_RATE),
        status=None,
        latency_us=None,
        usage=Usage(input=12, output=3, more={"input_audio_tokens": 4}),
    )
    return [a_call(), aborted, refused, unpriced, a_hostile_call()]


def a_hostile_call() -> Call:
    """One whose every label is an attack."""
    return a_call(
        id=call_id(AT_US + 4, 7),
        started_at_us=AT_US + 4,
        user='=HYPERLINK("http://x.example","click")',
        session="+1;@SUM(A1)",
        feature='a "quoted",\r\nbroken\x1b[2J label',
        agent="<script>alert(1)</script>",
        workflow="| pipe | `tick` *star*",
        project="\u202eevil",
    )


def a_report(by: tuple[str, ...] = ("feature",), span: Span = EVER) -> Grouped:
    """A report of four groups: plain, estimated, unpriced, and one with a hostile label."""
    rows = (
        ("search", Totals(calls=900, input_tokens=1_200_000, cache_read_tokens=400_000,
                          output_tokens=90_000, spend_pusd=12 * USD + 345_678_901_234)),
        ("<b>|*chat*", Totals(calls=40, errors=2, estimated_calls=3, input_tokens=9_000,
                              output_tokens=800, spend_pusd=3 * USD, estimated_pusd=USD // 4)),
        ("\x1b[31mroute\x07", Totals(calls=7, unpriced_calls=7, input_tokens=70)),
        ("", Totals(calls=3, unpriced_calls=1, output_tokens=1, spend_pusd=1)),
    )  # fmt: skip
    whole = reduce(add, (totals for _, totals in rows), NOTHING)
    return Grouped(
        by=by,
        span=span,
        rows=tuple(
            Group((label, *["x"] * (len(by) - 1)), totals, share(totals, whole.spend_pusd))
            for label, totals in rows
        ),
        totals=whole,
    )


def a_standing(spent_pusd: int, *, name: str = "team", limit_pusd: int = 100 * USD) -> Standing:
    """A monthly budget that is so full."""
    budget = Budget(name, limit_pusd, Period.MONTHLY, "UTC")
    return Standing(budget, Span(AT_US, AT_US + 1), Totals(calls=9, spend_pusd=spent_pusd))
