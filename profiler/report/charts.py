"""Charts as SVG inside a page: drawn from the page's own colours, readable in print."""

from html import escape
from itertools import accumulate

from profiler import display
from profiler.report.document import Chart

WIDTH, HEIGHT = 960, 260
LEFT, BOTTOM, TOP = 64, 24, 8
SERIES = 6
_MOST_TIMES = 10
"""Times below the axis that do not run into each other."""

STYLE = """
figure { margin: 1.5rem 0; }
figcaption { color: var(--dim); margin: 0 0 .5rem; }
.chart { width: 100%; height: auto; }
.chart text { fill: var(--dim); font: 12px system-ui, sans-serif; }
.chart line { stroke: var(--rule); }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .4rem 0 0; padding: 0;
  list-style: none; color: var(--dim); }
.key i { display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem; }
""".strip()

_COLOURS = ("#3b6fd4", "#16877b", "#8a55d6", "#b06a10", "#c0426a", "#7d8596")


def series_style() -> str:
    """A colour for each series, the last for the rest."""
    return "\n".join(
        f".s{number} {{ fill: {colour}; background: {colour}; }}"
        for number, colour in enumerate(_COLOURS)
    )


def as_figure(chart: Chart) -> str:
    """The chart with its title and what its colours mean; each bar tells its amounts."""
    sums = [sum(amounts) for amounts in zip(*(values for _, values in chart.series), strict=True)]
    most = max(sums, default=0)
    key = "".join(
        f'<li><i class="s{_colour(chart, number)}"></i>{_text(label or "(none)")}</li>'
        for number, (label, _) in enumerate(chart.series)
    )
    drawn = _axis(chart, most) + _bars(chart, most) + _times(chart)
    return (
        f"<figure>\n<figcaption>{_text(chart.title)}</figcaption>\n"
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{_text(chart.title)}">\n{drawn}</svg>\n'
        f'<ul class="key">{key}</ul>\n</figure>\n'
    )


def _colour(chart: Chart, number: int) -> int:
    """The last colour is the rest's, where there is one."""
    is_rest = number == len(chart.series) - 1 and chart.series[number][0] == "other"
    return SERIES - 1 if is_rest else number % (SERIES - 1)


def _axis(chart: Chart, most: int) -> str:
    lines = []
    for part in (0, 1, 2):
        y = _y(most * part // 2, most)
        amount = escape(chart.told(most * part // 2))
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{amount}</text>\n'
        )
    return "".join(lines)


def _bars(chart: Chart, most: int) -> str:
    step = (WIDTH - LEFT) / max(1, len(chart.times))
    width = max(1.0, step * 0.8)
    drawn = []
    for index, time in enumerate(chart.times):
        amounts = [values[index] for _, values in chart.series]
        tops = list(accumulate(amounts))
        for number, (amount, top) in enumerate(zip(amounts, tops, strict=True)):
            if amount <= 0:
                continue
            y, height = _y(top, most), _y(top - amount, most) - _y(top, most)
            told = f"{time} · {chart.series[number][0] or '(none)'}: {chart.told(amount)}"
            drawn.append(
                f'<rect class="s{_colour(chart, number)}" x="{LEFT + index * step:.1f}"'
                f' y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
                f"<title>{_text(told)}</title></rect>\n"
            )
    return "".join(drawn)


def _times(chart: Chart) -> str:
    step = (WIDTH - LEFT) / max(1, len(chart.times))
    every = max(1, -(-len(chart.times) // _MOST_TIMES))
    return "".join(
        f'<text x="{LEFT + index * step:.1f}" y="{HEIGHT - 6}">{_text(chart.times[index])}</text>\n'
        for index in range(0, len(chart.times), every)
    )


def _y(amount: int, most: int) -> float:
    room = HEIGHT - BOTTOM - TOP
    return TOP + room * (1 - amount / most) if most else TOP + room


def _text(text: str) -> str:
    return escape(display.plain(text))
