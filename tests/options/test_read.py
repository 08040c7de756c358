"""The environment wins over the project's file, that over the user's, that over the defaults."""

import re
from pathlib import Path

import pytest

from profiler.errors import UsageError
from profiler.options.actions import ACTIONS
from profiler.options.read import Options, read_options


def options(place: Path, *, user: str = "", project: str = "", **environment: str) -> Options:
    """The options of a program in a folder two below its project's."""
    home, start = place / "home", place / "project" / "src" / "app"
    home.mkdir(exist_ok=True)
    start.mkdir(parents=True, exist_ok=True)
    for folder, text in ((home, user), (place / "project", project)):
        if text:
            (folder / "profiler.toml").write_text(text)
    return read_options(home, str(start), environment)


def refusal(place: Path, *, user: str = "", project: str = "", **environment: str) -> str:
    with pytest.raises(UsageError) as refused:
        [*options(place, user=user, project=project, **environment).each()]
    return str(refused.value).replace(str(place), "")


def test_without_a_file_the_defaults_are_in_force(tmp_path: Path) -> None:
    found = {one.name: one.value for one in options(tmp_path).each()}
    keys = {name: found.pop(name) for name in [*found] if name.startswith("tui.keys.")}
    assert keys.keys() == {f"tui.keys.{action.id}" for action in ACTIONS}
    assert (keys["tui.keys.range"], keys["tui.keys.out"]) == ("r", ["escape", "backspace"])
    assert found == {
        "zone": None,
        "capture.text": False,
        "capture.site": "stack",
        "capture.fingerprint": True,
        "retention.calls": "forever",
        "retention.text": 30,
        "retention.archive": True,
        "pricing.reported": "beside",
        "alerts.cooldown_minutes": 15,
        "alerts.digest_minutes": 0,
        "alerts.escalate_minutes": 0,
        "alerts.forecast": True,
    }


def test_the_nearest_word_wins(tmp_path: Path) -> None:
    user, project = 'zone = "Asia/Tokyo"\n', 'zone = "Europe/Rome"\n'
    assert options(tmp_path, user=user).value("zone") == "Asia/Tokyo"
    both = options(tmp_path, user=user, project=project)
    assert both.value("zone") == "Europe/Rome"
    assert both.option("zone").origin == str(tmp_path / "project" / "profiler.toml")
    told = options(tmp_path, user=user, project=project, PROFILER_ZONE="UTC").option("zone")
    assert (told.value, told.origin) == ("UTC", "PROFILER_ZONE")


@pytest.mark.parametrize(
    ("variable", "said", "key", "value"),
    [
        ("PROFILER_CAPTURE_TEXT", "1", "text", True),
        ("PROFILER_CAPTURE_TEXT", "0", "text", False),
        ("PROFILER_SITE", "0", "site", "off"),
        ("PROFILER_SITE", "1", "site", "one"),
        ("PROFILER_SITE", "one", "site", "one"),
    ],
)
def test_variables_say_what_they_always_said(
    tmp_path: Path, variable: str, said: str, key: str, *, value: object
) -> None:
    assert options(tmp_path, **{variable: said}).value("capture", key) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n[capture]\ntxet = 1", "line 3: capture.txet is no key that is known; did you mean"),
        ("[quux]", "line 1: quux is no key that is known; known here: zone, capture, retention"),
        ("[capture]\ntext = 1", "line 2: capture.text is 1; write true or false"),
        ('[capture]\nsite = "all"', 'line 2: capture.site is "all"; write "stack" or "one" or'),
        ("[retention]\ncalls = 0", "line 2: retention.calls is 0; write a whole number of days"),
        ("[retention]\ntext = -3", "line 2: retention.text is -3; write"),
        ("[retention]\ncalls = 30.5", "line 2: retention.calls is 30.5; write"),
        ("[retention]\ncalls = true", "line 2: retention.calls is true; write"),
        ('zone = "Mars/Base"', 'line 1: zone is "Mars/Base"; write an IANA time zone'),
        ("retention = 30", "line 1: retention is 30; write a table of calls, text, archive"),
        ("zone = 'UTC'\nzone = 'UTC'", "line 2: this is no TOML: Cannot overwrite a value"),
        ("[capture", "line 1: this is no TOML: Expected ']'"),
        ("zone = " + "[" * 9_999, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named_with_its_line_and_what_would(
    tmp_path: Path, text: str, says: str
) -> None:
    assert re.match(rf"/home/profiler\.toml(,| is) {re.escape(says)}", refusal(tmp_path, user=text))


def test_a_project_cannot_say_how_long_the_homes_calls_are_kept(tmp_path: Path) -> None:
    assert refusal(tmp_path, project='zone = "UTC"\n[retention]\ncalls = 1\n') == (
        "/project/profiler.toml, line 2: retention is about everything in the home, "
        "not one project; move it there"
    )


def test_a_variable_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, PROFILER_SITE="all").startswith(
        'PROFILER_SITE is "all"; write "stack"'
    )


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "profiler.toml").write_bytes(b"zone = '\xe9'")
    assert re.search(r"profiler\.toml is not UTF-8", refusal(tmp_path))


def test_a_home_inside_a_project_is_still_the_users(tmp_path: Path) -> None:
    (tmp_path / "profiler.toml").write_text("[retention]\ncalls = 90\n")
    found = read_options(tmp_path, str(tmp_path), {})
    assert found.value("retention", "calls") == 90
    assert len(found.files) == 1


def test_what_the_readme_writes_makes_sense(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)
    assert blocks
    for text in blocks:
        options(tmp_path, user=text)
