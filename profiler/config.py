"""Settings: the environment over `profiler.toml` over the defaults, read once, at the edge."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from profiler.errors import StoreError, UsageError
from profiler.log import paths
from profiler.options import places

if TYPE_CHECKING:
    from profiler.options.read import Options

TEXT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is and how time is read."""

    home: Path
    """The folder everything of ours lives in."""
    zone: ZoneInfo
    """The zone that days, weeks and months begin in."""
    zone_set_by: str = ""
    """The variable or file that says so; empty where it is the machine's."""
    text_days: int | None = TEXT_DAYS
    """How long captured text is kept after its file was last written to; `None`: for ever."""
    call_days: int | None = None
    """How long calls are kept; `None`: for ever. Their sums always are."""
    archive: Path | None = None
    """The folder where calls are archived before they are removed; `None`: they are not."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Keys of the terminal app's actions, where they are not the usual ones."""
    is_demo: bool = False
    """Whether its calls are made up: no project's budgets are about them."""

    @property
    def log_folder(self) -> Path:
        """The folder of segments."""
        return Path(paths.log_folder(str(self.home)))

    @property
    def text_folder(self) -> Path:
        """The folder of captured text; there is none where none was captured."""
        return Path(paths.text_folder(str(self.home)))

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return Path(paths.database(str(self.home)))


def read_settings(home: Path | None = None) -> Settings:
    """The settings in force; `home` wins over `PROFILER_HOME`, which wins over the platform's.

    Raises:
        UsageError: a variable or a line of a `profiler.toml` makes no sense; it says which.

    """
    folder = home_folder(home)
    if is_silent(folder):
        return Settings(folder, machine_zone()[0], archive=_archive(folder, True))
    return settings_of(folder, options_of(home))


def is_there(home: Path) -> bool:
    """Whether there is such a folder.

    Raises:
        StoreError: nobody may look, or it has a name that no folder can have.

    """
    try:
        return home.exists()
    except OSError as error:
        raise StoreError(
            f"{home} cannot be read: {error.strerror}; make it readable or set "
            "PROFILER_HOME to another folder"
        ) from error


def is_silent(home: Path) -> bool:
    """Whether no file and no variable says anything, so nothing is imported to read it."""
    told = any(name.startswith("PROFILER_") and name != "PROFILER_HOME" for name in os.environ)
    return not told and not places.in_force(str(home), places.here())


class Following:
    """The settings of a program that runs long, read again when a file of theirs changes.

    What makes no sense changes nothing: the last settings that did stay in force.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        """Those in force."""
        self.trouble = ""
        """Why the files as they are now are not in force; empty when they are."""
        self._seen = self._looks()

    def look(self) -> bool:
        """Look whether a file changed; whether something is to be told of it.

        Costs a look at a few names when nothing did.
        """
        looks = self._looks()
        if looks == self._seen:
            return False
        self._seen = looks
        try:
            self.settings, self.trouble = read_settings(self.settings.home), ""
        except UsageError as error:
            self.trouble = f"{error}; what was in force before still is"
        return True

    def _looks(self) -> list[tuple[str, int, int]]:
        found = []
        for path in places.in_force(str(self.settings.home), places.here()):
            try:
                facts = Path(path).stat()
            except OSError:
                continue
            found.append((path, facts.st_size, facts.st_mtime_ns))
        return found


def home_folder(chosen: Path | None = None) -> Path:
    """The home folder: the one chosen, else `PROFILER_HOME`, else the platform's."""
    return (chosen or Path(paths.home())).absolute()


def options_of(home: Path | None = None) -> "Options":
    """What the environment and the files say that are in force in the working folder.

    Raises:
        UsageError: a file makes no sense; it says which, on which line.

    """
    from profiler.options.read import read_options  # noqa: PLC0415  # as `is_silent` says

    return read_options(home_folder(home), places.here(), os.environ)


def settings_of(home: Path, options: "Options") -> Settings:
    """`options` with what they leave out.

    Raises:
        UsageError: an environment variable makes no sense.

    """
    return Settings(
        home=home,
        zone=zone_and_reason(options)[0],
        zone_set_by=options.option("zone").origin,
        text_days=_days(options.value("retention", "text")),
        call_days=_days(options.value("retention", "calls")),
        archive=_archive(home, options.value("retention", "archive")),
        keys=_keys(options),
    )


def zone_and_reason(options: "Options") -> tuple[ZoneInfo, str]:
    """The zone that days begin in, and what says so.

    Raises:
        UsageError: `PROFILER_ZONE` names no zone.

    """
    chosen = options.option("zone")
    if chosen.origin:
        return zone_named(str(chosen.value)), f"{chosen.origin} says so"
    return machine_zone()


def machine_zone() -> tuple[ZoneInfo, str]:
    """The zone of this machine, and what says so."""
    for name, reason in (
        (os.environ.get("TZ", "").lstrip(":"), "TZ says so"),
        (_linked_zone(), "this machine's clock is set so"),
    ):
        if is_zone(name):
            return ZoneInfo(name), reason
    return ZoneInfo("UTC"), "nothing on this machine names a zone"


def is_zone(name: str) -> bool:
    """Whether an IANA zone of that name is known."""
    try:
        zone_named(name)
    except UsageError:
        return False
    return True


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        UsageError: there is none.

    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{name!r} is no time zone; write an IANA name like Europe/Berlin or UTC"
        ) from None


def _days(chosen: object) -> int | None:
    return chosen if isinstance(chosen, int) else None


def _keys(options: "Options") -> dict[str, tuple[str, ...]]:
    from profiler.options.tui_keys import chosen_keys  # noqa: PLC0415  # as `is_silent` says

    for file in options.files:
        if said := file.value(("tui", "keys")):
            return chosen_keys(said)
    return {}


def _archive(home: Path, chosen: object) -> Path | None:
    if isinstance(chosen, str):
        return home / Path(chosen).expanduser()
    return home / "archive" if chosen else None


def _linked_zone() -> str:
    """The name this machine's clock is set to, from where `/etc/localtime` points."""
    try:
        target = str(Path("/etc/localtime").readlink())
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]
