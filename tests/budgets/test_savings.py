"""What cheaper models saved: the same usage at the price of the model that was asked for."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.budgets.savings import Saved, savings
from profiler.config import Settings
from profiler.domain.usage import Usage
from profiler.workspace import Workspace
from tests.support.cli import profiler, profiler_json
from tests.support.events import START_US, a_segment, an_event


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two calls that were sent to a cheaper model, one of them asked for one without rates."""
    sent = {"profiler.asked": "gpt-5", "profiler.budget": "team"}
    usage = {"input": 1_000_000, "output": 100_000}
    a_segment(
        tmp_path / "log",
        [
            an_event(model="gpt-5-mini", answered="gpt-5-mini", usage=usage, tags=sent),
            an_event(
                model="gpt-5-mini",
                answered="gpt-5-mini",
                usage=usage,
                tags={**sent, "profiler.asked": "in-house"},
            ),
            an_event(model="gpt-5-mini", answered="gpt-5-mini", usage=usage),
        ],
    )
    return tmp_path


def test_each_pair_of_models_is_summed_at_the_rates_of_both(home: Path) -> None:
    with Workspace.open(Settings(home=home, zone=ZoneInfo("UTC"))) as workspace:
        workspace.drain()
        found = savings(workspace.store, workspace.card)

        def cost(model: str) -> int:
            usage = Usage(input=1_000_000, output=100_000)
            return workspace.card.cost("openai", (model,), usage, START_US).pusd or 0

        asked, sent = cost("gpt-5"), cost("gpt-5-mini")
        assert found == (
            Saved("team", "gpt-5", "gpt-5-mini", 1, 0, sent, asked),
            Saved("team", "in-house", "gpt-5-mini", 1, 1, 0, 0),
        )
        assert found[0].saved_pusd == asked - sent > 0
        assert savings(workspace.store, workspace.card, budget="others") == ()


def test_status_tells_what_was_saved(home: Path) -> None:
    words = ("set", "team", "--limit", "100", "--period", "total", "--rule", "40:gpt-5=gpt-5-mini")
    assert profiler("budget", *words, home=home).returncode == 0
    ran = profiler("budget", "status", "--saved", "ever", home=home)
    assert "that asked for gpt-5 to gpt-5-mini" in ran.stdout
    assert "saved" in ran.stdout
    document = profiler_json("budget", "status", "--saved", "ever", "--json", home=home)
    assert {one["asked"] for one in document["saved"]} == {"gpt-5", "in-house"}


def test_reports_tell_what_was_saved(home: Path) -> None:
    words = ("set", "team", "--limit", "100", "--period", "total", "--rule", "40:gpt-5=gpt-5-mini")
    assert profiler("budget", *words, home=home).returncode == 0
    told = "Downgrades saved $1.80: 2 calls, 1 of them unpriced, sent to cheaper models cost $0.45"
    for form in ("table", "html"):
        assert told in profiler("report", "--format", form, home=home).stdout.replace("\\", "")
    document = profiler_json("report", "--json", home=home)
    assert {one["saved_usd"] for one in document["saved"]} == {
        "1.800000000000",
        "0.000000000000",
    }


def test_a_summary_has_a_table_of_what_was_saved(home: Path) -> None:
    words = ("set", "team", "--limit", "100", "--period", "total", "--rule", "40:gpt-5=gpt-5-mini")
    assert profiler("budget", *words, home=home).returncode == 0
    ran = profiler("report", "--summary", "--since", "2020-01-01", home=home)
    _, _, table = ran.stdout.partition("Saved by downgrades")
    first = next(line.split() for line in table.splitlines() if line.startswith("team"))
    assert first == ["team", "gpt-5", "gpt-5-mini", "1", "0", "$2.25", "$0.4500", "$1.80"]
