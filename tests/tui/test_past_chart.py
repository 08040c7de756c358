"""What windows used, drawn against their limit."""

from dataclasses import replace

import pytest

from profiler.budgets.detail import BudgetDetail
from profiler.domain.budgets import Budget
from profiler.domain.periods import Period
from profiler.tui.looks.theme import THEMES, palette
from profiler.tui.widgets.past_chart import lines_of
from tests.support.budget_details import a_budget_detail
from tests.support.snapshots import NOW_US, dollars

INK = palette({**THEMES[0].to_color_system().generate(), **THEMES[0].variables})


def of_windows(count: int) -> BudgetDetail:
    budget = Budget("team", dollars(10), Period.DAILY, "UTC")
    found = a_budget_detail(budget, None, NOW_US)
    return replace(found, past=found.past[-count:])


@pytest.mark.parametrize(("count", "width", "height"), [(1, 24, 5), (2, 70, 10), (14, 40, 8)])
def test_it_takes_the_cells_it_is_given_and_no_more(count: int, width: int, height: int) -> None:
    lines = lines_of(of_windows(count), width, height, INK)
    assert len(lines) == height
    assert max(line.cell_len for line in lines) <= width


def test_a_few_bars_tell_their_amounts_and_the_limit_has_a_line() -> None:
    found = of_windows(2)
    text = "\n".join(line.plain for line in lines_of(found, 70, 12, INK))
    assert "Used per day, against $10.00" in text
    assert "21 Nov" in text
    assert all(f"${one.actual / 10**12:.2f}" in text for one in found.past)
    (limited,) = (line for line in text.splitlines() if line.startswith(" $10.00 "))
    assert {"▁", "─", "▔"} & {*limited}
