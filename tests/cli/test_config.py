"""`profiler config`, run as its users run it."""

import json
from pathlib import Path

import pytest

from tests.support.cli import profiler, profiler_json


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and a project that the working folder is in."""
    (tmp_path / "home").mkdir()
    (tmp_path / "project" / "src").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project" / "src")
    return tmp_path / "home"


def test_show_tells_who_says_what(home: Path) -> None:
    (home / "profiler.toml").write_text("[retention]\ncalls = 90\n")
    shown = profiler_json("config", "show", "--json", home=home)["settings"]
    by_key = {one["key"]: (one["value"], one["origin"]) for one in shown}
    assert by_key["zone"] == ("UTC", "PROFILER_ZONE")
    assert by_key["retention.calls"] == (90, str(home / "profiler.toml"))
    assert by_key["retention.text"] == (30, "default")
    ran = profiler("config", "show", home=home)
    rows = [line.split() for line in ran.stdout.splitlines()]
    assert ["retention.calls", "90", str(home / "profiler.toml")] in rows
    assert ["alerts.cooldown_minutes", "15", "default"] in rows


def test_check_names_every_fault_of_every_file(home: Path) -> None:
    (home / "profiler.toml").write_text("[capture]\ntext = 3\n[retention]\nkalls = 1\n")
    ran = profiler("config", "check", home=home)
    assert ran.returncode == 2
    assert [line.split("line ")[1] for line in ran.stderr.splitlines()] == [
        "2: capture.text is 3; write true or false",
        "4: retention.kalls is no key that is known; did you mean calls?",
    ]


def test_check_is_content_with_what_makes_sense(home: Path) -> None:
    assert "no profiler.toml" in profiler("config", "check", home=home).stderr
    project = home.parent / "project" / "profiler.toml"
    project.write_text('[capture]\nsite = "one"\n')
    ran = profiler("config", "check", home=home)
    assert (ran.returncode, ran.stderr) == (0, f"profiler: {project} makes sense\n")


def test_path_says_where_the_files_are_or_may_be(home: Path) -> None:
    assert profiler("config", "path", home=home).stdout == f"{home / 'profiler.toml'}\n"
    project = home.parent / "project" / "profiler.toml"
    project.write_text("")
    assert profiler("config", "path", home=home).stdout == f"{project}\n"


def test_any_command_refuses_a_file_that_makes_no_sense(home: Path) -> None:
    (home / "profiler.toml").write_text("zone = 5\n")
    ran = profiler("report", home=home)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"profiler: {home / 'profiler.toml'}, line 1: zone is 5; write")


def test_the_schema_knows_every_key(home: Path) -> None:
    schema = json.loads(profiler("config", "schema", home=home).stdout)
    shown = profiler_json("config", "show", "--json", home=home)["settings"]
    for one in shown:
        part = schema
        for name in one["key"].split("."):
            assert part["additionalProperties"] is False
            part = part["properties"][name]
        assert part["description"]
