"""One call opened on the command line: everything that is known, each fact once."""

import io
from dataclasses import replace
from zoneinfo import ZoneInfo

from profiler.analysis.results.snapshot import CallDetail
from profiler.domain.calls import Basis, Cost
from profiler.report.opened import draw_detail
from tests.support.reports import a_call

FRAMES = ("app.py:9 main", "web/serve.py:17 serve", "rag/answer.py:41 answer")
FACTS = {
    "attempts": "3, after rate_limit ×2; 1.2 s of waiting",
    "tools called": "search ×2, read",
    "tools offered": "search, read, write",
    "cost by the provider": "$0.01234",
    "user tier": "pro",
    "environment": "staging",
    "prompt version": "v7",
    "trace": "ab" * 16,
    "parent": "cd" * 8,
    "site": FRAMES[-1],
}


def facts(**changes: object) -> list[tuple[str, str]]:
    """The facts drawn of a call, as names and texts."""
    out = io.StringIO()
    call = a_call(**changes)
    draw_detail(CallDetail(call, (), Cost(None, Basis.NO_RATE)), ZoneInfo("UTC"), out)
    pairs = (line.strip().partition("  ") for line in out.getvalue().splitlines())
    return [(name.strip(), text.strip()) for name, _, text in pairs]


def test_an_opened_call_tells_everything_that_is_known() -> None:
    cost = replace(a_call().cost, reported_pusd=12_340_000_000)
    told = facts(
        attempts=3,
        failures=("rate_limit", "rate_limit"),
        retry_wait_us=1_200_000,
        tools_called=("search", "search", "read"),
        tools_offered=("search", "read", "write"),
        cost=cost,
        user_tier="pro",
        environment="staging",
        prompt_version="v7",
        trace="ab" * 16,
        parent="cd" * 8,
        site=FRAMES[-1],
        stack=FRAMES,
    )
    assert FACTS.items() <= dict(told).items()
    assert [text for name, text in told if name == "called by"] == [FRAMES[1], FRAMES[0]]


def test_what_is_not_known_takes_no_line() -> None:
    assert not dict(facts()).keys() & (FACTS.keys() - {"site"})
