"""Write `rates.json` from the installed genai-prices: `python -m profiler.pricing.export [FILE]`.

Run by whoever refreshes the prices, never by the program: nothing else imports genai-prices,
and an installation has no need of it. The same library gives the same bytes, one model a line.
"""

import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

import genai_prices
from genai_prices.data_snapshot import get_snapshot
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from profiler.pricing.file import in_lines
from profiler.pricing.foreign import LEAST_SECONDS

SHIPPED = Path(__file__).with_name("rates.json")


def exported() -> bytes:
    """The library's whole price list, as the bytes of `rates.json`."""
    head = {"source": f"genai-prices@{genai_prices.__version__}", "units": _units()}
    providers = get_snapshot().providers
    return in_lines(
        head, ((_provider(one), [_model(one.id, m) for m in one.models]) for one in providers)
    )


def _units() -> object:
    """What each price is for: the usage it multiplies, per how many, and its dimensions."""
    return {
        unit["price_key"]: {"usage": usage, "per": unit["per"], "is": dict(unit["dimensions"])}
        for usage, unit in unit_data.items()
    }


def _provider(provider: Provider) -> dict[str, object]:
    out: dict[str, object] = {"id": provider.id}
    if provider.provider_match:
        out["is"] = clause(provider.provider_match)
    if provider.model_match:
        out["has"] = clause(provider.model_match)
    if provider.fallback_model_providers:
        out["fallback"] = list(provider.fallback_model_providers)
    return out


def _model(provider_id: str, model: ModelInfo) -> dict[str, object]:
    entries = model.prices if isinstance(model.prices, list) else [_always(model.prices)]
    out: dict[str, object] = {
        "id": model.id,
        "match": clause(model.match),
        "rates": [_entry(entry) for entry in entries],
    }
    if model.price_variants:
        out["variants"] = [{**_entry(v), "when": dict(v.when)} for v in model.price_variants]
    if model.context_window:
        out["window"] = model.context_window
    if (provider_id, model.id) in LEAST_SECONDS:
        out["least_seconds"] = LEAST_SECONDS[provider_id, model.id]
    return out


def _always(price: ModelPrice) -> ConditionalPrice:
    return ConditionalPrice(prices=price)


def _entry(entry: ConditionalPrice | PriceVariant) -> dict[str, object]:
    out: dict[str, object] = {
        "usd": {key: _usd(price) for key, price in vars(entry.prices).items() if price is not None}
    }
    if isinstance(entry.constraint, StartDateConstraint):
        out["from"] = entry.constraint.start_date.isoformat()
    elif isinstance(entry.constraint, TimeOfDateConstraint):
        hours = entry.constraint
        out["daily"] = [_in_utc(hours.start_time), _in_utc(hours.end_time)]
    return out


def _usd(price: object) -> object:
    if isinstance(price, TieredPrices):
        # The library keeps tiers in ascending order, so of two that start alike the last one rules.
        return {"base": str(price.base), "above": {t.start: str(t.price) for t in price.tiers}}
    return str(price)


def _in_utc(moment: time) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    whole = datetime.combine(date(1970, 1, 1), aware).astimezone(UTC)
    return whole.time().isoformat()


def clause(written: object) -> dict[str, object]:
    """A clause of the library as it is written in JSON."""
    ((kind, operand),) = vars(written).items()
    if isinstance(operand, list):
        return {kind.rstrip("_"): [clause(part) for part in operand]}
    return {kind: operand}


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    target.write_bytes(exported())
