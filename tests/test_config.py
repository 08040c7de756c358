"""Settings of programs that run long follow their files, but never into nonsense."""

from pathlib import Path

import pytest

from profiler.config import Following, Settings, read_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's file in a home of its own."""
    monkeypatch.setenv("PROFILER_HOME", str(tmp_path))
    for name in ("PROFILER_ZONE", "PROFILER_TEXT_DAYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "profiler.toml"


def settings(file: Path, text: str) -> Settings:
    file.write_text(text)
    return read_settings()


def test_days_and_for_ever(file: Path) -> None:
    assert (read_settings().call_days, read_settings().text_days) == (None, 30)
    told = settings(file, '[retention]\ncalls = 90\ntext = "forever"\n')
    assert (told.call_days, told.text_days) == (90, None)


def test_the_archive_is_a_folder_of_the_homes_or_none(file: Path, tmp_path: Path) -> None:
    assert read_settings().archive == tmp_path / "archive"
    assert settings(file, "[retention]\narchive = false").archive is None
    assert settings(file, '[retention]\narchive = "/mnt/a"').archive == Path("/mnt/a")
    assert settings(file, '[retention]\narchive = "old"').archive == tmp_path / "old"


def test_what_is_written_while_a_program_runs_comes_into_force(file: Path) -> None:
    following = Following(read_settings())
    assert not following.look()
    file.write_text('zone = "Asia/Tokyo"\n')
    assert following.look()
    assert following.settings.zone.key == "Asia/Tokyo"
    assert not following.look()


def test_nonsense_leaves_the_last_good_settings_in_force_and_is_told_once(file: Path) -> None:
    following = Following(settings(file, 'zone = "Asia/Tokyo"\n'))
    file.write_text('zone = "Mars"\n')
    assert following.look()
    assert not following.look()
    assert following.settings.zone.key == "Asia/Tokyo"
    assert following.trouble.startswith(f'{file}, line 1: zone is "Mars"; write an IANA')
    assert following.trouble.endswith("what was in force before still is")
    file.write_text('zone = "UTC"\n')
    assert following.look()
    assert (following.settings.zone.key, following.trouble) == ("UTC", "")
