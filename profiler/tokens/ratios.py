"""How many tokens a model's tokenizer makes of so much text, before anything is learned of it.

Per thousand bytes of UTF-8: what tiktoken's `o200k_base` makes of prose, code and JSON, times how
much more other tokenizers were measured to make of the same. The text itself is not needed.
"""

import re
from functools import lru_cache

from profiler.domain.calibration import Ratio, Side

O200K = Ratio(250, 400)
_CL100K = Ratio(275, 400)
_UNKNOWN = Ratio(275, 700)
"""A tokenizer nobody has told us of: somewhat worse than the best, and spread widely."""

_FAMILIES: tuple[tuple[re.Pattern[str], Ratio], ...] = (
    (re.compile(r"gpt-?3|gpt-4(?![.\do])|text-embedding-"), _CL100K),
    (re.compile(r"gpt-|chatgpt-|o\d|codex-|computer-use-"), O200K),
    (re.compile(r"claude-(?:[a-z]+-)?(?:[5-9]|4[-.][7-9])(?!\d)"), Ratio(400, 500)),
    (re.compile(r"claude"), Ratio(300, 500)),
    (re.compile(r"(?:ministral|mistral|codestral|magistral|pixtral)"), Ratio(275, 500)),
    (re.compile(r"deepseek"), Ratio(265, 400)),
    (re.compile(r"(?:meta-)?llama"), Ratio(250, 400)),
    (re.compile(r"gemini|gemma"), Ratio(260, 600)),
)
"""Model families by how their names begin, the first that fits."""

_NOTHING = Ratio(0, 0)


@lru_cache(maxsize=1024)
def granted(model: str, side: Side) -> Ratio:
    """What is taken for granted of `model` until its own calls are known.

    Thinking that is not shown is never presumed; descriptions of tools may double what is read.
    """
    if side is Side.REASONING:
        return _NOTHING
    name = model.strip().lower().rpartition("/")[2].removeprefix("ft:")
    ratio = next((ratio for family, ratio in _FAMILIES if family.match(name)), _UNKNOWN)
    return Ratio(ratio.per_mille, 2 * ratio.spread) if side is Side.TOOLED_INPUT else ratio
