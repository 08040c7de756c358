"""genai-prices' published data gives the very sheet that its library gives."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ModelInfo,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from profiler.pricing.export import clause
from profiler.pricing.file import encoded, packaged
from profiler.pricing.foreign import is_foreign, sheet_of


def published() -> bytes:
    """The library's data as its project writes `data.json`."""
    return json.dumps([provider(one) for one in get_snapshot().providers]).encode()


def provider(one: Provider) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "provider_match": clause(one.provider_match) if one.provider_match else None,
        "model_match": clause(one.model_match) if one.model_match else None,
        "fallback_model_providers": one.fallback_model_providers,
        "models": [model(m) for m in one.models],
    }


def model(one: ModelInfo) -> dict[str, Any]:
    prices = one.prices
    return {
        "id": one.id,
        "match": clause(one.match),
        "context_window": one.context_window,
        "prices": [entry(e) for e in prices] if isinstance(prices, list) else amounts(prices),
        "price_variants": [{**entry(v), "when": v.when} for v in one.price_variants or ()],
    }


def entry(one: Any) -> dict[str, Any]:
    limit: Mapping[str, str] | None = None
    if isinstance(one.constraint, StartDateConstraint):
        limit = {"start_date": one.constraint.start_date.isoformat()}
    elif isinstance(one.constraint, TimeOfDateConstraint):
        hours = one.constraint
        limit = {"start_time": hours.start_time.isoformat(), "end_time": hours.end_time.isoformat()}
    return {"constraint": limit, "prices": amounts(one.prices)}


def amounts(prices: Any) -> dict[str, Any]:
    return {key: amount(price) for key, price in vars(prices).items() if price is not None}


def amount(price: Decimal | TieredPrices) -> Any:
    if isinstance(price, TieredPrices):
        tiers = [{"start": tier.start, "price": str(tier.price)} for tier in price.tiers]
        return {"base": str(price.base), "tiers": tiers}
    return str(price)


def test_published_data_is_the_sheet_that_ships() -> None:
    content = published()
    assert is_foreign(content)
    own = packaged()[0]
    assert encoded(sheet_of(content, own.source)) == encoded(own)


def test_amounts_written_as_numbers_are_read_exactly() -> None:
    content = b"""[{"id": "p", "models": [{"id": "m", "match": {"equals": "m"},
        "prices": {"input_mtok": 0.1, "output_mtok": 3}}]}]"""
    (found,) = sheet_of(content, "x").providers
    assert found.models[0].rates[0].usd == {"input_mtok": "0.1", "output_mtok": "3"}
