"""The app over the real store, real log and real rate card."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from profiler.config import Settings
from profiler.keeping.kept import Kept
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.call_detail import CallDetailScreen
from profiler.workspace import Workspace
from tests.support.events import START_US, a_segment, an_event, append, some_events
from tests.support.workspaces import UTC, a_workspace
from tests.tui.conftest import drive, screen_text, until

NOW_US = START_US + 3_600_000_000


def test_from_log_to_screen_and_back(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, zone=UTC)
    a_workspace(tmp_path, some_events(300, feature="search")).close()
    (segment,) = settings.log_folder.glob("*.jsonl")
    app = ProfilerApp(lambda: Kept.open(settings), UTC, lambda: NOW_US)

    async def act(pilot: Pilot[None]) -> None:
        assert "gpt-5-mini" in screen_text(app)
        append(segment, [an_event(at=NOW_US - 5, model="claude-opus-4-5", answered=None,
                                  provider="anthropic", feature="review")])  # fmt: skip
        await until(pilot, lambda: "claude-opus-4-5" in screen_text(app))

        await pilot.press("2")
        await settle(pilot)
        await pilot.press("slash")
        app.screen.query_one(Input).value = "feature:review"
        await pilot.press("enter")
        await settle(pilot)
        assert "1 match" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CallDetailScreen))
        assert "1,000 ×  $5.00/M =" in screen_text(app)
        await pilot.press("escape", "7", "w")
        await pilot.pause()
        for name, text in {"name": "team", "limit": "0.01", "scope": "feature:search"}.items():
            app.screen.query_one(f"#{name}", Input).value = text
        await pilot.press("enter")
        await until(pilot, lambda: "✖ over" in screen_text(app))

    drive(app, act, (100, 30))
    with Workspace.open(settings) as workspace:
        assert [one.budget.name for one in workspace.registry.defined()] == ["team"]


def test_a_log_that_goes_while_it_is_followed_is_told_until_it_is_back(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, zone=UTC)
    a_workspace(tmp_path, some_events(30, feature="search")).close()
    app = ProfilerApp(lambda: Kept.open(settings), UTC, lambda: NOW_US)

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "● live" in screen_text(app))
        shutil.rmtree(settings.log_folder)
        await until(pilot, lambda: "✖ The log is out of reach" in screen_text(app))
        assert "● live" not in screen_text(app)
        a_segment(settings.log_folder, some_events(1, feature="review"))
        await until(pilot, lambda: "● live" in screen_text(app))
        assert "out of reach" not in screen_text(app)

    drive(app, act, (100, 30))


def test_a_log_that_was_never_there_is_no_trouble(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, zone=UTC)
    a_workspace(tmp_path, some_events(3)).close()
    settings.log_folder.rename(tmp_path / "archived")
    with Workspace.open(settings) as workspace:
        assert workspace.drain().trouble == ""
        settings.log_folder.mkdir()
        assert workspace.drain().trouble == ""
        settings.log_folder.rmdir()
        told = workspace.drain()
        assert "log is gone" in told.trouble
        assert told.notices == (told.trouble,)
        assert workspace.drain().notices == ()


def test_a_store_that_becomes_newer_while_it_is_followed_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, zone=UTC)
    a_workspace(tmp_path, some_events(30)).close()
    app = ProfilerApp(lambda: Kept.open(settings), UTC, lambda: NOW_US)

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "● live" in screen_text(app))
        newer = "UPDATE meta SET value = value + 1 WHERE key = 'schema_version'"
        with closing(sqlite3.connect(settings.database)) as other, other:
            other.execute(newer)
        a_segment(settings.log_folder, some_events(1))
        await until(pilot, lambda: "✖ The store is newer than" in screen_text(app))

    drive(app, act, (100, 30))


def test_a_file_that_is_no_store_is_told_and_left_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, zone=UTC)
    settings.database.write_bytes(b"this is no database" * 100)
    app = ProfilerApp(lambda: Kept.open(settings), UTC, lambda: NOW_US)

    async def act(pilot: Pilot[None]) -> None:
        assert pilot.app is app
        assert "✖ trouble" in screen_text(app)
        assert "damaged" in screen_text(app)

    drive(app, act)
    assert settings.database.read_bytes().startswith(b"this is no database")
