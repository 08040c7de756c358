"""Who is told, and where: what `[alerts]` in the user's `profiler.toml` says.

Addresses hold secrets. The file only names where each is kept; it is read when something is sent.
"""

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from profiler.domain.periods import SECOND_US
from profiler.errors import UsageError
from profiler.options import places
from profiler.options.file import File, read_file
from profiler.options.keys import KNOWN
from profiler.options.shapes import Table

_MINUTE_US = 60 * SECOND_US
_KINDS = ("url_env", "url_file", "url_keyring", "desktop")
_DESKTOPS = {"darwin": "macosx://", "win32": "windows://"}


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who is told."""

    name: str
    kind: str
    """One of `url_env`, `url_file`, `url_keyring` and `desktop`."""
    where: str
    """The variable, the file, or service and user in the keyring."""
    is_escalation: bool = False

    @property
    def kept_in(self) -> str:
        """Where the address is kept, in words."""
        return {
            "url_env": f"the variable {self.where}",
            "url_file": self.where,
            "url_keyring": f"the keyring at {self.where}",
        }.get(self.kind, "this machine's desktop")

    def address(self, environment: Mapping[str, str]) -> str:
        """The address, a secret: for sending alone.

        Raises:
            UsageError: it is not there, or lies open; the message says what to do.

        """
        if self.kind == "desktop":
            return _DESKTOPS.get(sys.platform, "dbus://")
        if self.kind == "url_env":
            found = environment.get(self.where, "")
        elif self.kind == "url_file":
            found = _in_file(Path(self.where).expanduser())
        else:
            found = _in_keyring(self.where)
        if not found.strip():
            raise UsageError(f"{self.kept_in} holds no address; put one there, such as slack://…")
        return found.strip()


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is told, and when."""

    targets: tuple[Target, ...] = ()
    cooldown_us: int = 0
    digest_us: int = 0
    escalate_us: int = 0
    tells_forecasts: bool = True

    def target(self, name: str) -> Target | None:
        """The target of that name; `None` where it was taken out since."""
        return next((one for one in self.targets if one.name == name), None)


def plan_in(home: Path) -> Plan:
    """What the user's file in that home says.

    Raises:
        UsageError: it makes no sense: on which line, what is wrong and what would be right.

    """
    path = Path(places.of_user(str(home)))
    if not path.is_file():
        return Plan()
    return plan_of(read_file(path, is_users=True))


def plan_of(file: File) -> Plan:
    """What a user's file says of alerts.

    Raises:
        UsageError: it makes no sense: on which line, what is wrong and what would be right.

    """
    said = file.value(("alerts",))
    key = KNOWN.keys["alerts"].shape
    if said is None or not file.is_users or not isinstance(key, Table):
        return Plan()
    for misfit in key.misfits(said, ("alerts",)):
        raise file.wrong(misfit.path, misfit.says)

    def minutes_us(name: str) -> int:
        value = file.value(("alerts", name))
        found = key.keys[name].default if value is None else value
        return found * _MINUTE_US if isinstance(found, int) else 0

    tables = file.value(("alerts", "targets"))
    targets = tables.items() if isinstance(tables, Mapping) else ()
    plan = Plan(
        tuple(_target(file, name, words) for name, words in targets),
        minutes_us("cooldown_minutes"),
        minutes_us("digest_minutes"),
        minutes_us("escalate_minutes"),
        file.value(("alerts", "forecast")) is not False,
    )
    for one in plan.targets:
        if one.is_escalation and not plan.escalate_us:
            raise file.wrong(
                ("alerts", "targets", one.name, "escalation"),
                "is true, but nothing escalates; write escalate_minutes = 30 under [alerts]",
            )
    return plan


def _target(file: File, name: str, words: Mapping[str, object]) -> Target:
    path = ("alerts", "targets", name)
    kinds = [kind for kind in _KINDS if words.get(kind)]
    if len(kinds) != 1:
        given = "gives several of them" if kinds else "says nowhere where alerts go"
        raise file.wrong(path, f"{given}; write one of {', '.join(_KINDS)}")
    kind = kinds[0]
    if kind == "url_env" and "://" in str(words[kind]):
        # not quoted: whoever wrote the address itself shall not read it in a terminal's history
        raise file.wrong(
            (*path, kind),
            "is an address, and those hold secrets; put it into an environment variable "
            'and write that one\'s name: url_env = "ALERTS_URL"',
        )
    where = "" if kind == "desktop" else str(words[kind])
    return Target(name, kind, where, words.get("escalation") is True)


def _in_file(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            facts = os.fstat(file.fileno())
            if sys.platform != "win32" and _lies_open(facts):
                raise UsageError(f"{path} can be read by others; run chmod 600 {path}")
            return file.readline()
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"{path} cannot be read; write the address into it and run chmod 600 {path}"
        ) from None


def _lies_open(facts: os.stat_result) -> bool:
    return bool(stat.S_IMODE(facts.st_mode) & 0o077) or facts.st_uid != os.geteuid()


def _in_keyring(where: str) -> str:
    # only who keeps an address there needs it
    try:
        import keyring  # noqa: PLC0415
        from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "the keyring cannot be read without keyring; pip install keyring, or use url_file"
        ) from None
    service, _, user = where.partition("/")
    try:
        return keyring.get_password(service, user) or ""
    except NoKeyringError:
        raise UsageError(
            f"this machine has no keyring to read {where} from; use url_file or url_env"
        ) from None
    except KeyringError:
        raise UsageError(
            f"the keyring is locked or broken; unlock it, then {where} is read"
        ) from None
