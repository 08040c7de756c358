"""Keys of the terminal app: what the user's file may say, and what is said where it makes none."""

import json
from pathlib import Path

import pytest
from textual.keys import _character_to_key

from profiler.errors import UsageError
from profiler.options.actions import ACTIONS, EVERYWHERE
from profiler.options.schema import schema
from profiler.options.tui_keys import TUI, canonical, is_key
from profiler.tui.names import SCREENS
from tests.options.test_read import options, refusal


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('rnage = "e"', "tui.keys.rnage is no key that is known; did you mean range?"),
        ('range = "hyper+e"', 'is "hyper+e"; write a key such as "e", "ctrl+e", "f5"'),
        ("range = 5", "is 5; write a key such as"),
        ("range = []", "is []; write a key such as"),
        ('range = "p"', 'is "p", which pause has; choose another key for one of them'),
        ('sort_calls = ["f6", "/"]', 'sort_calls is "slash", which filter has'),
        ('range = "b"', 'range is "b", which by has'),
        ('sites_by = "f7"\nsites_edit = "f7"', 'is "f7", which sites_edit has'),
        ('range = "j"', 'is "j", which moves; choose another key'),
        ('range = "ctrl+p"', 'is "ctrl+p", which opens the palette'),
    ],
)
def test_a_key_that_makes_no_sense_is_named_with_its_line(
    tmp_path: Path, line: str, says: str
) -> None:
    told = refusal(tmp_path, user=f"[tui.keys]\n{line}\n")
    assert told.startswith("/home/profiler.toml, line 2: tui.keys.")
    assert says in told


def test_two_actions_may_change_places(tmp_path: Path) -> None:
    said = '[tui.keys]\nrange = "z"\nzone = ["r", "H"]\nby = "f6"\nmodels_by = "f6"\n'
    found = {one.name: one.value for one in options(tmp_path, user=said).each()}
    assert (found["tui.keys.range"], found["tui.keys.zone"]) == ("z", ["r", "H"])


def test_a_project_has_no_say_in_the_users_keys(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tui is about everything in the home"):
        options(tmp_path, project='[tui.keys]\nquit = "F"\n')


def test_no_usual_keys_clash(tmp_path: Path) -> None:
    lines = [f"{one.id} = {json.dumps(one.keys.split(','))}" for one in ACTIONS]
    assert options(tmp_path, user="\n".join(["[tui.keys]", *lines])).files
    assert [one.id for one in ACTIONS[: len(SCREENS)]] == list(SCREENS)


@pytest.mark.parametrize("sign", [*"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~äé§"])
def test_signs_are_named_as_textual_names_them(sign: str) -> None:
    assert is_key(sign)
    assert canonical(sign) == _character_to_key(sign)


def test_the_schema_names_every_action() -> None:
    told = json.loads(json.dumps(schema()))
    keys = told["properties"]["tui"]["properties"]["keys"]["properties"]
    assert keys.keys() == {one.id for one in ACTIONS}
    assert keys["range"]["default"] == "r"
    assert keys["models_by"]["description"].startswith("Models: ")
    assert {one.screen for one in ACTIONS} == {EVERYWHERE, *SCREENS}
    assert TUI.keys["keys"].says
