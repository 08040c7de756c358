"""A document as one HTML file that needs nothing else: no script, no request, light and dark."""

from html import escape

from profiler.report import charts
from profiler.report.document import Chart, Document
from profiler.report.sheet import Heading, Line, Sheet

BAR_WIDTH = 120

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --dim: #667085; --rule: #e3e6ec; --paper: #fff;
  --bar: #3b6fd4; --ok: #2e9e5b; --watch: #c98a00; --high: #d4493f; --over: #a3261d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --dim: #98a2b3; --rule: #343a46;
  --paper: #171a21; --bar: #7aa2f7; --ok: #57c785; --watch: #e5b94e; --high: #f07b72;
  --over: #ff9d94; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { color: var(--dim); margin: .3rem 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--rule); text-align: left;
  overflow-wrap: anywhere; }
th { color: var(--dim); font-weight: 600; overflow-wrap: normal; }
.number { text-align: right; white-space: nowrap; }
tfoot td { font-weight: 600; border-bottom: 0; }
td rect { fill: var(--bar); }
.ok rect { fill: var(--ok); } .watch rect { fill: var(--watch); }
.high rect { fill: var(--high); } .over rect { fill: var(--over); }
@media print { body { max-width: none; margin: 0; font-size: 11px; }
  tr, figure { break-inside: avoid; } thead { display: table-header-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
""".strip()

_TONES = frozenset({"ok", "watch", "high", "over"})


def as_page(document: Document) -> str:
    """The page; every text in it is escaped, and its policy forbids what is not."""
    subtitle = f"<p>{escape(document.subtitle)}</p>\n" if document.subtitle else ""
    has_chart = any(isinstance(part, Chart) for part in document.parts)
    style = "\n".join([_STYLE, charts.STYLE, charts.series_style()] if has_chart else [_STYLE])
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
    title = f"<h2>{escape(part.title)}</h2>\n" if part.title else ""
    subtitle = f"<p>{escape(part.subtitle)}</p>\n" if part.subtitle else ""
    table = f'<div class="wide">\n<table>\n{_table(part)}</table>\n</div>\n'
    return f"{title}{subtitle}{table}{_notes(part.notes)}"


def _notes(notes: tuple[str, ...]) -> str:
    return "".join(f"<p>{escape(note)}</p>\n" for note in notes)


def _table(sheet: Sheet) -> str:
    bars = any(line.share is not None for line in sheet.lines)
    head = "".join(f"<th{_numeric(h)}>{escape(h.title)}</th>" for h in sheet.headings)
    body = "".join(_row(sheet, line, with_bar=bars) for line in sheet.lines)
    foot = f"<tfoot>\n{_row(sheet, sheet.total, with_bar=bars)}</tfoot>\n" if sheet.total else ""
    return (
        f"<thead>\n<tr>{head}{'<th></th>' if bars else ''}</tr>\n</thead>\n"
        f"<tbody>\n{body}</tbody>\n{foot}"
    )


def _row(sheet: Sheet, line: Line, *, with_bar: bool) -> str:
    cells = "".join(
        f"<td{_numeric(heading)}>{escape(cell)}</td>"
        for heading, cell in zip(sheet.headings, line.cells, strict=True)
    )
    return f"<tr>{cells}{_bar(line) if with_bar else ''}</tr>\n"


def _bar(line: Line) -> str:
    if line.share is None:
        return "<td></td>"
    tone = f' class="{line.tone}"' if line.tone in _TONES else ""
    length = round(BAR_WIDTH * min(max(line.share, 0.0), 1.0), 1)
    return (
        f'<td{tone}><svg width="{BAR_WIDTH}" height="10" aria-hidden="true">'
        f'<rect width="{length}" height="10" rx="2"/></svg></td>'
    )


def _numeric(heading: Heading) -> str:
    return ' class="number"' if heading.is_number else ""
