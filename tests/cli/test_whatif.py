"""`profiler whatif`: the same figures as the screen, from the same result."""

from pathlib import Path

import pytest

from profiler.analysis.asked import Asked
from profiler.analysis.results.compared import ModelsPart
from profiler.analysis.whatif import whatif
from profiler.domain.scopes import EVERYTHING
from profiler.report.whatif import of_whatif
from profiler.workspace import Workspace
from tests.support.cli import profiler, profiler_json
from tests.support.events import a_segment, an_event
from tests.support.workspaces import a_workspace

MILLION = {"input": 1_000_000, "output": 1_000}
NANO = "openai/gpt-5-nano"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    events = [
        *(an_event(usage=MILLION, feature=name) for name in ("search", "search", "chat")),
        an_event(model="our-own", answered="our-own", usage=MILLION),
    ]
    a_segment(tmp_path / "log", events)
    return tmp_path


def test_the_same_tokens_are_priced_at_the_other_models_rates(home: Path) -> None:
    found = profiler_json("whatif", "--to", NANO, "--json", home=home)
    assert found["total"]["calls"] == 3
    assert found["total"]["low_pusd"] == found["total"]["high_pusd"] < found["total"]["spend_pusd"]
    assert [one["calls"] for one in found["left_out"]] == [1]


def test_a_model_is_meant_by_its_name_alone_too(home: Path) -> None:
    whole = profiler_json("whatif", "--to", NANO, "--json", home=home)
    assert profiler_json("whatif", "--to", "gpt-5-nano", "--json", home=home) == whole


def test_without_a_target_the_cheapest_is_told(home: Path) -> None:
    found = profiler_json("whatif", "--json", "feature:search", home=home)["ranked"]
    assert [one["calls"] for one in found] == [2] * len(found)
    assert found[0]["high_difference_pusd"] < 0
    text = profiler("whatif", home=home).stdout
    assert text.index(found[0]["target"]) < text.index(found[-1]["target"])
    assert "in use" in text
    assert "%" in text


def test_filters_narrow_what_is_repriced(home: Path) -> None:
    whole = profiler_json("whatif", "--to", NANO, "--json", home=home)
    found = profiler_json("whatif", "--to", NANO, "--json", "feature:search", home=home)
    assert found["total"]["calls"] == 2
    assert 3 * found["total"]["low_pusd"] == 2 * whole["total"]["low_pusd"]


def test_a_table_says_what_is_not_in_it(home: Path) -> None:
    text = profiler("whatif", "--to", NANO, home=home).stdout
    assert "What if: all on openai/gpt-5-nano" in text
    assert "1 call, their cost is unknown" in " ".join(text.split())


def test_a_model_nobody_rates_is_refused_with_the_next_step(home: Path) -> None:
    done = profiler("whatif", "--to", "acme/none", home=home)
    assert done.returncode == 2
    assert "no rate is known for 'acme/none'" in done.stderr


def test_the_screen_and_the_command_have_one_result(tmp_path: Path) -> None:
    now_us = 1_795_000_000_000_000
    with a_workspace(tmp_path, [an_event(usage=MILLION, at=now_us - 1)]) as workspace:
        part = models_part(workspace, now_us)
        found = whatif(workspace.store, workspace.card, NANO, EVERYTHING, now_us)
        assert part.whatif == found
        assert of_whatif(found)["is_exact"]


def models_part(workspace: Workspace, now_us: int) -> ModelsPart:
    asked = Asked(EVERYTHING, screen="models", picked=NANO)
    part = workspace.snapshot(asked, now_us).part
    assert isinstance(part, ModelsPart)
    return part
