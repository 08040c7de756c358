"""Programs fork whenever they like: while a thread is in the ledger, and while they are in it."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from profiler.ledger.book import Ledger
from tests.support.ledgers import USD, a_budget, a_ledger, used

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no forks")

HELD = USD // 10
"""What one call of `an_ask` holds."""

BEGIN = """
import os, signal, sys, threading, time
from pathlib import Path
from profiler.errors import LedgerError
from profiler.ledger.book import Ledger
from tests.support.ledgers import an_ask

path = Path(sys.argv[1])
ledger = Ledger(path)

def exit_code_of(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def forked(does):
    child = os.fork()
    if child:
        return child
    code = 3
    try:
        code = does() or 0
    finally:
        os._exit(code)

def once_inside(letting_go):
    inside = threading.Event()
    def write():
        with ledger.writing() as (connection, _, _now_us):
            connection.execute("UPDATE state SET bookings = bookings")
            inside.set()
            letting_go.wait()
    thread = threading.Thread(target=write)
    thread.start()
    inside.wait()
    return thread
"""

WHILE_A_THREAD_WRITES = """
letting_go = threading.Event()
thread = once_inside(letting_go)
threading.Timer(0.1, letting_go.set).start()
child = forked(lambda: ledger.reserve(an_ask("child")) and None)
ledger.reserve(an_ask("parent"))
thread.join()
sys.exit(exit_code_of(child))
"""

WHILE_A_THREAD_IS_STUCK = """
ledger.file._timeout_s = 0.2
letting_go = threading.Event()
thread = once_inside(letting_go)
release, go = os.pipe()

def ask():
    os.read(release, 1)
    began_s = time.monotonic()
    for _ in range(3):
        try:
            ledger.reserve(an_ask("child"))
            return 4
        except LedgerError as error:
            if "forked" not in str(error):
                return 5
    return 6 if time.monotonic() - began_s > 0.15 else 0

began_s = time.monotonic()
child = forked(ask)
took_s = time.monotonic() - began_s
letting_go.set()
thread.join()
os.write(go, b".")
code = exit_code_of(child)
ledger.reserve(an_ask("parent"))
sys.exit(code or (7 if took_s > 1.5 else 0))
"""

OUTLIVING_ITS_PARENT = """
release, go = os.pipe()
heard, tell = os.pipe()

def spend():
    ledger.reserve(an_ask("first"))
    os.write(tell, b".")
    os.read(release, 1)
    ledger.reserve(an_ask("second"))

ledger.reserve(an_ask("parent"))
child = forked(spend)
os.read(heard, 1)
ledger.close()
os.write(go, b".")
sys.exit(exit_code_of(child))
"""

FROM_WITHIN = """
children = []

def fork(*_):
    children.append(os.fork())

signal.signal(signal.SIGALRM, fork)
began_s = time.monotonic()
try:
    with ledger.writing() as (connection, _, _now_us):
        connection.execute("UPDATE state SET bookings = bookings + 1")
        os.kill(os.getpid(), signal.SIGALRM)
        took_s = time.monotonic() - began_s
    if children == [0]:
        os._exit(4)
except LedgerError as error:
    os._exit(0 if children == [0] and "forked" in str(error) else 5)
code = exit_code_of(children[0])
with ledger.reading() as (connection, _, _now_us):
    is_kept = connection.execute("SELECT bookings FROM state").fetchone() == (1,)
sys.exit(code or (6 if took_s > 1 else 0 if is_kept else 7))
"""

FROM_MANY_THREADS = """
stop = threading.Event()
faults = []

def spend(number):
    turn = 0
    while not stop.is_set():
        turn += 1
        try:
            ledger.reserve(an_ask(f"{number}-{turn}"))
            ledger.release(f"{number}-{turn}")
        except LedgerError as error:
            faults.append(error)

def fork():
    for _ in range(8):
        child = forked(lambda: ledger.reserve(an_ask(f"c{os.getpid()}")) and None)
        if exit_code_of(child):
            faults.append(child)

spending = [threading.Thread(target=spend, args=(number,)) for number in range(3)]
forking = [threading.Thread(target=fork) for _ in range(2)]
for thread in spending + forking:
    thread.start()
for thread in forking:
    thread.join()
stop.set()
for thread in spending:
    thread.join()
sys.exit(str(faults[:3]) if faults else 0)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "l.db"
    a_ledger(path, a_budget(limit_pusd=1_000 * USD)).close()
    return path


def run(path: Path, program: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BEGIN + program, str(path)],
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def held(path: Path) -> int:
    with closing(Ledger(path)) as ledger:
        return used(ledger)[1]


def test_a_child_forked_while_a_thread_writes_can_spend_and_so_can_its_parent(path: Path) -> None:
    run(path, WHILE_A_THREAD_WRITES)
    assert held(path) == 2 * HELD


def test_what_a_child_spends_after_its_parent_has_closed_is_counted(path: Path) -> None:
    run(path, OUTLIVING_ITS_PARENT)
    assert held(path) == 3 * HELD


def test_a_fork_does_not_wait_for_a_stuck_thread_and_its_child_waits_for_nothing(
    path: Path,
) -> None:
    run(path, WHILE_A_THREAD_IS_STUCK)
    assert held(path) == HELD


def test_a_fork_in_the_midst_of_a_transaction_leaves_it_to_the_parent(path: Path) -> None:
    run(path, FROM_WITHIN)


def test_threads_may_fork_while_others_spend(path: Path) -> None:
    run(path, FROM_MANY_THREADS)
    assert held(path) == 16 * HELD


def test_a_fork_before_anything_is_opened_opens_nothing(tmp_path: Path) -> None:
    run(tmp_path / "none.db", "sys.exit(exit_code_of(forked(lambda: 0)))")
    assert list(tmp_path.iterdir()) == []
