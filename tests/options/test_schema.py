"""The schema that editors go by: it takes what the program takes, and refuses what it refuses."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from profiler.budgets.templates import TEMPLATES, Template
from profiler.budgets.written import toml_of
from profiler.ledger.sources import budgets_of
from profiler.options.file import read_file
from profiler.options.schema import schema
from tests.support.workspaces import UTC

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
_BUDGET = '[[budget]]\nname = "a"\nlimit = 5\n'


def misfits(text: str) -> list[str]:
    values = json.loads(json.dumps(tomllib.loads(text), default=str))
    return [error.message for error in Draft7Validator(schema()).iter_errors(values)]


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(schema())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_every_template_fits(template: Template) -> None:
    assert misfits(toml_of(template.budgets(UTC), "UTC")) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.split("\n")[0][:30])
def test_the_readmes_examples_fit(example: str) -> None:
    assert misfits(example) == []


@pytest.mark.parametrize(
    "more",
    [
        "colour = 3",
        "limit = -5",
        "tokens = 0",
        'period = "fortnight"',
        'mode = "lax"',
        "reserve = 101",
        'week_starts = "someday"',
        'thresholds = [{ at = 80, action = "explode" }]',
        "rules = [{ below = 40 }]",
    ],
)
def test_what_makes_no_sense_is_refused_by_both(tmp_path: Path, more: str) -> None:
    key = more.split(" ", maxsplit=1)[0]
    text = "\n".join(line for line in _BUDGET.split("\n") if not line.startswith(key))
    (tmp_path / "profiler.toml").write_text(f"{text}{more}\n")
    assert misfits(f"{text}{more}\n")
    with pytest.raises(Exception, match=r"line \d+: budget\[1\]"):
        budgets_of(read_file(tmp_path / "profiler.toml", is_users=True), "UTC")
