"""What the screens of sites and sessions draw, made from the calls a given source holds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from operator import add

from profiler.analysis.asked import Asked
from profiler.analysis.flame import grow
from profiler.analysis.results.runs import Run, SessionsPart, SitesPart
from profiler.analysis.results.snapshot import Part
from profiler.analysis.sessions import MOST_RUNS
from profiler.domain.calls import Basis, Call, Outcome
from profiler.domain.totals import NOTHING, Totals


def totals_of_call(call: Call) -> Totals:
    """What one call adds."""
    cost = call.cost.pusd
    return Totals(
        calls=1,
        errors=int(call.outcome is Outcome.ERROR),
        unpriced_calls=int(cost is None),
        estimated_calls=int(call.cost.basis is Basis.ESTIMATED),
        input_tokens=call.usage.input or 0,
        cache_read_tokens=call.usage.cache_read,
        output_tokens=call.usage.output or 0,
        spend_pusd=cost or 0,
        estimated_pusd=(cost or 0) if call.cost.basis is Basis.ESTIMATED else 0,
    )


def sites_part(calls: Sequence[Call], asked: Asked) -> SitesPart:
    """The tree of the calls; the range before had each third of them."""

    def path(call: Call) -> tuple[str, ...]:
        if asked.by == "labels":
            return call.feature, call.agent, call.model
        if asked.by == "session":
            return (call.session,)
        return call.stack or _stack(call)

    root = grow((path(call), totals_of_call(call)) for call in calls)
    if not asked.picked:
        return SitesPart(root, by=asked.by or "stack")
    other = grow((path(call), totals_of_call(call)) for call in calls[::3])
    return SitesPart(root, other, asked.by or "stack", asked.picked)


def _stack(call: Call) -> tuple[str, ...]:
    """What may have led to a call; the models behind one function are told apart by the line."""
    if not call.site:
        return ()
    if not call.feature:
        return (call.site,)
    line = 40 + len(call.model)
    return ("app.py:12 main", f"{call.feature}.py:8 run", f"rag/answer.py:{line} {call.site}")


def sessions_part(calls: Sequence[Call], asked: Asked) -> SessionsPart:
    """The calls by session, workflow or agent."""
    by = asked.by if asked.by in {"workflow", "agent"} else "session"
    found: dict[str, list[Call]] = {}
    for call in sorted(calls, key=lambda call: call.cursor, reverse=True):
        if getattr(call, by):
            found.setdefault(getattr(call, by), []).insert(0, call)
    runs = [_run(name, made) for name, made in found.items()]
    if asked.by not in {"", "latest"}:
        runs.sort(key=lambda run: -run.totals.spend_pusd)
    number = None if asked.by in {"", "latest"} else len(runs)
    skipped = asked.page * MOST_RUNS
    part = SessionsPart(
        tuple(runs[skipped : skipped + MOST_RUNS]),
        number,
        by=asked.by or "latest",
        picked=asked.picked,
        skipped=skipped,
        has_more=len(runs) > skipped + MOST_RUNS,
    )
    if asked.picked not in found:
        return part
    made = found[asked.picked]
    return replace(part, opened=_run(asked.picked, made), calls=tuple(made))


def _run(name: str, made: Sequence[Call]) -> Run:
    return Run(
        name,
        reduce(add, map(totals_of_call, made), NOTHING),
        tuple(dict.fromkeys(call.model for call in made)),
        made[0].started_at_us,
        max(call.started_at_us + (call.latency_us or 0) for call in made),
    )


GROWN: dict[str, Callable[[Sequence[Call], Asked], Part]] = {
    "sites": sites_part,
    "sessions": sessions_part,
}
"""By the screen's name."""
