"""Charts as SVG inside a page: drawn from the page's own colours, readable in print."""

import re
from html import escape
from itertools import accumulate

from profiler import display
from profiler.report.document import Chart

WIDTH, HEIGHT = 960, 280
LEFT, BOTTOM, TOP = 72, 26, 10
SERIES = 6
WIDEST = 72
"""How wide a bar may be: a few of them are no walls."""
_MOST_TIMES = 10
"""Times below the axis that do not run into each other."""
_LINES = 4
"""About so many lines across, at round amounts."""
_NOUGHTS = re.compile(r"(?:\.0+|(\.\d\d\d*?)0+)$")
_ROUND = (10, 20, 25, 50, 100)

STYLE = """
figure { margin: 2rem 0; overflow-x: auto; }
figcaption { font-weight: 600; margin: 0 0 .6rem; }
.chart { display: block; width: 100%; min-width: 34rem; height: auto; }
.chart text { fill: var(--dim); font: 12px system-ui, sans-serif; }
.chart line { stroke: var(--rule); }
.chart .zero { stroke: var(--dim); }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .6rem 0 0; padding: 0;
  list-style: none; color: var(--dim); font-size: .85rem; }
.key i { display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem;
  border-radius: 2px; }
""".strip()


def series_style() -> str:
    """A colour for each series, the last for the rest."""
    return "\n".join(
        f".s{number} {{ fill: var(--s{number}); background: var(--s{number}); }}"
        for number in range(SERIES)
    )


def as_figure(chart: Chart) -> str:
    """The chart with its title and what its colours mean; each bar tells its amounts."""
    sums = [sum(amounts) for amounts in zip(*(values for _, values in chart.series), strict=True)]
    most = max(sums, default=0)
    step = round_step(most)
    top = -(-most // step) * step
    key = "".join(
        f'<li><i class="s{_colour(chart, number)}"></i>{_text(_named(label))}</li>'
        for number, (label, _) in enumerate(chart.series)
    )
    drawn = _axis(chart, top, step) + _bars(chart, top) + _times(chart)
    return (
        f"<figure>\n<figcaption>{_text(chart.title)}</figcaption>\n"
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{_text(chart.title)}">\n{drawn}</svg>\n'
        f'<ul class="key">{key}</ul>\n</figure>\n'
    )


def _named(label: str | None) -> str:
    return display.ALL_OTHERS if label is None else label or "(none)"


def _colour(chart: Chart, number: int) -> int:
    """The last colour is the rest's, where there is one."""
    is_rest = number == len(chart.series) - 1 and chart.series[number][0] is None
    return SERIES - 1 if is_rest else number % (SERIES - 1)


def round_step(most: int) -> int:
    """A round amount of which at most four make the whole."""
    least = max(1, -(-most // _LINES))
    unit = 10 ** max(0, len(str(least)) - 2)
    return next((one * unit for one in _ROUND if one * unit >= least), least)


def _axis(chart: Chart, top: int, step: int) -> str:
    lines = []
    for amount in range(0, top + 1, step):
        y = _y(amount, top)
        kind = "" if amount else ' class="zero"'
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"{kind}/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_round(chart, amount)}'
            "</text>\n"
        )
    return "".join(lines)


def _round(chart: Chart, amount: int) -> str:
    """A round amount without the noughts that end it."""
    return escape(_NOUGHTS.sub(lambda found: found[1] or "", chart.told(amount)))


def _bars(chart: Chart, top: int) -> str:
    step = _apart(chart)
    width = min(WIDEST, max(1.0, step * 0.8))
    drawn = []
    for index, time in enumerate(chart.times):
        x = LEFT + (index + 0.5) * step - width / 2
        amounts = [values[index] for _, values in chart.series]
        tops = list(accumulate(amounts))
        for number, (amount, end) in enumerate(zip(amounts, tops, strict=True)):
            if amount <= 0:
                continue
            # rounded before they are taken apart: bars stand on one another without a gap
            y, below = round(_y(end, top), 1), round(_y(end - amount, top), 1)
            told = f"{time} · {_named(chart.series[number][0])}: {chart.told(amount)}"
            drawn.append(
                f'<rect class="s{_colour(chart, number)}" x="{x:.1f}" y="{y:.1f}"'
                f' width="{width:.1f}" height="{below - y:.1f}">'
                f"<title>{_text(told)}</title></rect>\n"
            )
    return "".join(drawn)


def _apart(chart: Chart) -> float:
    return (WIDTH - LEFT) / max(1, len(chart.times))


def _times(chart: Chart) -> str:
    step = _apart(chart)
    every = max(1, -(-len(chart.times) // _MOST_TIMES))
    return "".join(
        f'<text x="{LEFT + (index + 0.5) * step:.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{_text(chart.times[index])}</text>\n"
        for index in range(every // 2, len(chart.times), every)
    )


def _y(amount: int, top: int) -> float:
    room = HEIGHT - BOTTOM - TOP
    return TOP + room * (1 - amount / top) if top else TOP + room


def _text(text: str) -> str:
    return escape(display.plain(text))
