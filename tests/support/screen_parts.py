"""What each screen draws beyond the rest, made from a given snapshot."""

from profiler.analysis.results.caching import Cached, CachePart, InputTrend, PromptPlace, Prompts
from profiler.analysis.results.compared import Compared, ModelsPart, Quantiles, Spread
from profiler.analysis.results.snapshot import ModelRow, Part, Snapshot
from profiler.domain.periods import DAY_US
from profiler.domain.totals import NOTHING

TARGETS = ("anthropic/claude-haiku-4-5", "openai/gpt-5", "openai/gpt-5-mini", "openai/gpt-5-nano")


def parts_of(snapshot: Snapshot) -> dict[str, Part]:
    """The parts by the names of their screens; the others draw the snapshot's own."""
    return {"models": a_models_part(snapshot), "cache": a_cache_part(snapshot)}


def a_models_part(snapshot: Snapshot) -> ModelsPart:
    """The snapshot's models, compared."""
    return ModelsPart(
        rows=tuple(compared(row) for row in snapshot.models),
        totals=sum((row.totals for row in snapshot.models), NOTHING),
        targets=TARGETS,
    )


def compared(row: ModelRow) -> Compared:
    """A model whose dear calls take long."""
    mean = row.totals.mean_pusd
    slow = 600_000.0 + (mean or 5_000_000_000) / 1e6 * 60
    cost = Quantiles() if mean is None else Quantiles(mean * 0.8, mean * 2.1, mean * 4.0)
    return Compared(
        (row.provider, row.model),
        row.totals,
        Spread(
            cost,
            Quantiles(slow, slow * 2.6, slow * 4.4),
            Quantiles(slow / 4, slow / 2, slow / 1.5),
            truncated=0.0 if row.totals.calls < 9 else 0.021,
            refused=0.0,
        ),
    )


def a_cache_part(snapshot: Snapshot) -> CachePart:
    """The snapshot's models and what caches did for them; a prompt of each that has a price."""
    rows = tuple(
        Cached((row.provider, row.model), row.totals, 0.28 if row.totals.cache_saved_pusd else None)
        for row in snapshot.models
    )
    whole = sum((row.totals for row in snapshot.models), NOTHING)
    days = range(7 if rows else 0)
    start = snapshot.span.start_us or 0
    trend = InputTrend(
        tuple(start + day * DAY_US for day in days),
        "day",
        tuple(whole.cache_read_tokens * (day + 1) // 28 for day in days),
        tuple(whole.cache_write_tokens // 7 for _ in days),
        tuple(whole.input_tokens // (7 + day) for day in days),
    )
    return CachePart(
        rows=rows,
        whole=Cached((), whole, 0.28 if rows else None),
        trend=trend,
        prompts=Prompts(whole.calls, is_all=True, unknown=whole.calls // 9, places=_places(rows)),
    )


def _places(rows: tuple[Cached, ...]) -> tuple[PromptPlace, ...]:
    return tuple(
        PromptPlace(
            provider=row.labels[0],
            model=row.labels[1],
            feature=row.labels[1],
            site=f"{row.labels[0]}/answer.py:41 answer",
            calls=row.totals.calls,
            breaks=number + 2,
            break_pusd=row.totals.cache_missed_pusd // 9,
            break_unpriced=0 if row.totals.spend_pusd else number + 2,
            writes=40,
            unread=number,
            unread_tokens=number * 1_500,
            unread_pusd=row.totals.cache_premium_pusd // 7 if number else 0,
            unread_unpriced=0 if row.totals.spend_pusd else number,
        )
        for number, row in enumerate(rows)
        if len(rows) > 1
    )
