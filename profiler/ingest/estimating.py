"""Usage of streams that ended early, from how much text they sent and brought.

The shim told sizes, never text. What the provider counted before the end stands; what it did not
is reckoned by what the user's own measured calls of the same model taught.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from profiler.domain.calibration import (
    NONE_EXPECTED,
    NOTHING_LEARNED,
    Calibration,
    Expected,
    Key,
    Learned,
    Side,
    add_observed,
    expected,
)
from profiler.domain.calls import Basis
from profiler.log.event import Event
from profiler.store.circumstances import BASIS, MODEL, PROVIDER
from profiler.store.rows import MEASURED, NUMBERS, TOLD, Entry
from profiler.tokens.ratios import granted

Counts = Mapping[str, int | None]
"""Usage by bucket, as the log has it."""

_READ = ("input", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Usage that is partly ours."""

    counts: Counts
    low: Counts
    """What surely was used: the provider's own counts, and the leanest the text can be taken for.
    Of ten calls one has fewer."""
    high: Counts
    """Of ten calls one has more."""
    learned_calls: int
    """How many measured calls of the same model it was learned from; 0: nothing but defaults."""


def estimate(event: Event, family: str, known: Calibration) -> Estimate | None:
    """The usage of a call that ended early; `None` where no size was told."""
    if not (event.sent_bytes or event.heard_bytes):
        return None
    told = event.told or {}
    parts: dict[str, Expected] = {}
    learned: list[int] = []

    def reckon(side: Side, units: int) -> Expected:
        sums = known.of(family, side)
        if side is not Side.REASONING:
            learned.append(sums.calls)
        return expected(sums, granted(event.answered or event.model, side), units)

    if event.sent_bytes and told.get("input") is None:
        parts["input"] = reckon(_input_side(event), event.sent_bytes)
    text = thought = NONE_EXPECTED
    if event.heard_bytes:
        text = reckon(Side.OUTPUT, event.heard_bytes)
        if not told.get("reasoning"):
            thought = reckon(Side.REASONING, 1)
    parts["output"] = Expected(*map(sum, zip(_of(text), _of(thought), strict=True)))
    tokens, low, high = (
        {**told, **_at_least(told, {name: _of(part)[place] for name, part in parts.items()})}
        for place in range(3)
    )
    if thought.tokens:
        tokens["reasoning"] = min(thought.tokens, tokens["output"] or 0)
    return Estimate(tokens, low, high, min(learned, default=0))


def _at_least(told: Counts, counts: Mapping[str, int]) -> dict[str, int]:
    """`counts`, but never below what was told, nor below a token on either side."""
    return {name: max(told.get(name) or 0, count, 1) for name, count in counts.items()}


def _of(part: Expected) -> tuple[int, int, int]:
    return part.tokens, part.low, part.high


def _input_side(event: Event) -> Side:
    return Side.TOOLED_INPUT if event.tools_offered else Side.INPUT


def lessons(streamed: Iterable[tuple[Event, Entry]]) -> dict[Key, Learned]:
    """What streams that were measured to their ends teach about text and tokens."""
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * 6)
    for event, entry in streamed:
        told, numbers = entry[TOLD], dict(zip(NUMBERS, entry[MEASURED], strict=True))
        fresh, output, reasoning = numbers["input"], numbers["output"], numbers["reasoning"]
        if told[BASIS] != Basis.MEASURED or fresh is None or output is None:
            continue
        family = f"{told[PROVIDER]}/{told[MODEL]}"
        total = fresh + sum(numbers[name] for name in _READ[1:])
        if event.sent_bytes and total:
            add_observed(sums[family, _input_side(event)], event.sent_bytes, total)
        shown = output - reasoning
        if event.heard_bytes and shown > 0:
            add_observed(sums[family, Side.OUTPUT], event.heard_bytes, shown)
            add_observed(sums[family, Side.REASONING], 1, reasoning)
    return {key: Learned(*values) for key, values in sums.items()}


def merged(known: Calibration, lessons_of_batch: Mapping[Key, Learned]) -> Calibration:
    """`known` with what a batch taught."""
    learned = dict(known.learned)
    for key, sums in lessons_of_batch.items():
        learned[key] = learned.get(key, NOTHING_LEARNED) + sums
    return Calibration(learned)
