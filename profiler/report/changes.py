"""Two ranges side by side, laid out."""

from zoneinfo import ZoneInfo

from profiler import display
from profiler.analysis.changes import Change, Changed
from profiler.report.sheet import NO_LABEL, Heading, Line, Sheet, basis_note, span_words
from profiler.report.structured import Document, of_span, of_totals
from profiler.report.values import dollars

_HEADINGS = (
    Heading("Spend", is_number=True),
    Heading("Before", is_number=True),
    Heading("Change", is_number=True),
    Heading("", is_number=True),
    Heading("Calls", is_number=True, spare=3),
    Heading("Before", is_number=True, spare=4),
    Heading("Per call", is_number=True, spare=5),
    Heading("Before", is_number=True, spare=6),
)


def sheet_of_changes(
    found: Changed, zone: ZoneInfo, narrowed_by: str = "", *, most: int | None = None
) -> Sheet:
    """What changed, the largest change first; at most `most` rows, all of them in the total."""
    names = tuple(Heading(name.capitalize()) for name in found.by)
    words = f"{span_words(found.span, zone)}, against {span_words(found.before, zone)}"
    left_out = found.left_out + len(found.rows) - len(found.rows[:most])
    notes = [basis_note(found.total.now)]
    if left_out:
        notes.insert(0, f"{display.count(left_out)} more changed less; the total holds them.")
    return Sheet(
        title=f"What changed by {' and '.join(found.by)}",
        subtitle=f"{words} · {display.plain(narrowed_by)}" if narrowed_by else words,
        headings=(*names, *_HEADINGS),
        lines=tuple(_line(row) for row in found.rows[:most]),
        total=Line(("All", *[""] * (len(names) - 1), *change_cells(found.total))),
        notes=tuple(notes),
    )


def _line(row: Change) -> Line:
    labels = (display.label(label) or NO_LABEL for label in row.labels)
    return Line((*labels, *change_cells(row)))


def change_cells(row: Change) -> tuple[str, ...]:
    """Spend, calls and price per call in both ranges."""
    return (
        display.spend(row.now),
        display.spend(row.before),
        amount_words(row),
        ratio_words(row),
        display.count(row.now.calls),
        display.count(row.before.calls),
        mean_words(row.now.mean_pusd),
        mean_words(row.before.mean_pusd),
    )


def amount_words(row: Change) -> str:
    """How much more or less; a dash where a cost is not known in either range."""
    if row.now.has_no_known_cost or row.before.has_no_known_cost:
        return display.UNKNOWN
    return display.difference(row.pusd)


def ratio_words(row: Change) -> str:
    """The change as a share of before: `+12.5%`, `new`, `gone`."""
    if not row.before.calls:
        return "new" if row.now.calls else ""
    if not row.now.calls:
        return "gone"
    if row.ratio is None or row.now.has_no_known_cost:
        return display.UNKNOWN
    return f"{'+' if row.ratio > 0 else ''}{row.ratio:.1%}"


def mean_words(mean_pusd: int | None) -> str:
    """A mean cost; a dash where no call was priced."""
    return display.UNKNOWN if mean_pusd is None else display.money(mean_pusd)


def of_changes(found: Changed) -> Document:
    """The same for programs, exact."""
    return {
        "by": list(found.by),
        **of_span(found.span),
        "against": of_span(found.before),
        "rows": [
            {**dict(zip(found.by, row.labels, strict=True)), **_of_change(row)}
            for row in found.rows
        ],
        **({"rows_left_out": found.left_out} if found.left_out else {}),
        "total": _of_change(found.total),
    }


def _of_change(row: Change) -> Document:
    return {
        "change_pusd": row.pusd,
        "change_usd": dollars(row.pusd),
        "ratio": row.ratio,
        "of_calls_pusd": row.of_calls_pusd,
        "now": of_totals(row.now),
        "before": of_totals(row.before),
    }
