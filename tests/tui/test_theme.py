"""Themes that can be read, by every eye."""

from itertools import combinations

import pytest
from textual.color import Color

from profiler.tui.looks.theme import CONTRAST, EVERY_EYE, THEMES
from tests.tui.test_drawing import contrast, ink_of

# How the eye's three kinds of cones see linear red, green and blue where one kind is missing,
# from Machado, Oliveira and Fernandes (2009), severity 1.0.
EYES = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
WHITE = (0.95047, 1.0, 1.08883)
TELLING_APART = 20.0
"""Distance in CIE L*a*b* from which on two patches side by side are surely not the same."""


def linear(colour: str) -> tuple[float, ...]:
    parts = (part / 255 for part in Color.parse(colour).rgb)
    return tuple(p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)


def seen(colour: str, eye: str) -> tuple[float, ...]:
    """L*, a* and b* of what that eye sees."""
    rgb = linear(colour)
    red, green, blue = (
        min(max(sum(w * c for w, c in zip(row, rgb, strict=True)), 0.0), 1.0) for row in EYES[eye]
    )
    xyz = (
        0.4124 * red + 0.3576 * green + 0.1805 * blue,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        0.0193 * red + 0.1192 * green + 0.9505 * blue,
    )
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (value / white for value, white in zip(xyz, WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: str, other: str, eye: str) -> float:
    pairs = zip(seen(one, eye), seen(other, eye), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("eye", EYES)
def test_a_theme_serves_every_eye(eye: str) -> None:
    ink = ink_of(EVERY_EYE)
    for one, other in combinations(ink.series, 2):
        assert apart(one, other, eye) > TELLING_APART, (one, other)
    for one, other in combinations((ink.ok, ink.watch, ink.high), 2):
        assert apart(one, other, eye) > TELLING_APART, (one, other)


def test_the_measure_finds_colours_that_are_alike() -> None:
    assert apart("#7aa46b", "#c0905e", "deutan") < TELLING_APART
    assert apart("#56b4e9", "#56b4e9", "protan") == 0


def test_a_theme_is_of_high_contrast() -> None:
    ink = ink_of(CONTRAST)
    colours = (ink.ink, ink.muted, ink.accent, ink.ok, ink.watch, ink.high, *ink.series)
    for ground in (ink.ground, ink.cursor):
        for colour in colours:
            assert contrast(colour, ground) >= 7, (colour, ground)


def test_there_are_six_themes_dark_and_light() -> None:
    assert len({theme.name for theme in THEMES}) == 6
    assert {theme.dark for theme in THEMES} == {True, False}
