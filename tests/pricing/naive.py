"""A second opinion: what a call costs by the sheet, in plain decimals, sharing no code of ours.

It reads `rates.json` by itself and knows nothing of trees of units, of plans or of bands: every
kind of token is written out, the way one would on paper.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import Any

SHEET = Path(__file__).parents[2] / "profiler" / "pricing" / "rates.json"
MILLION = Decimal(1_000_000)
PLAIN = frozenset(
    {
        "input_mtok",
        "output_mtok",
        "cache_read_mtok",
        "cache_write_mtok",
        "cache_write_5m_mtok",
        "cache_write_1h_mtok",
        "output_reasoning_mtok",
        "requests_kcount",
        "web_searches_kcount",
    }
)
"""Rates that the formula on paper knows."""


@cache
def models() -> list[tuple[str, dict[str, Any]]]:
    """Provider and model, as the file writes them."""
    sheet = json.loads(SHEET.read_text("utf-8"))
    return [
        (provider["id"], model) for provider in sheet["providers"] for model in provider["models"]
    ]


def is_plain(model: Mapping[str, Any]) -> bool:
    """Whether every rate of a model is one that the formula on paper knows."""
    entries = [*model["rates"], *model.get("variants", ())]
    return all(entry["usd"].keys() <= PLAIN for entry in entries) and "least_seconds" not in model


def moments(model: Mapping[str, Any]) -> Iterator[datetime]:
    """Just before and at every date and hour at which a model's rates change."""
    yield datetime(2024, 5, 1, 12, tzinfo=UTC)
    for entry in (*model["rates"], *model.get("variants", ())):
        starts = [entry["from"]] if "from" in entry else []
        starts += [f"2026-11-22T{edge}" for edge in entry.get("daily", ())]
        for start in starts:
            edge = datetime.fromisoformat(start).replace(tzinfo=UTC)
            yield from (edge - timedelta(microseconds=1), edge)


def usd_in_force(
    model: Mapping[str, Any], moment: datetime, context: Mapping[str, str]
) -> dict[str, Any]:
    """The rates of a model then: the last entry that holds, single rates by the first variant."""
    rates = [entry for entry in model["rates"] if holds(entry, moment)]
    usd = dict((rates or model["rates"][:1])[-1]["usd"])
    taken: set[str] = set()
    for variant in model.get("variants", ()):
        asked = variant["when"].items()
        if holds(variant, moment) and all(context.get(key) == value for key, value in asked):
            fresh = {k: v for k, v in variant["usd"].items() if k not in taken}
            usd.update(fresh)
            taken |= fresh.keys()
    return usd


def holds(entry: Mapping[str, Any], moment: datetime) -> bool:
    if "from" in entry:
        return moment.date() >= date.fromisoformat(entry["from"])
    if "daily" in entry:
        start, end = entry["daily"]
        clock = moment.time().isoformat("microseconds")
        after, before = clock >= f"{start}.000000", clock < f"{end}.000000"
        return (after and before) if start <= end else (after or before)
    return True


def rate(usd: Mapping[str, Any], whole_input: int, *keys: str) -> Decimal:
    """The first of `keys` that is rated, at the tier that so much input falls into; else zero."""
    for key in keys:
        if key in usd:
            found = usd[key]
            if isinstance(found, str):
                return Decimal(found)
            chosen = found["base"]
            for start in sorted(found["above"], key=int):
                if whole_input > int(start):
                    chosen = found["above"][start]
            return Decimal(chosen)
    return Decimal(0)


def pusd(
    model: Mapping[str, Any],
    moment: datetime,
    context: Mapping[str, str],
    count: Mapping[str, int],
) -> int:
    """The cost in pico-dollars of disjoint counts, rounded once, half to even."""
    usd = usd_in_force(model, moment, context)
    kinds = ("fresh", "read", "write", "brief", "long")
    whole = sum(count[kind] for kind in kinds)

    def of(*keys: str) -> Decimal:
        return rate(usd, whole, *keys) / MILLION

    with localcontext(prec=80):
        total = (
            count["fresh"] * of("input_mtok")
            + count["read"] * of("cache_read_mtok", "input_mtok")
            + count["write"] * of("cache_write_mtok", "input_mtok")
            + count["brief"] * of("cache_write_5m_mtok", "cache_write_mtok", "input_mtok")
            + count["long"] * of("cache_write_1h_mtok", "cache_write_mtok", "input_mtok")
            + (count["output"] - count["reasoning"]) * of("output_mtok")
            + count["reasoning"] * of("output_reasoning_mtok", "output_mtok")
            + count["searches"] * rate(usd, whole, "web_searches_kcount") / 1_000
            + rate(usd, whole, "requests_kcount") / 1_000
        )
        return int((total * 10**12).to_integral_value(ROUND_HALF_EVEN))
