"""Defaults by which text becomes tokens while nothing is learned, held against tiktoken."""

import math
from pathlib import Path

import pytest

from profiler.domain.calibration import Side
from profiler.tokens.counter import count
from profiler.tokens.ratios import O200K, granted

ROOT = Path(__file__).parents[2]
PROSE = (
    "When is the invoice due, and who has to sign it before it can be paid? Please answer in one "
    "short paragraph and name the page where you found it. If the page is missing, say so."
)
TEXTS = {
    "prose": PROSE,
    "german": "Wann ist die Rechnung fällig, und wer muss sie vorher unterschreiben? Bitte kurz.",
    "markdown": (ROOT / "README.md").read_text("utf-8"),
    "code": (ROOT / "profiler" / "tokens" / "counter.py").read_text("utf-8"),
    "json": (ROOT / "tests" / "golden" / "report.json").read_text("utf-8"),
    "russian": "Когда нужно оплатить счёт и кто должен подписать его до оплаты? Коротко.",
    "chinese": "发票什么时候到期，付款之前需要谁签字？请用一小段话回答。",
}


def per_byte(text: str, folder: Path) -> float:
    return count(text, "gpt-5", folder).tokens / len(text.encode("utf-8"))


def test_the_default_is_what_tiktoken_makes_of_texts_of_all_kinds(tmp_path: Path) -> None:
    logs = [math.log2(per_byte(text, tmp_path)) for text in TEXTS.values()]
    mean = sum(logs) / len(logs)
    deviation = math.sqrt(sum((log - mean) ** 2 for log in logs) / len(logs))
    assert O200K.per_mille / 1000 == pytest.approx(2**mean, rel=0.1)
    assert O200K.spread / 1000 == pytest.approx(deviation, rel=0.25)


@pytest.mark.parametrize(
    ("model", "per_mille"),
    [
        ("gpt-5-mini", 250),
        ("openai/gpt-4o", 250),
        ("gpt-4", 275),
        ("ft:gpt-3.5-turbo", 275),
        ("claude-sonnet-4-5", 300),
        ("claude-opus-4-8", 400),
        ("claude-opus-5", 400),
        ("claude-3-5-sonnet-20241022", 300),
        ("mistral-large-latest", 275),
        ("gemini-2.5-pro", 260),
        ("nobody-knows", 275),
    ],
)
def test_tokenizers_are_known_by_their_models_names(model: str, per_mille: int) -> None:
    assert granted(model, Side.OUTPUT).per_mille == per_mille


def test_what_tools_add_is_less_sure_and_thinking_is_never_presumed() -> None:
    plain, tooled = (granted("gpt-5", side) for side in (Side.INPUT, Side.TOOLED_INPUT))
    assert tooled.spread == 2 * plain.spread
    assert granted("o3", Side.REASONING).per_mille == 0
