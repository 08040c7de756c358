import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.cli.checks import Check, State, all_checks
from profiler.config import Settings
from profiler.log.encode import loss_line
from tests.support.cli import a_sample_home, profiler


def checks_of(home: Path) -> dict[str, Check]:
    return {check.name: check for check in all_checks(Settings(home, ZoneInfo("UTC")))}


def test_a_loaded_home_is_in_order(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path / "home")
    for path in (home, *home.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    profiler("ingest", home=home)
    checks = checks_of(home)
    assert "1,500 calls" in checks["database"].found
    assert checks["pending"].found.startswith("0 bytes")
    for name in ("home", "log", "database", "rejections", "prices"):
        assert checks[name].state is State.OK, checks[name]


def test_the_installed_sdks_are_known_by_their_shape(tmp_path: Path) -> None:
    checks = checks_of(tmp_path)
    for name in ("openai", "anthropic", "google-genai", "mistralai", "cohere", "ollama"):
        assert checks[name].state is State.OK, checks[name]


def test_captured_text_is_told_of_where_there_is_some(tmp_path: Path) -> None:
    assert "text" not in checks_of(tmp_path)
    (tmp_path / "text").mkdir(mode=0o700)
    (tmp_path / "text" / "a.jsonl").write_text("12345")
    check = checks_of(tmp_path)["text"]
    assert check.state is State.OK
    assert "1 files, 5 bytes, kept for 30 days" in check.found
    (tmp_path / "text").chmod(0o755)
    assert checks_of(tmp_path)["text"].state is State.WARN


def test_a_home_that_is_not_there_yet_is_no_failure_and_is_not_made(tmp_path: Path) -> None:
    check = checks_of(tmp_path / "new")["home"]
    assert check.state is State.WARN
    assert "profiler run" in check.next_step
    assert not (tmp_path / "new").exists()


def test_a_home_that_is_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert checks_of(tmp_path / "file")["home"].state is State.FAIL


def test_log_that_was_not_read_yet_is_counted(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    profiler("ingest", home=home)
    with min((home / "log").iterdir()).open("ab") as segment:
        segment.write(b'{"v":1,')
        segment.write(b'"x":1}\n{"v":1,')
    checks = checks_of(home)
    assert checks["pending"].found == "14 bytes of log not read yet"
    assert checks["pending"].next_step == "profiler ingest reads them"
    assert checks["unfinished"].found == "7 bytes of lines that have no end yet"


def test_a_torn_last_line_is_nothing_that_ingest_would_read(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    profiler("ingest", home=home)
    with min((home / "log").iterdir()).open("ab") as segment:
        segment.write(b'{"v":1,')
    checks = checks_of(home)
    assert (checks["pending"].found, checks["pending"].next_step) == (
        "0 bytes of log not read yet",
        "",
    )
    assert "killed" in checks["unfinished"].next_step


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that takes no folders")
def test_a_home_that_cannot_be_made_fails() -> None:
    check = checks_of(Path("/proc/profiler/home"))["home"]
    assert check.state is State.FAIL
    assert "cannot be made" in check.found
    assert "PROFILER_HOME" in check.found


def test_a_home_below_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert checks_of(tmp_path / "file" / "home")["home"].state is State.FAIL


@pytest.mark.parametrize("zone", ["CET-1CEST", "nonsense", "/etc"])
def test_a_tz_that_names_no_zone_is_told_of(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROFILER_ZONE", raising=False)
    monkeypatch.setenv("TZ", zone)
    check = checks_of(tmp_path)["zone"]
    assert check.state is State.WARN
    assert f"TZ is {zone!r}, which names no zone" in check.found


def test_the_zone_is_told_with_what_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_ZONE", "UTC")
    assert checks_of(tmp_path)["zone"].found == "days begin in UTC: PROFILER_ZONE says so"


def test_files_that_others_can_read_are_a_warning_with_a_remedy(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path / "home")
    home.chmod(0o755)
    check = checks_of(home)["home"]
    assert check.state is State.WARN
    assert check.next_step == f"chmod 700 {home}"


def test_calls_that_could_not_be_logged_are_a_warning(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    with min((home / "log").iterdir()).open("ab") as segment:
        segment.write(loss_line(1200))
    profiler("ingest", home=home)
    check = checks_of(home)["losses"]
    assert check.state is State.WARN
    assert check.found.startswith("1,200 calls were not logged")


def test_faults_of_our_own_are_a_warning_and_counted_once(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    with min((home / "log").iterdir()).open("ab") as segment:
        segment.write(loss_line(0, faults=2))
    for _ in range(2):
        profiler("ingest", home=home)
    checks = checks_of(home)
    assert checks["faults"].state is State.WARN
    assert checks["faults"].found.startswith("2 faults of ours were swallowed")
    assert "losses" not in checks


def test_a_rejection_is_named_with_its_place(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    segment = min((home / "log").iterdir())
    with segment.open("ab") as file:
        file.write(b"nonsense\n")
    profiler("ingest", home=home)
    check = checks_of(home)["rejections"]
    assert check.state is State.WARN
    assert segment.name in check.found


def test_a_database_that_is_none_fails_and_so_does_the_command(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    (home / "profiler.db").write_bytes(b"this is no database, but long enough" * 100)
    ran = profiler("doctor", "--json", home=home)
    states = {check["name"]: check["state"] for check in json.loads(ran.stdout)["checks"]}
    assert ran.returncode == 1
    assert states["database"] == "fail"


def test_the_table_says_what_to_do_and_succeeds_when_nothing_fails(tmp_path: Path) -> None:
    ran = profiler("doctor", home=tmp_path / "new")
    assert ran.returncode == 0
    assert "warn  home" in ran.stdout
    assert "→ record something" in ran.stdout


@pytest.mark.parametrize("has_bug", [True, False])
def test_a_sqlite_that_can_lose_pages_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_bug: bool
) -> None:
    monkeypatch.setattr("profiler.store.dialect.has_reset_bug", lambda: has_bug)
    assert ("WAL-reset bug" in checks_of(tmp_path)["sqlite"].found) is has_bug
