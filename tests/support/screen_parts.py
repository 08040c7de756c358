"""What each screen draws beyond the rest, made from a given snapshot."""

from profiler.analysis.compared import Compared, ModelsPart, Quantiles, Spread
from profiler.analysis.results import ModelRow, Part, Snapshot
from profiler.domain.totals import NOTHING

TARGETS = ("anthropic/claude-haiku-4-5", "openai/gpt-5", "openai/gpt-5-mini", "openai/gpt-5-nano")


def parts_of(snapshot: Snapshot) -> dict[str, Part]:
    """The parts by the names of their screens; the others draw the snapshot's own."""
    return {"models": a_models_part(snapshot)}


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
