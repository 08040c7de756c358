"""The shipped sheet is the library's own, byte for byte, and travels with the package."""

import hashlib
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from genai_prices.data_snapshot import get_snapshot

from profiler.pricing.card import Card
from profiler.pricing.export import exported
from profiler.pricing.file import packaged
from profiler.pricing.sheet import Sheet

SHA256 = "afa39151ac9e187154040d62e128aec3427bb80ae5a06bb004dac4ce92e7a94b"


def shipped() -> bytes:
    return files("profiler.pricing").joinpath("rates.json").read_bytes()


def test_the_shipped_sheet_is_a_fresh_export() -> None:
    assert shipped() == exported()


def test_the_shipped_sheet_is_the_pinned_one() -> None:
    card = Card.load()
    assert card.source == "genai-prices@0.2.3"
    assert card.sha256 == hashlib.sha256(shipped()).hexdigest() == SHA256


def test_the_exporter_writes_where_it_is_told(tmp_path: Path) -> None:
    target = tmp_path / "rates.json"
    subprocess.run([sys.executable, "-m", "profiler.pricing.export", str(target)], check=True)
    assert target.read_bytes() == shipped()


def test_nothing_of_the_library_is_lost() -> None:
    sheet: Sheet = packaged()[0]
    theirs = get_snapshot().providers
    assert [p.id for p in sheet.providers] == [p.id for p in theirs]
    assert sum(len(p.models) for p in sheet.providers) == 2_330
    for ours, provider in zip(sheet.providers, theirs, strict=True):
        assert [m.id for m in ours.models] == [m.id for m in provider.models]
