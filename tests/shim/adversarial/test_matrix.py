"""Each case bare, then recorded: the host sees the same, and each billed call has its event."""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import profiler
from profiler.shim.guard import FAULTS
from tests.shim.adversarial.kits import KITS, is_installed, lasting
from tests.shim.adversarial.matrix import all_cases
from tests.shim.adversarial.observing import Case, observe
from tests.support.provider_server import ProviderServer, canned, provider_server

CASES = all_cases()


class Counted:
    """The events of one log, each counted once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(self) -> int:
        """How many there are that were not there before; what was counted is thrown away."""
        count = 0
        for path in list(self.folder.glob("*.jsonl")):
            count += path.read_bytes().count(b'{"v":1,"id":"')
            path.unlink()
        return count


@pytest.fixture(scope="module")
def server() -> Iterator[ProviderServer]:
    with provider_server() as running:
        yield running
        lasting.cache_clear()


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory, server: ProviderServer) -> Iterator[Counted]:
    """A log for all cases, with the SDKs loaded and set aside from each case's collection."""
    home = tmp_path_factory.mktemp("matrix")
    logging.getLogger("asyncio").disabled = True  # it tells of what the cases abandon on purpose
    with pytest.MonkeyPatch.context() as patching:
        for name in [name for name in os.environ if name.startswith("PROFILER_")]:
            patching.delenv(name)
        patching.setenv("PROFILER_HOME", str(home))
        profiler.uninstrument()
        server.answer = canned
        for kit in filter(is_installed, KITS):
            kit.create(lasting(kit, server))
            list(kit.stream(lasting(kit, server)))
        gc.collect()
        gc.freeze()
        yield Counted(home / "log")
        gc.unfreeze()
        profiler.uninstrument()
    logging.getLogger("asyncio").disabled = False


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_host_sees_the_same_and_every_billed_call_is_recorded(
    case: Case, server: ProviderServer, events: Counted
) -> None:
    bare = observe(case, server)
    faults = FAULTS.count
    events.new()
    profiler.instrument()
    try:
        recorded = observe(case, server)
    finally:
        profiler.uninstrument()
    assert bare.differences(recorded) == []
    assert events.new() == (len(recorded.requests) if case.calls is None else case.calls)
    assert FAULTS.count == faults


def test_the_matrix_is_as_large_as_it_is_said_to_be() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert len(names) >= 900
    for sdk in ("openai", "anthropic", "google"):
        assert sum(name.startswith(sdk) for name in names) >= 200
