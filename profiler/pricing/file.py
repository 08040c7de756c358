"""Files of rate sheets, `rates.json` among them: one model a line, read as far as it is asked for.

Standard library only: a program with a budget prices its calls by them.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from profiler.pricing.sheet import Entry, Model, Provider, Sheet, Tiered, Unit, Usd

_PACKAGED = Path(__file__).with_name("rates.json")
_PROVIDERS, _MODELS, _END = '"providers":[\n', '"models":[\n', "\n]}"
"""How a line ends where the next begins an array; no text in JSON has such an end inside it."""

_Said = Mapping[str, Any]


def packaged() -> tuple[Sheet, str]:
    """The sheet this version ships, and the SHA-256 of its bytes."""
    content = _PACKAGED.read_bytes()
    return own_sheet(content), hashlib.sha256(content).hexdigest()


def own_sheet(content: bytes) -> Sheet:
    """The sheet in a file that `encoded` wrote; what it lists is read when it is asked for."""
    text = content.decode()
    top, *parts = text.split(_MODELS)
    said, found, named = top.partition(_PROVIDERS)
    if not found:
        return sheet_of(json.loads(text))
    providers = []
    for part in parts:
        models, _, following = part.partition(_END)
        providers.append(_provider(_object(named), partial(_listed, models)))
        named = following.lstrip(",\n")
    return _sheet(_object(said), providers)


def sheet_of(said: Any) -> Sheet:
    """The sheet that a JSON document says, wholly read.

    Raises:
        ValueError: it is none; so do KeyError, TypeError and AttributeError.

    """
    providers = [_provider(one, [*map(_model, one["models"])].copy) for one in said["providers"]]
    return _sheet(said, providers)


def encoded(sheet: Sheet) -> bytes:
    """A sheet as it is kept: the same sheet gives the same bytes."""
    units = {
        key: {"usage": unit.usage, "per": unit.per, "is": unit.dimensions}
        for key, unit in sheet.units.items()
    }
    return in_lines(
        {"source": sheet.source, "units": units},
        ((_said_of(one), map(_said_of_model, one.models)) for one in sheet.providers),
    )


def in_lines(head: _Said, providers: Iterable[tuple[_Said, Iterable[object]]]) -> bytes:
    """A sheet's JSON, one model a line."""
    parts = [_open(said, _MODELS, [*map(_compact, models)]) for said, models in providers]
    return (_open(head, _PROVIDERS, parts) + "\n").encode()


def _open(said: _Said, array: str, lines: Sequence[str]) -> str:
    """The JSON object `said` with one more member, an array written one element a line."""
    return f"{_compact(said)[:-1]},{array}" + ",\n".join(lines) + _END


def _compact(part: object) -> str:
    return json.dumps(part, separators=(",", ":"), sort_keys=True)


def _object(opened: str) -> Any:
    """The JSON object of which all but an array at its end is written."""
    return json.loads(opened.rstrip(",") + "}")


def _listed(lines: str) -> list[Model]:
    return [*map(_model, json.loads(f"[{lines}]"))]


def _sheet(said: _Said, providers: list[Provider]) -> Sheet:
    units = {
        key: Unit(_text(unit["usage"]), _count(unit["per"]), _texts(unit["is"]))
        for key, unit in said["units"].items()
    }
    return Sheet(_text(said["source"]), units, providers)


def _provider(said: _Said, read: Callable[[], list[Model]]) -> Provider:
    fallback = tuple(map(_text, said.get("fallback", ())))
    named, has = said.get("is"), said.get("has")
    return Provider(_text(said["id"]), read, named=named, has=has, fallback=fallback)


def _model(said: _Said) -> Model:
    window = said.get("window")
    return Model(
        _text(said["id"]),
        said["match"],
        [*map(_entry, said["rates"])],
        [*map(_entry, said.get("variants", ()))],
        None if window is None else _count(window),
        _count(said.get("least_seconds", 0)),
    )


def _entry(said: _Said) -> Entry:
    usd = {key: _usd(rate) for key, rate in said["usd"].items()}
    start, daily = _text(said.get("from", "")), said.get("daily")
    if daily is None:
        return Entry(usd, start, None, _texts(said.get("when", {})))
    first, last = map(_text, daily)
    return Entry(usd, start, (first, last), _texts(said.get("when", {})))


def _usd(said: Any) -> Usd:
    if not isinstance(said, Mapping):
        return _text(said)
    above = {int(start): _text(usd) for start, usd in said["above"].items()}
    return Tiered(_text(said["base"]), above)


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise TypeError(f"{said!r} is no text")
    return said


def _texts(said: Any) -> Mapping[str, str]:
    for one in said.values():
        _text(one)
    return dict(said)


def _count(said: Any) -> int:
    if not isinstance(said, int) or isinstance(said, bool):
        raise TypeError(f"{said!r} is no whole number")
    return said


def _said_of(one: Provider) -> _Said:
    return {
        "id": one.id,
        **_but_nothing({"is": one.named, "has": one.has, "fallback": one.fallback}),
    }


def _said_of_model(model: Model) -> _Said:
    more = {
        "variants": [*map(_said_of_entry, model.variants)],
        "window": model.window,
        "least_seconds": model.least_seconds,
    }
    rates = [*map(_said_of_entry, model.rates)]
    return {"id": model.id, "match": model.match, "rates": rates, **_but_nothing(more)}


def _said_of_entry(entry: Entry) -> _Said:
    usd = {
        key: rate if isinstance(rate, str) else rate._asdict() for key, rate in entry.usd.items()
    }
    return {
        "usd": usd,
        **_but_nothing({"from": entry.start, "daily": entry.daily, "when": entry.when}),
    }


def _but_nothing(said: _Said) -> _Said:
    return {key: value for key, value in said.items() if value}
