"""Colours: the themes, and what drawing code takes from any of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from textual.color import Color
from textual.theme import Theme

from profiler.domain.budgets import Level


@dataclass(frozen=True, slots=True)
class Shades:
    """What a theme is made of; everything else is one of these."""

    ink: str
    muted: str
    """For what is beside the point: units, labels, times."""
    background: str
    surface: str
    """Panels, where nearly all text stands."""
    panel: str
    edge: str
    cursor: str
    """Behind the line one stands on."""
    track: str
    focus: str
    accent: str
    ok: str
    watch: str
    high: str
    series: tuple[str, str, str, str, str]
    """Tell lines of a chart apart; the rest of them is `muted`."""
    dark: bool = True


def _theme(name: str, shades: Shades) -> Theme:
    series = (*shades.series, shades.muted)
    return Theme(
        name=name,
        primary=shades.accent,
        secondary=shades.series[2],
        accent=shades.accent,
        success=shades.ok,
        warning=shades.watch,
        error=shades.high,
        foreground=shades.ink,
        background=shades.background,
        surface=shades.surface,
        panel=shades.panel,
        dark=shades.dark,
        variables={
            "ink-muted": shades.muted,
            "ink-edge": shades.edge,
            "ink-cursor": shades.cursor,
            "ink-track": shades.track,
            "ink-focus": shades.focus,
            **{f"series-{number}": colour for number, colour in enumerate(series, 1)},
            "border": shades.accent,
            "footer-key-foreground": shades.accent,
            "footer-background": shades.surface if shades.dark else shades.panel,
            "footer-description-foreground": shades.muted,
            "input-selection-background": f"{shades.accent} {'35%' if shades.dark else '25%'}",
            "block-cursor-background": shades.cursor,
            "block-cursor-foreground": shades.ink,
            "block-cursor-blurred-background": _between(shades.panel, shades.accent, 0.12),
        },
    )


def _between(one: str, other: str, share: float) -> str:
    return Color.parse(one).blend(Color.parse(other), share).hex


DARK = _theme(
    "profiler-dark",
    Shades(
        ink="#dbdfea",
        muted="#98a0b5",
        background="#14161d",
        surface="#191c25",
        panel="#222735",
        edge="#353c4e",
        cursor="#2b3347",
        track="#353c4e",
        focus="#4d6596",
        accent="#7aa7f7",
        ok="#86cf9a",
        watch="#e6c370",
        high="#f0868f",
        series=("#7aa7f7", "#6fd0c0", "#b89cf0", "#e3b981", "#ea8fa8"),
    ),
)

LIGHT = _theme(
    "profiler-light",
    Shades(
        ink="#22252e",
        muted="#5a6172",
        background="#f1f2f5",
        surface="#fbfbfc",
        panel="#e6e8ee",
        edge="#cbd0da",
        cursor="#e3ebfa",
        track="#d3d7e0",
        focus="#8ba6d8",
        accent="#2b5fc2",
        ok="#1c7439",
        watch="#855a00",
        high="#b3263a",
        series=("#2b5fc2", "#0d756b", "#7242bd", "#8c5208", "#b3335a"),
        dark=False,
    ),
)

DUSK = _theme(
    "profiler-dusk",
    Shades(
        ink="#e8dfd2",
        muted="#ab9f8f",
        background="#1a1614",
        surface="#211c19",
        panel="#2c2521",
        edge="#463b34",
        cursor="#3a2f29",
        track="#463b34",
        focus="#8a6a4c",
        accent="#e5a86b",
        ok="#a9c474",
        watch="#e8c66a",
        high="#ee8471",
        series=("#e5a86b", "#8fbfae", "#d298b4", "#b9c46f", "#93a9d6"),
    ),
)

PAPER = _theme(
    "profiler-paper",
    Shades(
        ink="#2f2a22",
        muted="#675d4e",
        background="#f3ecdf",
        surface="#faf5ea",
        panel="#e9dfcd",
        edge="#d3c6ad",
        cursor="#efe2c4",
        track="#dacdb5",
        focus="#b3935c",
        accent="#8a4b12",
        ok="#3d6b1d",
        watch="#7d5700",
        high="#a52a20",
        series=("#8a4b12", "#1f6a66", "#7a3a78", "#5a6300", "#28539b"),
        dark=False,
    ),
)

CONTRAST = _theme(
    "profiler-contrast",
    Shades(
        ink="#ffffff",
        muted="#d0d0d0",
        background="#000000",
        surface="#000000",
        panel="#1c1c1c",
        edge="#a8a8a8",
        cursor="#001f5c",
        track="#5c5c5c",
        focus="#ffff00",
        accent="#ffff00",
        ok="#5cff7a",
        watch="#ffd24a",
        high="#ffa3a3",
        series=("#6fd3ff", "#ffff00", "#ff9df5", "#6dff9a", "#ffb964"),
    ),
)

EVERY_EYE = _theme(
    "profiler-every-eye",
    Shades(
        ink="#e4e7ee",
        muted="#8a91a2",
        background="#12151b",
        surface="#171b23",
        panel="#212733",
        edge="#38404f",
        cursor="#1d2836",
        track="#38404f",
        focus="#6c98fb",
        accent="#6c98fb",
        ok="#6c98fb",
        watch="#f0e442",
        high="#e8742c",
        series=("#6c98fb", "#eafb43", "#e8742c", "#59ebab", "#ffbcff"),
    ),
)
"""Told apart with any kind of colour blindness: blue, yellow and vermilion say how things stand."""

THEMES = (DARK, LIGHT, DUSK, PAPER, CONTRAST, EVERY_EYE)

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
