"""Spend over time: what its colours mean."""

import pytest

from profiler.analysis.results.snapshot import Trend
from profiler.display import ALL_OTHERS
from profiler.tui.looks.theme import DARK, FALLBACK, palette
from profiler.tui.widgets.trend import calls_of, colours, legend

TREND = Trend((0,), "day", (("other", (3,)), ("", (2,)), (None, (1,))), by="feature")
INK = palette({**DARK.to_color_system().generate(), **FALLBACK, **DARK.variables})


@pytest.mark.parametrize(
    ("layer", "query"), [(0, "feature:=other"), (1, "feature:"), (2, "!feature:=other,")]
)
def test_a_label_called_other_is_not_all_others(layer: int, query: str) -> None:
    assert calls_of(TREND, layer) == query


def test_all_others_are_named_and_coloured_apart() -> None:
    assert legend(TREND, 80, INK).plain == f"■ other  ■ (unknown)  ■ {ALL_OTHERS}"
    assert colours(TREND, INK) == {"other": INK.series[0], "": INK.series[1]}
