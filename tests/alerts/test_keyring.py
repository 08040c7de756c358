"""Addresses in a keyring: read when something is sent, and shown nowhere."""

import configparser
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked

from profiler.alerts.targets import Target
from profiler.errors import UsageError
from tests.support.cli import profiler

ADDRESS = "json://canary-user:canary-word@127.0.0.1:9/canary-path"
TARGET = Target("team", "url_keyring", "profiler/team")


class InFile(KeyringBackend):
    """A keyring that is a file."""

    priority = 1

    def __init__(self, path: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self._path = path

    def get_password(self, service: str, username: str) -> str | None:
        """What the file has."""
        return self._kept().get(service, username, fallback=None)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write it into the file."""
        kept = self._kept()
        kept[service] = {username: password}
        with self._path.open("w") as file:
            kept.write(file)

    def _kept(self) -> configparser.ConfigParser:
        kept = configparser.ConfigParser(interpolation=None)
        kept.read(self._path)
        return kept


class Locked(InFile):
    """One that nobody unlocked."""

    def get_password(self, service: str, username: str) -> str | None:
        """Nobody is told."""
        raise KeyringLocked(f"{service} {username} {ADDRESS}")


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Iterator[Path]:
    """The keyring's file, while it is the one in use."""
    before = keyring.get_keyring()
    keyring.set_keyring(InFile(tmp_path / "secrets"))
    yield tmp_path / "secrets"
    keyring.set_keyring(before)


@pytest.mark.usefixtures("kept")
def test_an_address_is_read_from_the_keyring() -> None:
    keyring.set_password("profiler", "team", ADDRESS)
    assert TARGET.address({}) == ADDRESS
    with pytest.raises(UsageError, match="the keyring at profiler/boss holds no address"):
        Target("boss", "url_keyring", "profiler/boss").address({})


def test_a_keyring_that_is_locked_or_missing_says_so_without_its_secrets(kept: Path) -> None:
    keyring.set_keyring(Locked(kept))
    with pytest.raises(UsageError, match="locked or broken; unlock it") as told:
        TARGET.address({})
    assert "canary" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # as above
    with pytest.raises(
        UsageError, match="this machine has no keyring to read profiler/team from; use"
    ):
        TARGET.address({})


def test_without_the_package_the_message_says_how_to_get_it(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['keyring'] = None; "
        "from profiler.alerts.targets import Target; "
        "Target('team', 'url_keyring', 'profiler/team').address({})"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert "cannot be read without keyring; pip install keyring, or use url_file" in told.stderr


def test_no_command_shows_what_the_keyring_holds(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_DEBUG", "1")
    keyring.set_password("profiler", "team", ADDRESS)
    (tmp_path / "home").mkdir()
    toml = tmp_path / "home" / "profiler.toml"
    toml.write_text('[alerts.targets.team]\nurl_keyring = "profiler/team"\n')
    tried = profiler("alerts", "test", home=toml.parent)
    assert tried.returncode == 1
    assert "team (json://127.0.0.1:9/…) could not be told" in tried.stdout
    runs = [
        profiler(*words, home=toml.parent)
        for words in (("config", "show"), ("doctor",), ("budget", "history", "--audit"))
    ]
    assert not any("canary" in ran.stdout + ran.stderr for ran in (tried, *runs))
    assert "canary" in kept.read_text("utf-8")
