"""What the doctor looks at: each check finds a fact, judges it, and says what to do."""

import os
import platform
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from profiler import display
from profiler._version import __version__
from profiler.config import Settings, is_zone, options_of, zone_and_reason
from profiler.domain.budgets import Measure
from profiler.errors import ProfilerError, UsageError
from profiler.log.fields import MAX_LINE_BYTES
from profiler.options import places

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
        except ProfilerError as error:
            found.append(Check(name, State.FAIL, str(error)))
        except OSError as error:
            words = f"{error.filename or name} cannot be read: {error.strerror or error}"
            found.append(Check(name, State.FAIL, words))
    return found


def _program(settings: Settings) -> Iterator[Check]:
    words = f"profiler {__version__}, Python {platform.python_version()}, {platform.system()}"
    del settings
    yield Check("program", State.OK, words)


def _home(settings: Settings) -> Iterator[Check]:
    home = settings.home
    if not home.exists():
        _try_making(home)
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
        is_ours = os.name != "posix" or home.stat().st_uid == os.getuid()
        other = "it is another user's: choose another with PROFILER_HOME or --home"
        remedy = f"chmod u+rwx {home}" if is_ours else other
        yield Check("home", State.FAIL, f"{home} cannot be written", remedy)


def _try_making(home: Path) -> None:
    """Make a folder where `home` would be, and remove it.

    Raises:
        UsageError: none can be made there.

    """
    above = next(folder for folder in home.parents if os.path.lexists(folder))
    try:
        Path(tempfile.mkdtemp(prefix=".profiler-", dir=above)).rmdir()
    except OSError as error:
        raise UsageError(
            f"{home} cannot be made: in {above}: {error.strerror}; choose another place with "
            "PROFILER_HOME or --home"
        ) from error


def _zone(settings: Settings) -> Iterator[Check]:
    options = options_of(settings.home)
    words = f"days begin in {settings.zone.key}: {zone_and_reason(options)[1]}"
    ignored = os.environ.get("TZ", "")
    if ignored and not options.option("zone").origin and not is_zone(ignored.lstrip(":")):
        words += f"; TZ is {ignored!r}, which names no zone"
        yield Check("zone", State.WARN, words, "set PROFILER_ZONE or TZ to a name: Europe/Berlin")
    else:
        yield Check("zone", State.OK, words)


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
        days = settings.text_days
        words = (
            f"prompts and answers in {display.count(len(sizes))} files, "
            f"{display.count(sum(sizes))} bytes, kept "
            f"{'for ever' if days is None else f'for {days} days'}, in {folder}"
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
        yield from _pending(store, settings)
        yield from _rejections(store)
        yield from _losses(store)


def _budgets(settings: Settings) -> Iterator[Check]:
    from profiler.budgets.reconcile import reconcile
    from profiler.budgets.registry import Registry
    from profiler.ledger.book import damage_in
    from profiler.ledger.refusals import shown
    from profiler.store.engine import Store

    registry = Registry(settings.home, places.here(), settings.zone)
    if not registry.is_open:
        yield Check("budgets", State.OK, "none set; programs pay nothing for them")
        return
    damage, _, remedy = damage_in(registry.ledger).partition("; ")
    if damage:
        yield Check("budgets", State.FAIL, damage, remedy)
        return
    if not settings.database.exists():
        yield Check("budgets", State.OK, "no call has been read yet that they would count")
        return
    try:
        with Store.open(settings.database) as store:
            found = reconcile(store, registry.ledger)
    finally:
        registry.close()
    for wrong in found.wrong:
        step = "profiler budget recount puts it right, and writes down what was wrong"
        yield Check("budgets", State.FAIL, wrong, step)
    for behind in found.behind:
        yield Check("budgets", State.WARN, behind, "profiler ingest takes it over")
    if not found.wrong and not found.behind:
        untold = shown(found.untold.cost_pusd, Measure.COST)
        words = f"ledger and store agree on {display.count(found.counters)} counters"
        yield Check("budgets", State.OK, f"{words}; {untold} is charged for calls not logged yet")


def _pending(store: "Store", settings: Settings) -> Iterator[Check]:
    from profiler.store.positions import all_positions

    read = {position.name: position.unread_from for position in all_positions(store)}
    pending = unfinished = 0
    for path in settings.log_folder.glob("*.jsonl"):
        left = max(path.stat().st_size - read.get(path.name, 0), 0)
        torn = min(_torn_bytes(path), left)
        pending, unfinished = pending + left - torn, unfinished + torn
    words = f"{display.count(pending)} bytes of log not read yet"
    yield Check("pending", State.OK, words, "profiler ingest reads them" if pending else "")
    if unfinished:
        words = f"{display.count(unfinished)} bytes of lines that have no end yet"
        why = "a program is writing them, or was killed while it did; nothing need be done"
        yield Check("unfinished", State.OK, words, why)


def _torn_bytes(path: Path) -> int:
    """How long the last line is where its end is missing; 0 where it is whole."""
    with path.open("rb") as segment:
        size = segment.seek(0, os.SEEK_END)
        segment.seek(max(0, size - 2 * MAX_LINE_BYTES))
        end = segment.read()
    return len(end) - (end.rfind(b"\n") + 1)


def _rebuild(settings: Settings) -> str:
    return f"profiler rebuild sets {settings.database} aside and makes it anew"


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
    faults = reads.swallowed_faults(store)
    if faults:
        word = "fault of ours was" if faults == 1 else "faults of ours were"
        yield Check(
            "faults",
            State.WARN,
            f"{display.count(faults)} {word} swallowed in your programs, which did not notice",
            "each may have cost a call; upgrade: pip install -U llm-cost-profiler",
        )


def _sqlite(settings: Settings) -> Iterator[Check]:
    del settings
    from profiler.store.dialect import has_reset_bug

    words = sqlite3.sqlite_version
    if has_reset_bug():
        words += ", which has the WAL-reset bug: checkpoints hold all writers off"
    yield Check("sqlite", State.OK, words)


def _prices(settings: Settings) -> Iterator[Check]:
    from profiler.pricing.installed import card_in

    card = card_in(settings.home)
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
    from profiler.cli.sdks import is_known, source_of

    found = {module: source for module in modules if (source := source_of(module))}
    try:
        has_shape = modules[0] in found and all(is_known(*one) for one in found.items())
    except (OSError, SyntaxError) as error:
        words = f"{installed} cannot be read: {type(error).__name__}"
        again = f"reinstall it: pip install --force-reinstall {name}"
        return Check(name, State.WARN, words, again)
    if has_shape:
        return Check(name, State.OK, f"{installed}: its calls are recorded")
    return Check(
        name,
        State.WARN,
        f"{installed} is not known; its calls are not recorded",
        "upgrade both: pip install -U llm-cost-profiler " + name,
    )


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
    ("zone", _zone),
    ("home", _home),
    ("log", _log),
    ("text", _text),
    ("database", _database),
    ("budgets", _budgets),
    ("sqlite", _sqlite),
    ("prices", _prices),
    ("sdks", _sdks),
    ("inotify", _watch),
)
