"""Settings: the environment over the defaults, read once, at the edge."""

import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from profiler.errors import UsageError
from profiler.log import paths

TEXT_DAYS = 30
_MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is and how time is read."""

    home: Path
    """The folder everything of ours lives in."""
    zone: ZoneInfo
    """The zone that days, weeks and months begin in."""
    text_days: int = TEXT_DAYS
    """How long captured text is kept after its file was last written to."""

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
        UsageError: `PROFILER_ZONE` names no zone, or `PROFILER_TEXT_DAYS` is no number of days.

    """
    return Settings(
        home=(home or Path(paths.home())).absolute(), zone=local_zone(), text_days=_text_days()
    )


def local_zone() -> ZoneInfo:
    """The zone in `PROFILER_ZONE`, else this machine's, else UTC."""
    return zone_and_reason()[0]


def zone_and_reason() -> tuple[ZoneInfo, str]:
    """The zone that days begin in, and what says so.

    Raises:
        UsageError: `PROFILER_ZONE` names no zone.

    """
    chosen = os.environ.get("PROFILER_ZONE")
    if chosen:
        return zone_named(chosen), "PROFILER_ZONE says so"
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


def _text_days() -> int:
    chosen = os.environ.get("PROFILER_TEXT_DAYS") or str(TEXT_DAYS)
    if not (chosen.isdecimal() and 0 < int(chosen) <= _MOST_DAYS):
        raise UsageError(
            f"PROFILER_TEXT_DAYS is {chosen!r}; write how many days captured text is kept, like 30"
        )
    return int(chosen)


def _linked_zone() -> str:
    """The name this machine's clock is set to, from where `/etc/localtime` points."""
    try:
        target = str(Path("/etc/localtime").readlink())
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]
