"""The prices in force in a home: the sheet pinned there or the package's own, and the user's words.

Sheets that were installed stay, each under its hash, so that what a call was priced by can still
be looked up; a pinned sheet whose bytes changed is refused.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from datetime import date, time as clock
from pathlib import Path
from typing import NamedTuple

from profiler.domain.rates import rate_name
from profiler.errors import UsageError
from profiler.options import places
from profiler.pricing import overrides
from profiler.pricing.card import Card
from profiler.pricing.file import encoded, own_sheet, packaged, sheet_of
from profiler.pricing.match import clause
from profiler.pricing.overrides import Overrides, overrides_in
from profiler.pricing.sheet import Entry, Model, Provider, Sheet

PINS = "pinned.json"


class Pin(NamedTuple):
    """A sheet that was installed."""

    sha256: str
    """Of its bytes; empty for the package's own."""
    source: str
    installed_at_us: int


def card_in(home: Path) -> Card:
    """The card that calls of this home are priced by.

    Raises:
        UsageError: the pinned sheet or `profiler.toml` makes no sense; it says where and why.

    """
    sheet, sha256 = sheet_in(home)
    return Card(sheet, sha256, checked_overrides(home, sheet))


def cards_behind(card: Card, home: Path, rate: str) -> Iterator[Card]:
    """The card in force, then that of the sheet which a rate's name says it is from, if kept."""
    yield card
    name = rate_name(rate)
    source = f"{name.source}@{name.version}".partition("+")[0] if name else ""
    if source == packaged()[0].source:
        yield Card.load()
    for pin in pins_of(home):
        if pin.sha256 and f"{pin.source}#{pin.sha256[:8]}" == source:
            yield Card(*kept(home, pin))


def overrides_of(home: Path) -> Overrides:
    """What the home's `profiler.toml` says of prices.

    Raises:
        UsageError: a line of it makes no sense.

    """
    path = Path(places.of_user(str(home)))
    if not path.is_file():
        return overrides.NONE
    # only a home with a file waits for what reads it
    from profiler.options.file import read_file  # noqa: PLC0415
    from profiler.options.keys import KNOWN  # noqa: PLC0415

    file = read_file(path, is_users=True)
    if file.value(("pricing",)) is None:
        return overrides.NONE
    for fault in file.faults(KNOWN):
        raise fault
    return overrides_in(file)


def sheet_in(home: Path) -> tuple[Sheet, str]:
    """The sheet pinned in the home, else the package's own; and the SHA-256 of its bytes.

    Raises:
        UsageError: it is gone, or is not what was installed.

    """
    pins = pins_of(home)
    return kept(home, pins[-1]) if pins and pins[-1].sha256 else packaged()


def pins_of(home: Path) -> list[Pin]:
    """The sheets installed, oldest first; the last is in force.

    Raises:
        UsageError: the list cannot be read.

    """
    path = folder(home) / PINS
    try:
        return [Pin(**said) for said in json.loads(path.read_bytes())]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}; make it readable or set PROFILER_HOME to "
            "another folder"
        ) from error
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"{path} makes no sense: {error}; remove it to use the package's own prices"
        ) from error


def kept(home: Path, pin: Pin) -> tuple[Sheet, str]:
    """An installed sheet, and the SHA-256 of its bytes.

    Raises:
        UsageError: it is gone, or is not what was installed.

    """
    path = folder(home) / f"{pin.sha256}.json"
    again = "install it again: profiler prices update --from FILE"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; {again}") from error
    if hashlib.sha256(content).hexdigest() != pin.sha256:
        raise UsageError(f"{path} is not what was installed: its bytes changed; {again}")
    sheet = own_sheet(content)
    # Two files may call themselves the same; what a call keeps must tell them apart.
    source = f"{sheet.source}#{pin.sha256[:8]}"
    return sheet._replace(source=source), pin.sha256


def install(home: Path, sheet: Sheet) -> Pin:
    """Keep a sheet and pin it: it is in force from now on; no cost changes."""
    content = encoded(sheet)
    pin = Pin(hashlib.sha256(content).hexdigest(), sheet.source, time.time_ns() // 1000)
    folder(home).mkdir(mode=0o700, parents=True, exist_ok=True)
    _replace(folder(home) / f"{pin.sha256}.json", content)
    _pin(home, pin)
    return pin


def unpin(home: Path) -> None:
    """Put the package's own sheet in force again, this version's and those to come."""
    if pins_of(home):
        _pin(home, Pin("", packaged()[0].source, time.time_ns() // 1000))


def _pin(home: Path, pin: Pin) -> None:
    pins = [one._asdict() for one in (*pins_of(home), pin)]
    _replace(folder(home) / PINS, json.dumps(pins).encode())


def folder(home: Path) -> Path:
    """Where installed sheets are."""
    return home / "prices"


def read_sheet(content: bytes, name: str) -> Sheet:
    """A sheet from outside, every part of it looked at.

    Raises:
        UsageError: it is none; the message says where.

    """
    # whoever installs no file need not wait for what reads it
    from profiler.pricing import foreign  # noqa: PLC0415

    try:
        if foreign.is_foreign(content):
            digest = hashlib.sha256(content).hexdigest()
            sheet = foreign.sheet_of(content, f"genai-prices-data@{digest[:8]}")
        else:
            sheet = sheet_of(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise UsageError(f"{name} is no price file: {reason}; nothing was changed") from error
    for provider in sheet.providers:
        for model in provider.models:
            for fault in _faults(provider, model, sheet):
                raise UsageError(f"{name}: {provider.id}/{model.id}: {fault}; nothing was changed")
    return sheet


def _faults(provider: Provider, model: Model, sheet: Sheet) -> list[str]:
    if not model.rates:
        return ["it has no rates"]
    faults = []
    try:
        for written in (model.match, provider.named, provider.has):
            if written is not None:
                clause(written)
    except (TypeError, ValueError, KeyError, AttributeError, re.error) as error:
        faults.append(f"what it matches makes no sense: {error!r}")
    for entry in (*model.rates, *model.variants):
        faults += _rate_faults(entry, sheet)
    return faults


def _rate_faults(entry: Entry, sheet: Sheet) -> list[str]:
    from profiler.options.keys import is_rate  # noqa: PLC0415  # as in `overrides_of`

    faults = [f"{key} is no unit of the file" for key in entry.usd.keys() - sheet.units.keys()]
    for key, usd in entry.usd.items():
        texts = [usd] if isinstance(usd, str) else [usd.base, *usd.above.values()]
        faults += [f"{key} is {text!r}, not dollars from 0" for text in texts if not is_rate(text)]
    try:
        date.fromisoformat(entry.start or "2026-11-22")
        for edge in entry.daily or ():
            clock.fromisoformat(edge)
    except ValueError as error:
        faults.append(str(error))
    return faults


def checked_overrides(home: Path, sheet: Sheet) -> Overrides:
    """What the home's `profiler.toml` says of prices, which makes sense beside `sheet`.

    Raises:
        UsageError: a line of it does not.

    """
    said = overrides_of(home)
    if said is not overrides.NONE:
        from profiler.options.file import read_file  # noqa: PLC0415  # as in `overrides_of`
        from profiler.pricing.check import misfits  # noqa: PLC0415

        file = read_file(Path(places.of_user(str(home))), is_users=True)
        for misfit in misfits(said, Card(sheet, "")):
            raise file.wrong(misfit.path, misfit.says)
    return said


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_bytes(content)
    draft.replace(path)
