"""Sessions, workflows and agents: what each run cost, and the calls it was made of."""

from collections.abc import Iterable
from dataclasses import replace

from profiler.analysis.asked import Asked
from profiler.analysis.results.runs import Run, SessionsPart
from profiler.domain.calls import Call
from profiler.domain.scopes import Among, Dimension, Filter, Match
from profiler.store import reads, sessions
from profiler.store.engine import Store
from profiler.store.sessions import Session

LATEST, DEAREST = "latest", "dearest"

MOST_RUNS = 100
MOST_TIMED = 40
"""So many workflows or agents are asked for when they began and ended."""
MOST_MODELS = 1_000
"""So many are told of the runs of a page together, the dearest."""
MOST_CALLS = 500
"""Of longer runs the first calls are drawn."""


def part(store: Store, asked: Asked) -> SessionsPart:
    """A page of the runs by what the screen groups by, and the picked one's calls."""
    part = _listed(store, asked, asked.page * MOST_RUNS)
    part = replace(part, by=asked.by or LATEST, picked=asked.picked)
    if not asked.picked:
        return part
    return _opened(store, part, _named(asked.wanted, dimension_of(asked.by), asked.picked))


def _listed(store: Store, asked: Asked, skipped: int) -> SessionsPart:
    by = asked.by or LATEST
    if by == LATEST:
        # one more than is listed tells whether there is another page
        found = sessions.latest(store, asked.wanted, MOST_RUNS + 1, skipped)
        runs = tuple(map(_run, found[:MOST_RUNS]))
        return SessionsPart(runs, None, skipped=skipped, has_more=len(found) > MOST_RUNS)
    if by == DEAREST:
        ranking = sessions.dearest(store, asked.wanted, MOST_RUNS, skipped)
        runs = tuple(map(_run, ranking.sessions))
        number, since_us = ranking.number, ranking.since_us
    else:
        runs, number = _runs_by(store, Dimension(by), asked.wanted, skipped)
        since_us = None
    has_more = skipped + len(runs) < number
    return SessionsPart(runs, number, skipped=skipped, has_more=has_more, since_us=since_us)


def dimension_of(by: str) -> Dimension:
    """What the runs are told apart by."""
    return Dimension.SESSION if by in {"", LATEST, DEAREST} else Dimension(by)


def _named(wanted: Filter, dimension: Dimension, name: str) -> Filter:
    # a label may hold an asterisk, or differ from another in case alone
    return replace(wanted, among=(*wanted.among, Among(dimension, (name,))))


def _run(session: Session) -> Run:
    return Run(
        session.name,
        session.totals,
        session.models,
        session.first_at_us,
        session.last_end_us,
    )


def _runs_by(
    store: Store, by: Dimension, wanted: Filter, skipped: int
) -> tuple[tuple[Run, ...], int]:
    """Workflows or agents, the dearest first, and how many there are."""
    named = replace(wanted, matches=(*wanted.matches, Match(by, "", is_excluded=True)))
    found = reads.dearest(store, (by,), named, skipped + MOST_RUNS)
    shown = found.rows[skipped:]
    if not shown:
        return (), len(found.rows)
    shown_alone = Among(by, tuple(name for (name,), _ in shown))
    named = replace(named, among=(*named.among, shown_alone))
    models: dict[str, list[str]] = {}
    for (name, model), _ in reads.dearest(store, (by, Dimension.MODEL), named, MOST_MODELS).rows:
        models.setdefault(name, []).append(model)
    runs = [Run(name, totals, tuple(models.get(name, ())), None, None) for (name,), totals in shown]
    timed = [_timed(store, run, _named(wanted, by, run.name)) for run in runs[:MOST_TIMED]]
    return (*timed, *runs[MOST_TIMED:]), len(found.rows) + found.left_out


def _timed(store: Store, run: Run, wanted: Filter) -> Run:
    """The run with its first call's start, and the end of the call that began last."""
    first = reads.page(store, wanted, None, 1, towards="newer")
    last = reads.page(store, wanted, None, 1)
    if not (first and last):
        return run
    return replace(run, first_at_us=first[0].started_at_us, last_end_us=end_of(last[0]))


def end_of(call: Call) -> int:
    """When it was over; one of unknown length is over when it begins."""
    return call.started_at_us + (call.latency_us or 0)


def _opened(store: Store, part: SessionsPart, wanted: Filter) -> SessionsPart:
    calls = tuple(reads.page(store, wanted, None, MOST_CALLS, towards="newer"))[::-1]
    if not calls:
        return part
    return replace(part, opened=_of_calls(store, part.picked, calls, wanted), calls=calls)


def _of_calls(store: Store, name: str, calls: Iterable[Call], wanted: Filter) -> Run:
    """The run as a whole, however many of its calls are drawn."""
    calls = tuple(calls)
    return Run(
        name,
        reads.totals(store, wanted),
        tuple(dict.fromkeys(call.model for call in calls)),
        calls[0].started_at_us,
        max(map(end_of, calls)),
    )
