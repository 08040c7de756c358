"""How many tokens a prompt will be: counted where the tokenizer is OpenAI's, else estimated."""

from dataclasses import dataclass
from pathlib import Path

from profiler.domain.calibration import (
    NOTHING_LEARNED,
    Calibration,
    Expected,
    Side,
    expected,
)
from profiler.tokens.counter import count
from profiler.tokens.ratios import O200K, granted


@dataclass(frozen=True, slots=True)
class PromptCount:
    """How many tokens a text will be read as."""

    expected: Expected
    encoding: str
    """What the text was counted in."""
    is_exact: bool
    """Whether that is the model's own."""
    learned_calls: int
    """How many measured calls of the model an estimate was learned from; 0: only defaults."""


def prompt_tokens(
    text: str, provider: str, model: str, known: Calibration, cache_folder: Path
) -> PromptCount:
    """How many tokens `text` is for the model.

    For a tokenizer we do not have: what the user's own calls taught of it; until then, what ours
    counts times how much more that one makes of the same text.

    Raises:
        ProfilerError: `cache_folder` cannot be written.

    """
    counted = count(text, model, cache_folder)
    if counted.is_exact:
        sure = Expected(counted.tokens, counted.tokens, counted.tokens)
        return PromptCount(sure, counted.encoding, is_exact=True, learned_calls=0)
    learned, ratio = known.of(f"{provider}/{model}", Side.INPUT), granted(model, Side.INPUT)
    if learned.calls:
        found = expected(learned, ratio, len(text.encode("utf-8")))
    else:
        # as many bytes of ordinary text as make that many tokens of ours
        found = expected(NOTHING_LEARNED, ratio, counted.tokens * 1000 // O200K.per_mille)
    return PromptCount(found, counted.encoding, is_exact=False, learned_calls=learned.calls)
