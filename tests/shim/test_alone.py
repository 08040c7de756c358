"""Budgets where only the shim was installed: the standard library, and nothing beside it."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest

from tests.support.provider_server import ProviderServer

ROOT = Path(__file__).parents[2]

BUDGETS = """
[[budget]]
name = "strict"
limit = 5
hard = true

[[budget]]
name = "expected"
limit = 5
hard = true
mode = "expected"
period = "daily"

[[budget]]
name = "soft"
limit = 5
thresholds = [{ at = 5, action = "downgrade" }]
rules = [{ from = "gpt-5", to = "gpt-5-mini" }]
"""

ASKING = """
import json, sys, profiler
profiler.instrument()
size = {"input_tokens": 1_000, "max_output_tokens": 1_000}
profiler.record(provider="openai", model="gpt-5", usage={"input": 100_000, "output": 20_000})
print(json.dumps({
    "left": {one.budget: one.left for one in profiler.remaining(model="gpt-5")},
    "most": profiler.estimate(model="gpt-5", **size),
    "fits": profiler.check(model="gpt-5", **size) is None,
    "refused": str(profiler.check(model="gpt-5", input_tokens=10**7, max_output_tokens=10**7)),
    "chosen": profiler.choose_model("gpt-5"),
    "foreign": sorted({
        name.partition(".")[0] for name in sys.modules
        if not name.startswith(("_", "profiler"))
    } - sys.stdlib_module_names),
}))
"""

CALLING = """
import sys
sys.modules.update(dict.fromkeys({absent!r}))
import openai, profiler
profiler.instrument()
client = openai.OpenAI(base_url={url!r}, api_key="key-of-a-test", max_retries=0)
for most in (10**6, 50, 50):
    try:
        client.chat.completions.create(
            model="gpt-5", messages=[{{"role": "user", "content": "Hello"}}],
            max_completion_tokens=most,
        )
    except profiler.BudgetExceeded as error:
        print(error.budget, error.measure, error.requested > error.limit)
"""


@pytest.fixture
def ran(tmp_path: Path) -> Any:
    """Runs a program in a project with budgets."""
    (tmp_path / "profiler.toml").write_text(BUDGETS)

    def run(program: str, *flags: str) -> str:
        done = subprocess.run(
            [sys.executable, *flags, "-c", program],
            env={**os.environ, "PROFILER_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "price" not in done.stderr
        return done.stdout

    return run


def test_every_question_is_answered_by_the_standard_library(ran: Any) -> None:
    told = json.loads(ran(ASKING, "-S"))
    assert told["foreign"] == []
    assert told["left"] == dict.fromkeys(("strict", "expected", "soft"), 4_675_000_000_000)
    assert told["most"] > 1_000 * 1_250_000 + 1_000 * 10_000_000
    assert told["fits"]
    assert told["refused"].startswith("budget 'strict' has used $0.325 of $5.00; this call may use")
    assert told["chosen"] == "gpt-5-mini"


def test_calls_are_held_and_priced_by_the_standard_library(
    ran: Any, server: ProviderServer
) -> None:
    absent = absent_packages()
    assert {"msgspec", "click", "textual"} <= set(absent)
    said = ran(CALLING.format(absent=absent, url=server.url + "/v1"))
    assert said == "strict cost True\n"
    assert [one.body["model"] for one in server.received] == ["gpt-5", "gpt-5"]


def absent_packages() -> list[str]:
    """Everything that our own installation brings, by the names it is imported by."""
    told = requires("llm-cost-profiler") or ()
    ours = {re.split(r"[^\w-]", one)[0] for one in told if "extra ==" not in one}
    return [name for name, owners in packages_distributions().items() if ours & {*owners}]
