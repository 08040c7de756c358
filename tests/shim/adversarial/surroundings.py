"""Processes in odd surroundings: files, folders, streams, clocks and limits."""

import io
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tests.shim.adversarial.kits import KITS, Kit, lasting
from tests.shim.adversarial.observing import Case


@contextmanager
def umask_000() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def umask_777() -> Iterator[None]:
    before = os.umask(0o777)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _environment(**given: str | None) -> Iterator[None]:
    before = dict(os.environ)
    for name, value in given.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    time.tzset()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        time.tzset()


def odd_zone() -> AbstractContextManager[None]:
    return _environment(TZ="<+1245>-12:45:30")


def no_home() -> AbstractContextManager[None]:
    return _environment(HOME=None, XDG_STATE_HOME=None)


def home_is_a_device() -> AbstractContextManager[None]:
    return _environment(HOME="/dev/null")


@contextmanager
def deleted_working_folder() -> Iterator[None]:
    before = os.getcwd()  # noqa: PTH109  # the program under test is not asked for paths
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)  # noqa: PTH106
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _streams(stream: Any) -> Iterator[None]:
    before = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = stream
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def no_streams() -> AbstractContextManager[None]:
    return _streams(None)


def closed_streams() -> AbstractContextManager[None]:
    stream = io.StringIO()
    stream.close()
    return _streams(stream)


def streams_that_raise() -> AbstractContextManager[None]:
    class Raising(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    return _streams(Raising())


@contextmanager
def warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # the SDK's own, and the same without us
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@contextmanager
def empty_path() -> Iterator[None]:
    before = list(sys.path)
    sys.path.clear()
    try:
        yield
    finally:
        sys.path[:] = before


@contextmanager
def no_main() -> Iterator[None]:
    before = sys.modules.pop("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextmanager
def clock_steps_back() -> Iterator[None]:
    real, steps = time.time_ns, [0]

    def stepping() -> int:
        steps[0] += 1
        return real() - steps[0] * 3_600_000_000_000

    time.time_ns = stepping
    try:
        yield
    finally:
        time.time_ns = real


SURROUNDINGS: tuple[Callable[[], AbstractContextManager[None]], ...] = (
    umask_000,
    umask_777,
    odd_zone,
    no_home,
    home_is_a_device,
    deleted_working_folder,
    no_streams,
    closed_streams,
    streams_that_raise,
    warnings_are_errors,
    empty_path,
    no_main,
    clock_steps_back,
)


def _case(kit: Kit, surrounding: Callable[[], AbstractContextManager[None]]) -> Case:
    def run(server: Any) -> Any:
        client = lasting(kit, server)
        # what an SDK imports late is imported in peace
        kit.create(client)
        with surrounding():
            return [kit.create(client), list(kit.stream(client))]

    return Case(f"{kit.name}/in/{surrounding.__name__}", run)


def cases() -> list[Case]:
    """Every surrounding, for every SDK."""
    return [_case(kit, surrounding) for kit in KITS for surrounding in SURROUNDINGS]
