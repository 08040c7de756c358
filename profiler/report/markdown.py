"""A document as Markdown: a table for every sheet and every chart."""

import re

from profiler.report.document import Document
from profiler.report.sheet import Sheet

_SPECIAL = re.compile(r"([\\`*_\[\]|~#])")


def as_markdown(document: Document) -> str:
    """The document, ending in a newline; no label in it can act as markup."""
    parts = [f"# {_escaped(document.title)}"]
    if document.subtitle:
        parts.append(_escaped(document.subtitle))
    for part in document.parts:
        parts.extend(_of_sheet(part if isinstance(part, Sheet) else part.table))
    parts.extend(_escaped(note) for note in document.notes)
    return "\n\n".join(parts) + "\n"


def _of_sheet(sheet: Sheet) -> list[str]:
    parts = [f"## {_escaped(sheet.title)}"] if sheet.title else []
    if sheet.subtitle:
        parts.append(_escaped(sheet.subtitle))
    parts.append("\n".join(_table(sheet)))
    parts.extend(_escaped(note) for note in sheet.notes)
    return parts


def _table(sheet: Sheet) -> list[str]:
    rules = ["---:" if heading.is_number else ":---" for heading in sheet.headings]
    rows = [_row([heading.title for heading in sheet.headings]), f"| {' | '.join(rules)} |"]
    rows.extend(_row(line.cells) for line in sheet.lines)
    if sheet.total:
        rows.append(_row(sheet.total.cells))
    return rows


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", entities)
