"""A document as one HTML file that needs nothing else: no script, no request, light and dark."""

from html import escape

from profiler.display import UNKNOWN
from profiler.report import charts
from profiler.report.document import Chart, Document
from profiler.report.sheet import Heading, Line, Sheet
from profiler.report.style import STYLE

LONG = 40
"""A text of more characters may be broken over lines."""

_TONES = frozenset({"ok", "watch", "high", "over"})


def as_page(document: Document) -> str:
    """The page; every text in it is escaped, and its policy forbids what is not."""
    subtitle = f"<p>{escape(document.subtitle)}</p>\n" if document.subtitle else ""
    has_chart = any(isinstance(part, Chart) for part in document.parts)
    style = "\n".join([STYLE, charts.STYLE, charts.series_style()] if has_chart else [STYLE])
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{style}\n</style>\n</head>\n<body>\n"
        f"<h1>{escape(document.title)}</h1>\n{subtitle}"
        f"{''.join(map(_part, document.parts))}{_notes(document.notes)}</body>\n</html>\n"
    )


def _part(part: Chart | Sheet) -> str:
    if isinstance(part, Chart):
        return charts.as_figure(part)
    if part.are_figures:
        return _figures(part)
    title = f"<h2>{escape(part.title)}</h2>\n" if part.title else ""
    subtitle = f"<p>{escape(part.subtitle)}</p>\n" if part.subtitle else ""
    table = f'<div class="wide">\n<table>\n{_table(part)}</table>\n</div>\n'
    return f"{title}{subtitle}{table}{_notes(part.notes)}"


def _figures(sheet: Sheet) -> str:
    """Each line's first figure large, what it is above it, and what was before below it."""
    return f'<dl class="figures">\n{"".join(map(_figure, sheet.lines))}</dl>\n'


def _figure(line: Line) -> str:
    name, now, *others = line.cells
    beside = ""
    if others:
        before, change = others
        told = f"{before} before" if change == UNKNOWN else f"{change} from {before}"
        beside = f'<dd class="beside">{escape(told)}</dd>'
    return f'<div><dt>{escape(name)}</dt><dd class="now">{escape(now)}</dd>{beside}</div>\n'


def _notes(notes: tuple[str, ...]) -> str:
    return "".join(f"<p>{escape(note)}</p>\n" for note in notes)


def _table(sheet: Sheet) -> str:
    bars = any(line.share is not None for line in sheet.lines)
    head = "".join(
        f"<th{_numeric(one)}>{escape(one.title)}</th>"
        for one in sheet.headings
        if not one.is_beneath
    )
    body = "".join(_row(sheet, line, with_bar=bars) for line in sheet.lines)
    foot = f"<tfoot>\n{_row(sheet, sheet.total, with_bar=bars)}</tfoot>\n" if sheet.total else ""
    return (
        f"<thead>\n<tr>{head}{'<th></th>' if bars else ''}</tr>\n</thead>\n"
        f"<tbody>\n{body}</tbody>\n{foot}"
    )


def _row(sheet: Sheet, line: Line, *, with_bar: bool) -> str:
    both = list(zip(sheet.headings, line.cells, strict=True))
    beneath = "".join(
        f"<small>{escape(cell)}</small>" for heading, cell in both if heading.is_beneath and cell
    )
    cells = "".join(
        f'<td class="{_kind(heading, cell)}">{escape(cell)}{"" if index else beneath}</td>'
        for index, (heading, cell) in enumerate(both)
        if not heading.is_beneath
    )
    return f"<tr>{cells}{_bar(line) if with_bar else ''}</tr>\n"


def _kind(heading: Heading, cell: str) -> str:
    if heading.is_number:
        return "number"
    return "long" if len(cell) > LONG and not heading.is_whole else "name"


def _bar(line: Line) -> str:
    if line.share is None:
        return "<td></td>"
    tone = f" {line.tone}" if line.tone in _TONES else ""
    length = round(100 * min(max(line.share, 0.0), 1.0), 1)
    return (
        f'<td class="bar{tone}"><svg aria-hidden="true">'
        f'<rect width="{length}%" height="10" rx="2"/></svg></td>'
    )


def _numeric(heading: Heading) -> str:
    return ' class="number"' if heading.is_number else ""
