"""Names at the left edge of a card, what belongs to them beside or at the right edge."""

import re
from collections.abc import Iterator
from textwrap import wrap

from rich.cells import cell_len, chop_cells
from rich.text import Text

from profiler import display
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import placed, spread

NAME_WIDTH = 13
"""Cells of a name with a text beside it."""
INDENT = "  "


def pair(name: str, value: Text, width: int, ink: Palette) -> Text:
    """A name at the left edge, a figure at the right."""
    return spread(Text(f"{INDENT}{name}", style=ink.muted), value, width)


def fact(name: str, value: str, width: int, ink: Palette) -> Text:
    """A name and a text beside it."""
    room = max(8, width - NAME_WIDTH)
    named = placed(Text(f"{INDENT}{name}", style=ink.muted), NAME_WIDTH, "left")
    return Text.assemble(named, placed(Text(display.label(value), style=ink.ink), room, "left"))


def folded(line: str, width: int) -> list[str]:
    """A line in as many as it takes, between words where there are any."""
    made = [""]
    for word in re.findall(r"\s*\S+|\s+$", line):
        if cell_len(made[-1] + word) <= width:
            made[-1] += word
        else:
            made += chop_cells(word.lstrip() if made[-1] else word, width)
    return made if made[0] or len(made) == 1 else made[1:]


def said(words: str, width: int, ink: Palette) -> Iterator[Text]:
    """A sentence, in as many lines as it takes."""
    room = max(8, width - len(INDENT))
    for line in wrap(display.plain(words), room, break_on_hyphens=False):
        yield placed(Text(f"{INDENT}{line}", style=ink.muted), width, "left")
