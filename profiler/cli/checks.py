"""What the doctor looks at: each check finds a fact, judges it, and says what to do."""

import os
import platform
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from profiler import display
from profiler._version import __version__
from profiler.config import Settings
from profiler.errors import ProfilerError

if TYPE_CHECKING:
    from profiler.store.engine import Store


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    state: State
    found: str
    next_step: str = ""
    """What to do about it; empty when nothing need be done."""


def all_checks(settings: Settings) -> list[Check]:
    """Every check; a check that breaks is a check that failed."""
    found: list[Check] = []
    for name, look in _CHECKS:
        try:
            found.extend(look(settings))
        except (ProfilerError, OSError) as error:
            found.append(Check(name, State.FAIL, str(error)))
    return found


def _program(settings: Settings) -> Iterator[Check]:
    words = f"profiler {__version__}, Python {platform.python_version()}, {platform.system()}"
    yield Check("program", State.OK, f"{words}, days begin in {settings.zone.key}")


def _home(settings: Settings) -> Iterator[Check]:
    home = settings.home
    if not home.exists():
        yield Check(
            "home",
            State.WARN,
            f"{home} does not exist yet",
            "record something: profiler run your_program.py; or look around: profiler demo",
        )
        return
    if not home.is_dir():
        yield Check("home", State.FAIL, f"{home} is not a folder", "choose one with --home")
        return
    yield _private("home", home, 0o700, str(home))
    if not os.access(home, os.W_OK | os.X_OK):
        yield Check("home", State.FAIL, f"{home} cannot be written", f"chmod u+rwx {home}")


def _log(settings: Settings) -> Iterator[Check]:
    folder = settings.log_folder
    if not folder.is_dir():
        yield Check("log", State.OK, "no segments yet")
        return
    segments = sorted(folder.glob("*.jsonl"))
    size = sum(segment.stat().st_size for segment in segments)
    words = f"{display.count(len(segments))} segments, {display.count(size)} bytes in {folder}"
    yield _private("log", folder, 0o700, words)
    open_to_others = [s for s in segments if stat.S_IMODE(s.stat().st_mode) & 0o077]
    if open_to_others:
        yield Check(
            "log",
            State.WARN,
            f"{display.count(len(open_to_others))} segments can be read by others",
            f"chmod go= {folder}/*.jsonl",
        )


def _text(settings: Settings) -> Iterator[Check]:
    """Nothing where no program captures text, which is how it should be found."""
    folder = settings.text_folder
    if folder.is_dir():
        sizes = [path.stat().st_size for path in folder.glob("*.jsonl")]
        words = (
            f"prompts and answers in {display.count(len(sizes))} files, "
            f"{display.count(sum(sizes))} bytes, kept for {settings.text_days} days, in {folder}"
        )
        yield _private("text", folder, 0o700, words)


def _database(settings: Settings) -> Iterator[Check]:
    from profiler.store import reads
    from profiler.store.engine import Store

    if not settings.database.exists():
        yield Check("database", State.OK, "none yet; it is made on first use")
        return
    with Store.open(settings.database) as store:
        faults = store.check()
        words = f"{display.count(reads.calls_ever(store))} calls in {settings.database}"
        if faults:
            yield Check("database", State.FAIL, f"damaged: {faults[0]}", _rebuild(settings))
        else:
            yield _private("database", settings.database, 0o600, words)
        yield _pending(store, settings)
        yield from _rejections(store)
        yield from _losses(store)


def _pending(store: "Store", settings: Settings) -> Check:
    from profiler.store.positions import all_positions

    read = {position.name: position.unread_from for position in all_positions(store)}
    sizes = {path.name: path.stat().st_size for path in settings.log_folder.glob("*.jsonl")}
    pending = sum(max(size - read.get(name, 0), 0) for name, size in sizes.items())
    words = f"{display.count(pending)} bytes of log not read yet"
    return Check("pending", State.OK, words, "profiler ingest reads them" if pending else "")


def _rebuild(settings: Settings) -> str:
    return f"move {settings.database} away and run profiler ingest: the log makes it anew"


def _rejections(store: "Store") -> Iterator[Check]:
    from profiler.store import reads

    rejected = reads.rejection_count(store)
    if not rejected:
        yield Check("rejections", State.OK, "every line of the log was an event")
        return
    newest = "; ".join(
        f"{Path(r.path).name} at byte {r.offset_bytes}: {r.reason}"
        for r in reads.rejections(store, 3)
    )
    yield Check(
        "rejections",
        State.WARN,
        f"{display.count(rejected)} stretches of the log were no events; the newest: {newest}",
        "the calls beside them are counted; a torn line is what a killed program leaves",
    )


def _losses(store: "Store") -> Iterator[Check]:
    from profiler.store import reads

    lost = reads.lost_calls(store)
    if lost:
        word = "call was" if lost == 1 else "calls were"
        yield Check(
            "losses",
            State.WARN,
            f"{display.count(lost)} {word} not logged: the log could not be written at the time",
            "their cost is in no sum; see that the disk is local and has space",
        )


def _sqlite(settings: Settings) -> Iterator[Check]:
    del settings
    yield Check("sqlite", State.OK, sqlite3.sqlite_version)


def _prices(settings: Settings) -> Iterator[Check]:
    from profiler.pricing.card import Card

    del settings
    card = Card.load()
    models = sum(1 for _ in card.models())
    words = f"{card.source}, {display.count(models)} models, sha256 {card.sha256[:12]}"
    yield Check("prices", State.OK, words)


def _sdks(settings: Settings) -> Iterator[Check]:
    from profiler.shim.points import SDKS

    del settings
    for name, modules in SDKS:
        try:
            installed = version(name)
        except PackageNotFoundError:
            yield Check(name, State.OK, "not installed here")
            continue
        yield _shape(name, installed, modules)


def _shape(name: str, installed: str, modules: tuple[str, ...]) -> Check:
    """Whether the shim finds in an SDK what it patches; an older one may lack the later modules."""
    from profiler.shim.instrument import Shim

    found: list[str] = []
    for module in modules:
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not module.startswith(error.name):
                return _broken(name, installed, error)
        except Exception as error:  # noqa: BLE001 - whatever another package does when imported
            return _broken(name, installed, error)
        else:
            found.append(module)
    if modules[0] in found and all(Shim().is_known(module) for module in found):
        return Check(name, State.OK, f"{installed}: its calls are recorded")
    return Check(
        name,
        State.WARN,
        f"{installed} is not known; its calls are not recorded",
        "upgrade both: pip install -U llm-cost-profiler " + name,
    )


def _broken(name: str, installed: str, error: Exception) -> Check:
    words = f"{installed} cannot be imported: {type(error).__name__}"
    return Check(name, State.WARN, words, f"reinstall it: pip install --force-reinstall {name}")


def _watch(settings: Settings) -> Iterator[Check]:
    del settings
    limit = Path("/proc/sys/fs/inotify/max_user_watches")
    if limit.exists() and int(limit.read_text("ascii")) < 1024:
        yield Check(
            "inotify",
            State.WARN,
            f"only {limit.read_text('ascii').strip()} watches per user",
            "the log is polled instead: at most half a second later",
        )
    else:
        yield Check("inotify", State.OK, "changes of the log are seen at once")


def _private(name: str, path: Path, wanted: int, words: str) -> Check:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        return Check(name, State.WARN, f"{words} (others may read it)", f"chmod {wanted:o} {path}")
    return Check(name, State.OK, words)


_CHECKS: tuple[tuple[str, Callable[[Settings], Iterator[Check]]], ...] = (
    ("program", _program),
    ("home", _home),
    ("log", _log),
    ("text", _text),
    ("database", _database),
    ("sqlite", _sqlite),
    ("prices", _prices),
    ("sdks", _sdks),
    ("inotify", _watch),
)
