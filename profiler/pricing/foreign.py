"""genai-prices' own data file, as its project publishes it, turned into a sheet of ours."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from profiler.pricing import file
from profiler.pricing.sheet import Sheet

LEAST_SECONDS = {("groq", "whisper-large-v3"): 10, ("groq", "whisper-large-v3-turbo"): 10}
"""Shorter audio is billed as this much: a rule the library holds in code, not in its data."""


def is_foreign(content: bytes) -> bool:
    """Whether it may be such a file: a list of providers."""
    return content.lstrip()[:1] == b"["


def sheet_of(content: bytes, source: str) -> Sheet:
    """The sheet that a `data.json` says, in the units that the package knows.

    Raises:
        ValueError: it is no such file; so do KeyError, TypeError and AttributeError.

    """
    # Numbers stay the text they are written as: a float is near no money.
    providers = json.loads(content, parse_float=str)
    sheet = file.sheet_of(
        {"source": source, "units": {}, "providers": [*map(_provider, providers)]}
    )
    return sheet._replace(units=file.packaged()[0].units)


def _provider(said: Mapping[str, Any]) -> dict[str, object]:
    out: dict[str, object] = {
        "id": said["id"],
        "models": [_model(said["id"], model) for model in said["models"]],
    }
    for theirs, ours in (
        ("provider_match", "is"),
        ("model_match", "has"),
        ("fallback_model_providers", "fallback"),
    ):
        if said.get(theirs):
            out[ours] = said[theirs]
    return out


def _model(provider: str, said: Mapping[str, Any]) -> dict[str, object]:
    prices = said["prices"]
    entries = prices if isinstance(prices, list) else [{"prices": prices}]
    return {
        "id": said["id"],
        "match": said["match"],
        "rates": [_entry(entry) for entry in entries],
        "variants": [
            {**_entry(one), "when": one["when"]} for one in said.get("price_variants") or ()
        ],
        "window": said.get("context_window"),
        "least_seconds": LEAST_SECONDS.get((provider, said["id"]), 0),
    }


def _entry(said: Mapping[str, Any]) -> dict[str, object]:
    usd = {key: _usd(price) for key, price in said["prices"].items() if price is not None}
    limit = said.get("constraint") or {}
    if "start_date" in limit:
        return {"usd": usd, "from": date.fromisoformat(limit["start_date"]).isoformat()}
    if "start_time" in limit:
        return {"usd": usd, "daily": [_utc(limit["start_time"]), _utc(limit["end_time"])]}
    return {"usd": usd}


def _usd(price: object) -> object:
    if isinstance(price, Mapping):
        tiers: Iterable[Mapping[str, Any]] = price["tiers"]
        above = {int(tier["start"]): str(tier["price"]) for tier in tiers}
        return {"base": str(price["base"]), "above": above}
    return str(price)


def _utc(text: str) -> str:
    moment = time.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.combine(date(1970, 1, 1), aware).astimezone(UTC).time().isoformat()
