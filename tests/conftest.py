"""Settings of all tests."""

import gc
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.descriptors import held_below
from tests.support.opened import closing_what_is_opened

# Every example has as much time as it needs: a busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("thorough" if os.environ.get("STRESS") == "full" else "unhurried")


# How the terminal that tests run in is to look is not asked of the programs that they start.
for _name in ("NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(_name, None)


for _number, _usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGQUIT, signal.SIG_DFL),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_number) is signal.SIG_IGN:
        # begun in a shell's background; the programs that tests start would not hear it either
        signal.signal(_number, _usual)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported stays: a collection, of which tests ask for many, need not look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _one_authority() -> Iterator[None]:
    """Every client of an SDK loads all the authorities there are, and none here speaks TLS."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("SSL_CERT_FILE", str(Path(__file__).parent / "data" / "authority.pem"))
        yield


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    with closing_what_is_opened():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Files of its own folder that a test leaves open add up, until none can be opened."""
    folder: Path | None = getattr(item, "funcargs", {}).get("tmp_path")
    yield
    if folder is not None and held_below(folder):
        gc.collect()
        assert held_below(folder) == []
