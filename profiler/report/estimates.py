"""What a prompt would cost, several models side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from profiler import display
from profiler.domain.calls import Cost
from profiler.report.sheet import Heading, Line, Sheet
from profiler.report.structured import Document
from profiler.report.values import dollars


@dataclass(frozen=True, slots=True)
class Estimate:
    """One model's price for a prompt that was not sent."""

    provider: str
    """Empty when nobody is known to offer the model."""
    model: str
    input_tokens: int
    encoding: str
    is_exact: bool
    """Whether the count is the model's own tokenizer's."""
    output_tokens: int
    cost: Cost
    context_window: int | None

    @property
    def name(self) -> str:
        """Provider and model, as one word."""
        return f"{self.provider}/{self.model}" if self.provider else self.model


def sheet_of_estimates(estimates: Sequence[Estimate]) -> Sheet:
    """One line per model, in the order asked for."""
    priced = [e.cost.pusd for e in estimates if e.cost.pusd is not None]
    dearest = max(priced, default=0)
    titles = ("Input", "Output", "Of window", "Cost")
    notes = []
    if not all(estimate.is_exact for estimate in estimates):
        notes.append("≈ counted with another model's tokenizer: expect tens of percent either way.")
    if len(priced) < len(estimates):
        notes.append("unpriced: no rate is known for that model; its cost is not zero.")
    return Sheet(
        title="Estimate",
        subtitle="",
        headings=(Heading("Model"), *(Heading(title, is_number=True) for title in titles)),
        lines=tuple(_line(estimate, dearest) for estimate in estimates),
        total=None,
        notes=tuple(notes),
    )


def of_estimate(estimate: Estimate) -> Document:
    """One estimate, for programs."""
    pusd = estimate.cost.pusd
    return {
        "provider": estimate.provider or None,
        "model": estimate.model,
        "input_tokens": estimate.input_tokens,
        "encoding": estimate.encoding,
        "is_exact": estimate.is_exact,
        "output_tokens": estimate.output_tokens,
        "context_window": estimate.context_window,
        "cost_pusd": pusd,
        "cost_usd": None if pusd is None else dollars(pusd),
        "rate": estimate.cost.rate or None,
    }


def _line(estimate: Estimate, dearest_pusd: int) -> Line:
    pusd, window = estimate.cost.pusd, estimate.context_window
    about = "" if estimate.is_exact else "≈"
    filled = (estimate.input_tokens + estimate.output_tokens) / window if window else None
    cells = (
        display.plain(estimate.name),
        f"{about}{display.count(estimate.input_tokens)}",
        display.count(estimate.output_tokens),
        display.percent(filled),
        display.money(pusd) if estimate.is_exact or pusd is None else f"~{display.money(pusd)}",
    )
    return Line(cells, pusd / dearest_pusd if pusd is not None and dearest_pusd else None)
