"""Bytes that must stay as they are; `GOLDEN=write pytest …` accepts what is there now."""

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "golden"


def assert_golden(name: str, content: str | bytes) -> None:
    """`content` is what `tests/golden/<name>` holds."""
    found = content.encode("utf-8") if isinstance(content, str) else content
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(found)
    assert found == path.read_bytes(), f"tests/golden/{name} differs"
