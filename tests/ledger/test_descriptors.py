"""A ledger that is damaged or replaced costs a program that goes on no descriptors."""

import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from profiler.errors import LedgerDamaged, LedgerError
from profiler.ledger.book import Ledger
from profiler.ledger.file import LedgerFile
from profiler.ledger.scoping import Labels
from tests.support.descriptors import descriptors
from tests.support.ledgers import a_budget, a_ledger, an_ask

ASKED = 20


def garble_a_page(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(random.Random(1).randbytes(size))


@contextmanager
def busily_switching() -> Iterator[None]:
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual_s)


def remaining(ledger: Ledger) -> None:
    ledger.remaining(Labels({}, {}))


def reserve(ledger: Ledger) -> None:
    ledger.reserve(an_ask())


@pytest.mark.parametrize("ask", [remaining, reserve])
@pytest.mark.parametrize("table", ["state", "budgets", "counters"])
def test_a_damaged_page_costs_no_descriptor_however_often_it_is_read(
    tmp_path: Path, table: str, ask: Callable[[Ledger], None]
) -> None:
    before, path = descriptors(), tmp_path / "l.db"
    with closing(a_ledger(path, a_budget())) as ledger:
        reserve(ledger)
    garble_a_page(path, table)
    with closing(Ledger(path)) as ledger:
        seen = set()
        for _ in range(ASKED):
            with pytest.raises(LedgerError):
                ask(ledger)
            seen.add(descriptors())
    assert max(seen) - before <= 8  # two of each: what was left behind goes with the next
    assert descriptors() == before


def test_a_ledger_replaced_time_and_again_costs_no_descriptor(tmp_path: Path) -> None:
    before, path = descriptors(), tmp_path / "l.db"
    with closing(a_ledger(path, a_budget())) as ledger:
        opened = descriptors()
        for number in range(2):
            LedgerFile(path).set_aside(tmp_path / f"aside-{number}")
            reserve(ledger)
        assert descriptors() == opened
    assert descriptors() == before


def test_a_ledger_replaced_by_garbage_is_closed_once(tmp_path: Path) -> None:
    before, path = descriptors(), tmp_path / "l.db"
    with closing(a_ledger(path, a_budget())) as ledger:
        LedgerFile(path).set_aside(tmp_path / "aside")
        path.write_bytes(random.Random(1).randbytes(5_000))
        with pytest.raises(LedgerDamaged):
            reserve(ledger)
    assert descriptors() == before


def test_threads_may_be_using_what_is_let_go_of(tmp_path: Path) -> None:
    before, path = descriptors(), tmp_path / "l.db"
    with closing(a_ledger(path, a_budget())) as ledger:
        reserve(ledger)
    garble_a_page(path, "counters")
    faults: list[Exception] = []

    def use() -> None:
        for number in range(ASKED):
            try:
                with suppress(LedgerDamaged):
                    (remaining if number % 2 else reserve)(ledger)
            except Exception as error:  # noqa: BLE001  # whatever a closed file raises
                faults.append(error)

    with closing(Ledger(path)) as ledger, busily_switching():
        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []
    assert descriptors() == before


def test_what_a_thread_is_reading_stays_open_when_another_file_takes_its_place(
    tmp_path: Path,
) -> None:
    before, path = descriptors(), tmp_path / "l.db"
    with closing(a_ledger(path, a_budget())) as ledger:
        reserve(ledger)
        with ledger.file.reading() as connection:
            LedgerFile(path).set_aside(tmp_path / "aside")
            # the other thread opens what is there now, and lets go of what it can
            other = threading.Thread(target=remaining, args=(ledger,))
            other.start()
            other.join()
            assert connection.execute("SELECT count(*) FROM budgets").fetchone() == (1,)
    assert descriptors() == before


CHILD = """
import ctypes, os, sys
from pathlib import Path
from tests.support.ledgers import a_budget, a_ledger, an_ask

before = len(os.listdir("/dev/fd"))
ledger = a_ledger(Path(sys.argv[1]), a_budget())
inherited = set(os.listdir("/dev/fd"))
# a server written in C may fork without telling Python
fork = ctypes.PyDLL(None).fork if sys.argv[2] == "unseen" else os.fork
if fork() == 0:
    is_closed = len(os.listdir("/dev/fd")) == before
    ledger.reserve(an_ask())
    ledger.close()
    is_let_alone = inherited <= set(os.listdir("/dev/fd"))
    os._exit(0 if (is_let_alone if sys.argv[2] == "unseen" else is_closed) else 1)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.parametrize("fork", ["seen", "unseen"])
def test_a_child_inherits_nothing_or_leaves_it_alone(tmp_path: Path, fork: str) -> None:
    ran = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path / "l.db"), fork], check=False)
    assert ran.returncode == 0
