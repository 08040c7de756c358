"""Colours: one dark and one light theme, and what drawing code takes from either."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from textual.color import Color
from textual.theme import Theme

from profiler.domain.budgets import Level

DARK = Theme(
    name="profiler-dark",
    primary="#7aa7f7",
    secondary="#b89cf0",
    accent="#7aa7f7",
    success="#86cf9a",
    warning="#e6c370",
    error="#f0868f",
    foreground="#dbdfea",
    background="#14161d",
    surface="#191c25",
    panel="#222735",
    dark=True,
    variables={
        "ink-muted": "#98a0b5",
        "ink-edge": "#353c4e",
        "ink-cursor": "#2b3347",
        "ink-track": "#353c4e",
        "ink-focus": "#4d6596",
        "series-1": "#7aa7f7",
        "series-2": "#6fd0c0",
        "series-3": "#b89cf0",
        "series-4": "#e3b981",
        "series-5": "#ea8fa8",
        "series-6": "#98a0b5",
        "border": "#7aa7f7",
        "footer-key-foreground": "#7aa7f7",
        "footer-background": "#191c25",
        "footer-description-foreground": "#98a0b5",
        "input-selection-background": "#7aa7f7 35%",
        "block-cursor-background": "#2b3347",
        "block-cursor-foreground": "#dbdfea",
        "block-cursor-blurred-background": "#222735",
    },
)

LIGHT = Theme(
    name="profiler-light",
    primary="#2b5fc2",
    secondary="#7242bd",
    accent="#2b5fc2",
    success="#1c7439",
    warning="#855a00",
    error="#b3263a",
    foreground="#22252e",
    background="#f1f2f5",
    surface="#fbfbfc",
    panel="#e6e8ee",
    dark=False,
    variables={
        "ink-muted": "#5a6172",
        "ink-edge": "#cbd0da",
        "ink-cursor": "#e3ebfa",
        "ink-track": "#d3d7e0",
        "ink-focus": "#8ba6d8",
        "series-1": "#2b5fc2",
        "series-2": "#0d756b",
        "series-3": "#7242bd",
        "series-4": "#8c5208",
        "series-5": "#b3335a",
        "series-6": "#5a6172",
        "border": "#2b5fc2",
        "footer-key-foreground": "#2b5fc2",
        "footer-background": "#e6e8ee",
        "footer-description-foreground": "#5a6172",
        "input-selection-background": "#2b5fc2 25%",
        "block-cursor-background": "#e3ebfa",
        "block-cursor-foreground": "#22252e",
        "block-cursor-blurred-background": "#e6e8ee",
    },
)

THEMES = (DARK, LIGHT)

FALLBACK = {
    name: value for name, value in DARK.variables.items() if name.startswith(("ink-", "series-"))
}
"""What themes that are not ours lack; style sheets name these."""

SERIES = 6


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they say, as `#rrggbb`."""

    ink: str
    muted: str
    """For what is beside the point: units, labels, times."""
    edge: str
    track: str
    """The empty part of a gauge."""
    ground: str
    cursor: str
    accent: str
    ok: str
    watch: str
    high: str
    series: tuple[str, ...]
    """Tell lines of a chart apart; the last stands for the rest."""

    def level(self, level: Level) -> str:
        """A budget's colour."""
        return {Level.OK: self.ok, Level.WATCH: self.watch}.get(level, self.high)


_NAMES = (
    *("foreground", "ink-muted", "ink-edge", "ink-track", "surface", "ink-cursor"),
    *("primary", "success", "warning", "error"),
    *(f"series-{number}" for number in range(1, SERIES + 1)),
)


def palette(variables: Mapping[str, str]) -> Palette:
    """The palette of the theme whose variables these are."""
    return _palette(tuple(variables[name] for name in _NAMES))


@lru_cache(maxsize=8)  # asked for with every line that is drawn
def _palette(values: tuple[str, ...]) -> Palette:
    shades = [Color.parse(value).hex6 for value in values]
    ink, muted, edge, track, ground, cursor, accent, ok, watch, high = shades[:-SERIES]
    return Palette(
        ink=ink,
        muted=muted,
        edge=edge,
        track=track,
        ground=ground,
        cursor=cursor,
        accent=accent,
        ok=ok,
        watch=watch,
        high=high,
        series=tuple(shades[-SERIES:]),
    )
