"""Every snippet of the README runs as written, in a folder of its own."""

import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from profiler.domain.budgets import ModelRule
from profiler.domain.scopes import EVERYTHING
from profiler.ledger.book import path_in
from profiler.options.actions import ACTIONS, EVERYWHERE
from profiler.options.tui_keys import sign_of
from profiler.tui.names import SCREENS as NAMES
from tests.support.events import an_event
from tests.support.ledgers import USD, a_budget, a_ledger, an_ask
from tests.support.picture import SCREENS, drawn, picture
from tests.support.provider_server import provider_server
from tests.support.workspaces import a_workspace

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SNIPPETS = re.findall(r"```(python|bash)\n(.*?)```", README, re.DOTALL)
SET_UP = "python3 -m venv"
"""These two commands build environments of their own: `.ci/run` runs them, not a test."""

NEVER_ENDING = ("profiler tui", "profiler ingest --follow")
"""Commands that stay until they are interrupted; other tests run them, here they must be known."""

TOLD = {EVERYWHERE: "r/epzt?xA", "overview": "bsvcoa", "sites": "o", "models": "w", "budgets": "am"}
"""The keys that are named, by where they are pressed."""

APP = """
from openai import OpenAI
OpenAI().chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": "Hi"}])
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with what the snippets speak of: a script, a module, a prompt."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "myapp").mkdir()
    (tmp_path / "myapp" / "__main__.py").write_text(APP)
    rates = files("profiler.pricing").joinpath("rates.json").read_bytes()
    (tmp_path / "rates.json").write_bytes(rates)
    (tmp_path / "prompt.txt").write_text("How many calls did we make today?")
    return tmp_path


def environment(place: Path, url: str) -> dict[str, str]:
    tools = str(Path(sys.executable).parent)
    return {
        "PATH": os.pathsep.join([tools, os.environ.get("PATH", "")]),
        "HOME": str(place),
        "PROFILER_HOME": str(place / "home"),
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": f"{url}/v1",
        "NO_COLOR": "1",
    }


def commands() -> list[str]:
    lines = "".join(text for kind, text in SNIPPETS if kind == "bash").splitlines()
    return [line.split("  #")[0].strip() for line in lines if not line.startswith(SET_UP)]


def test_the_readme_sets_up_with_two_commands() -> None:
    found = [text.strip() for _, text in SNIPPETS if text.startswith(SET_UP)]
    install = f"{SET_UP} .venv && .venv/bin/pip install -e"
    assert found == [
        f"{install} . && .venv/bin/profiler demo",
        f"{install} '.[test]' && .venv/bin/python -m pytest -q -n auto",
    ]


def test_every_command_of_the_readme_runs_as_written(place: Path) -> None:
    with provider_server() as server:
        for command in commands():
            ending = "--help" if command.startswith(NEVER_ENDING) else ""
            done = subprocess.run(
                ["bash", "-c", f"{command} {ending}"],
                cwd=place,
                env=environment(place, server.url),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert (place / "spend.html").stat().st_size > 1_000
    assert (place / "calls.parquet").read_bytes()[:4] == b"PAR1"


def test_the_instrumented_program_of_the_readme_is_recorded(place: Path) -> None:
    programs = [text for kind, text in SNIPPETS if kind == "python"]
    [program] = [text for text in programs if "import profiler" in text]
    with provider_server() as server:
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=place,
            env=environment(place, server.url),
            check=True,
            timeout=60,
        )
    with a_workspace(place / "home") as workspace:
        [call] = workspace.each(EVERYTHING)
    assert (call.user, call.feature, dict(call.tags)) == ("ada", "search", {"team": "growth"})
    assert call.requested_model == "gpt-5-mini"


def test_the_notebook_of_the_readme_runs_as_written(place: Path) -> None:
    [cells] = [text for kind, text in SNIPPETS if "profiler.notebook" in text and kind == "python"]
    with a_workspace(place / "home", [an_event()]):
        subprocess.run(
            [sys.executable, "-W", "error", "-c", cells],
            cwd=place,
            env=environment(place, ""),
            check=True,
            timeout=60,
        )


def test_what_the_readme_asks_before_a_call_is_answered_as_it_says(place: Path) -> None:
    [asked] = [text for kind, text in SNIPPETS if "choose_model" in text and kind == "python"]
    rules = (ModelRule(99, "gpt-5", "gpt-5-mini"),)
    wide = a_budget("wide", 2 * USD, rules=rules)
    ledger = a_ledger(path_in(str(place / "home")), wide, a_budget("tight"))
    ledger.reserve(an_ask("1"))
    ledger.close()
    answered = subprocess.run(
        [sys.executable, "-i", "-c", "import profiler; profiler.instrument()"],
        input=asked,
        cwd=place,
        env=environment(place, ""),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    estimated, left, chosen = re.sub(r"0+'\)", "')", answered.stdout).splitlines()
    assert (estimated, chosen) == ("Decimal('0.0027')", "'gpt-5-mini'"), answered.stderr
    assert "the most it may cost, at the dearest tier: 0.0027" in asked
    assert left == "[('tight', Decimal('0.9')), ('wide', Decimal('1.9'))]"


@pytest.mark.parametrize(("screen", "keys"), TOLD.items())
def test_the_keys_the_readme_names_are_the_apps(screen: str, keys: str) -> None:
    mine = [action for action in ACTIONS if action.screen == screen]
    known = {sign_of(key) for action in mine for key in action.keys.split(",")}
    for key in keys:
        assert f"`{key}`" in README
        assert key in known


def test_the_screens_the_readme_names_are_in_the_order_of_their_keys() -> None:
    assert f"`1`–`{len(NAMES)}` screens ({', '.join(NAMES)})" in README


@pytest.mark.parametrize("screen", SCREENS)
def test_the_readmes_pictures_show_what_the_app_shows(screen: str) -> None:
    assert f"sample_data/{screen}.svg" in README
    amounts = re.compile(r"\$[\d,.]+\d")
    shown, drawn_now = picture(screen).read_text("utf-8"), drawn(screen)
    assert len(set(amounts.findall(drawn_now))) >= 10
    assert set(amounts.findall(shown)) == set(amounts.findall(drawn_now)), (
        "the app shows other figures; draw it again with `python -m tests.support.picture`"
    )
