"""Where input tokens came from: read from cache, written to it, or fresh."""

from rich.text import Text

from profiler.domain.totals import Totals
from profiler.tui.looks.theme import Palette


def split_bar(totals: Totals, width: int, ink: Palette) -> Text:
    """The three parts of the input, side by side; the parts fill the width exactly."""
    read = round(totals.cache_read_tokens / totals.total_input * width)
    until = totals.cache_read_tokens + totals.cache_write_tokens
    written = round(until / totals.total_input * width) - read
    return Text.assemble(
        ("━" * read, ink.series[1]),
        ("╍" * written, ink.series[3]),
        ("─" * (width - read - written), ink.track),
    )
