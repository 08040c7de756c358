"""What a prompt would cost, several models side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from profiler import display
from profiler.domain.calls import Cost
from profiler.report.sheet import Heading, Line, Sheet
from profiler.report.structured import Document
from profiler.report.values import dollars
from profiler.tokens.prompt import PromptCount


@dataclass(frozen=True, slots=True)
class Estimate:
    """One model's price for a prompt that was not sent."""

    provider: str
    """Empty when nobody is known to offer the model."""
    model: str
    counted: PromptCount
    output_tokens: int
    cost: Cost
    low_pusd: int | None
    """What it costs if the prompt is as few tokens as it may be; `None` when unpriced."""
    high_pusd: int | None
    context_window: int | None

    @property
    def name(self) -> str:
        """Provider and model, as one word."""
        return f"{self.provider}/{self.model}" if self.provider else self.model


_OF_GUESSES = ("Between", "Learned from")


def sheet_of_estimates(estimates: Sequence[Estimate]) -> Sheet:
    """One line per model, in the order asked for."""
    priced = [e.cost.pusd for e in estimates if e.cost.pusd is not None]
    dearest = max(priced, default=0)
    guesses = [estimate for estimate in estimates if not estimate.counted.is_exact]
    titles = ["Input", "Output", "Of window", "Cost", *(_OF_GUESSES if guesses else ())]
    notes = []
    if not any(estimate.output_tokens for estimate in estimates):
        notes.append("input only: --output-tokens N adds the answer.")
    if guesses:
        notes.append(
            "≈ that model's tokenizer is not ours to run: eight of ten prompts lie in between, "
            "the closer the more of your own calls were measured."
        )
    if len(priced) < len(estimates):
        notes.append("unpriced: no rate is known for that model; its cost is not zero.")
    return Sheet(
        title="Estimate",
        subtitle="",
        headings=(Heading("Model"), *(Heading(title, is_number=True) for title in titles)),
        lines=tuple(_line(estimate, dearest, has_band=bool(guesses)) for estimate in estimates),
        total=None,
        notes=tuple(notes),
    )


def of_estimate(estimate: Estimate) -> Document:
    """One estimate, for programs."""
    counted, found = estimate.counted, estimate.counted.expected
    amounts = (
        ("cost", estimate.cost.pusd),
        ("cost_low", estimate.low_pusd),
        ("cost_high", estimate.high_pusd),
    )
    return {
        "provider": estimate.provider or None,
        "model": estimate.model,
        "input_tokens": found.tokens,
        "input_tokens_low": found.low,
        "input_tokens_high": found.high,
        "encoding": counted.encoding,
        "is_exact": counted.is_exact,
        "learned_calls": counted.learned_calls,
        "output_tokens": estimate.output_tokens,
        "context_window": estimate.context_window,
        **{f"{name}_pusd": pusd for name, pusd in amounts},
        **{f"{name}_usd": None if pusd is None else dollars(pusd) for name, pusd in amounts},
        "rate": estimate.cost.rate or None,
    }


def _lessons(guess: Estimate) -> str:
    learned = guess.counted.learned_calls
    return display.calls(learned) if learned else "defaults"


def _line(estimate: Estimate, dearest_pusd: int, *, has_band: bool) -> Line:
    pusd, window = estimate.cost.pusd, estimate.context_window
    is_exact, tokens = estimate.counted.is_exact, estimate.counted.expected.tokens
    about = "" if is_exact else "≈"
    filled = (tokens + estimate.output_tokens) / window if window else None
    cells = [
        display.plain(estimate.name),
        f"{about}{display.count(tokens)}",
        display.count(estimate.output_tokens),
        display.percent(filled),
        display.money(pusd) if is_exact or pusd is None else f"~{display.money(pusd)}",
    ]
    if has_band:
        is_known = not is_exact and pusd is not None
        low, high = display.money(estimate.low_pusd), display.money(estimate.high_pusd)
        cells += [f"{low} to {high}" if is_known else "", "" if is_exact else _lessons(estimate)]
    share = pusd / dearest_pusd if pusd is not None and dearest_pusd else None
    return Line(tuple(cells), share)
