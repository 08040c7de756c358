import subprocess
import sys
from pathlib import Path

import pytest

from profiler.cli.sdks import is_known, source_of
from profiler.shim.instrument import Shim
from profiler.shim.points import SDKS

MODULES = [module for _, modules in SDKS for module in modules]
OPENAI = "openai._base_client"
KNOWN = """
from typing import overload
class SyncAPIClient:
    @overload
    def request(self, other): ...
    def request(self, cast_to, options, *, stream=False, stream_cls=None): ...
class AsyncAPIClient:
    async def request(self, cast_to, options, *, stream=False, stream_cls=None):
        return lambda: (yield)
"""


@pytest.mark.parametrize("module", MODULES)
def test_the_source_tells_what_the_imported_module_would(module: str) -> None:
    pytest.importorskip(module, reason="not installed here")
    source = source_of(module)
    assert source is not None
    assert is_known(module, source) is Shim().is_known(module)


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        ("", "", True),
        ("cast_to, options", "options, cast_to", False),
        ("async def request", "def request", False),
        ("return lambda: (yield)", "yield 1", False),
        ("class SyncAPIClient", "class Client", False),
        ("stream_cls=None):", "stream_cls=None, **more):", False),
    ],
)
def test_another_shape_is_not_known(before: str, after: str, known: bool, tmp_path: Path) -> None:
    source = tmp_path / "client.py"
    source.write_text(KNOWN.replace(before, after) if before else KNOWN, "utf-8")
    assert is_known(OPENAI, source) is known


def test_the_doctor_imports_no_sdk(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from zoneinfo import ZoneInfo; "
        "from profiler.cli.checks import all_checks; from profiler.config import Settings; "
        f"all_checks(Settings(Path({str(tmp_path)!r}), ZoneInfo('UTC'))); "
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not set(ran.stdout.split()) & {"openai", "anthropic", "cohere", "mistralai", "ollama"}
