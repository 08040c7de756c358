"""Budgets on paper: one whole, its history, its audit trail."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from profiler import display
from profiler.budgets.detail import Past
from profiler.budgets.savings import Saved
from profiler.budgets.told import begins, variance_words
from profiler.budgets.written import words_in_file
from profiler.domain.budgets import Budget, Limit, Measure, Standing
from profiler.ledger.audit import Entry
from profiler.ledger.overrides import Recorded
from profiler.ledger.words import scope_words
from profiler.report.output import output_file
from profiler.report.sheet import UNPRICED_ON_TOP, Heading, Line, Sheet
from profiler.report.structured import Document, of_standing
from profiler.report.values import dollars, safe_cell, timestamp

_FIELDS = ("id", "at", "kind", "budget", "value", "who", "source", "details")
_HIGH = 0.8


_AGAINST = (
    Heading("Actual", is_number=True),
    Heading("Limit", is_number=True),
    Heading("Variance", is_number=True),
    Heading("Used", is_number=True),
)


def of_budget(
    budget: Budget, place: str, standings: Iterable[Standing], overrides: Iterable[Recorded]
) -> Document:
    """One budget whole."""
    return {
        **words_in_file(budget),
        "scope": scope_words(budget),
        "thresholds": [{"at": t.percent, "action": t.action.value} for t in budget.thresholds],
        "defined": place,
        "standings": [of_standing(one, scope_words(budget)) for one in standings],
        "overrides": [of_override(one) for one in overrides],
    }


def of_override(one: Recorded) -> Document:
    """A request or an override."""
    extra, until_us = one.wanted.extra, one.wanted.until_us
    return {
        "number": one.id,
        "state": one.state,
        "extra_usd": dollars(extra.cost_pusd),
        "extra_tokens": extra.tokens,
        "extra_calls": extra.calls,
        "opens_reserve": one.wanted.opens_reserve,
        "value": one.wanted.value,
        "reason": one.wanted.reason,
        "until": None if until_us is None else timestamp(until_us),
        "asked_by": one.asked_by,
        "asked_at": timestamp(one.asked_at_us),
        "decided_by": one.decided_by,
        "decided_at": None if one.decided_at_us is None else timestamp(one.decided_at_us),
    }


def of_past(one: Past) -> Document:
    """One window against its limit; amounts of cost in dollars as well."""
    cost = one.limit.measure is Measure.COST
    span = one.window
    return {
        "budget": one.budget,
        "value": one.value,
        "since": None if span.start_us is None else timestamp(span.start_us),
        "until": None if span.end_us is None else timestamp(span.end_us),
        "is_current": one.is_current,
        "measure": one.limit.measure.value,
        "limit": dollars(one.limit.amount) if cost else one.limit.amount,
        "actual": dollars(one.actual) if cost else one.actual,
        "variance": dollars(one.variance) if cost else one.variance,
        "used": one.used,
        "unpriced_calls": one.unpriced_calls,
    }


def of_saved(one: Saved) -> Document:
    """What one budget saved by a cheaper model."""
    return {
        "budget": one.budget,
        "asked": one.asked,
        "sent": one.sent,
        "calls": one.calls,
        "unpriced_calls": one.unpriced_calls,
        "asked_usd": dollars(one.asked_pusd),
        "spent_usd": dollars(one.spent_pusd),
        "saved_usd": dollars(one.saved_pusd),
    }


def saved_words(one: Saved) -> str:
    """The same in a line."""
    unpriced = f", {display.count(one.unpriced_calls)} of them unpriced" * bool(one.unpriced_calls)
    return (
        f"{one.budget} sent {display.calls(one.calls)}{unpriced} that asked for {one.asked} to "
        f"{one.sent}: {display.money(one.spent_pusd)} instead of {display.money(one.asked_pusd)}, "
        f"{display.money(one.saved_pusd)} saved"
    )


def saved_notes(found: Sequence[Saved]) -> tuple[str, ...]:
    """What downgrades saved together, in a line; none where there were none."""
    total = Saved.together(found)
    if not total.calls:
        return ()
    unknown = total.unpriced_calls
    calls = display.calls(total.calls) + f", {display.count(unknown)} of them unpriced," * (
        unknown > 0
    )
    told = (
        f"Downgrades saved {display.money(total.saved_pusd)}: {calls} sent to cheaper models cost "
        f"{display.money(total.spent_pusd)} instead of {display.money(total.asked_pusd)}."
    )
    return (told,)


def sheet_of_saved(found: Sequence[Saved]) -> Sheet:
    """What downgrades saved, by budget and pair of models, the most first."""
    unpriced = any(one.unpriced_calls for one in found)
    return Sheet(
        title="Saved by downgrades",
        subtitle="",
        headings=(
            Heading("Budget", is_cut=True),
            Heading("Asked for"),
            Heading("Sent to"),
            Heading("Calls", is_number=True),
            *((Heading("Unpriced", is_number=True, spare=1),) if unpriced else ()),
            Heading("Instead of", is_number=True),
            Heading("Spent", is_number=True),
            Heading("Saved", is_number=True),
        ),
        lines=tuple(
            _saved_line((one.budget, one.asked, one.sent), one, unpriced=unpriced) for one in found
        ),
        total=_saved_line(("All", "", ""), Saved.together(found), unpriced=unpriced),
        notes=(),
    )


def _saved_line(labels: tuple[str, str, str], one: Saved, *, unpriced: bool) -> Line:
    return Line(
        (
            *map(display.plain, labels),
            display.count(one.calls),
            *((display.count(one.unpriced_calls),) if unpriced else ()),
            display.money(one.asked_pusd),
            display.money(one.spent_pusd),
            display.money(one.saved_pusd),
        )
    )


def sheet_of_past(found: Sequence[Past], budget: Budget) -> Sheet:
    """A budget's windows, oldest first."""
    zone = ZoneInfo(budget.zone)
    unpriced = any(one.unpriced_calls for one in found)
    value = (Heading(", ".join(budget.each).capitalize() or "Session"),)
    has_values = any(one.value for one in found)
    return Sheet(
        title=f"{display.plain(budget.name)}: {budget.period.value}, limit against actual",
        subtitle=f"{display.plain(scope_words(budget))} ({budget.zone})",
        headings=(
            Heading("Begins", is_whole=True),
            *(value if has_values else ()),
            *_AGAINST,
        ),
        lines=tuple(_past_line(one, zone, has_value=has_values) for one in found),
        total=None,
        notes=(
            *((UNPRICED_ON_TOP,) if unpriced else ()),
            *(("The last one has not ended.",) if found and found[-1].is_current else ()),
        ),
    )


def sheet_of_pasts(pasts: Sequence[tuple[Budget, Sequence[Past]]], most: int) -> Sheet:
    """The last windows of budgets side by side, `most` of each, oldest first."""
    shown = [(budget, ZoneInfo(budget.zone), one) for budget, past in pasts for one in past[-most:]]
    unpriced = any(one.unpriced_calls for _, _, one in shown)
    return Sheet(
        title="Budget against actual",
        subtitle="",
        headings=(
            Heading("Budget", is_cut=True),
            Heading("Period", is_whole=True),
            Heading("Begins", is_whole=True),
            *_AGAINST,
        ),
        lines=tuple(
            _past_line(
                one,
                zone,
                before=(display.shortened(budget.name), budget.period.value),
                has_value=False,
            )
            for budget, zone, one in shown
        ),
        total=None,
        notes=(
            *((UNPRICED_ON_TOP,) if unpriced else ()),
            "The last window of each has not ended.",
        ),
    )


def level_of(used: float) -> str:
    """The word for its colour."""
    return "over" if used >= 1 else "high" if used >= _HIGH else "ok"


def _past_line(one: Past, zone: ZoneInfo, *, has_value: bool, before: tuple[str, ...] = ()) -> Line:
    limit: Limit = one.limit
    actual = display.amount(one.actual, limit.measure)
    cells = (
        *before,
        begins(one, zone),
        *((display.shortened(one.value) or "(none)",) if has_value else ()),
        f"{actual}+" if one.unpriced_calls and limit.measure is Measure.COST else actual,
        display.amount(limit.amount, limit.measure),
        variance_words(one),
        display.percent(one.used),
    )
    return Line(tuple(map(display.plain, cells)), min(one.used, 1.0), level_of(one.used))


def of_entry(entry: Entry) -> Document:
    """A line of the audit trail."""
    return {
        "id": entry.id,
        "at": timestamp(entry.at_us),
        "kind": entry.kind.value,
        "budget": entry.budget,
        "value": entry.value,
        "who": entry.who,
        "source": entry.source,
        "details": entry.details,
    }


def write_trail_csv(entries: Iterable[Entry], out: TextIO) -> None:
    """The audit trail for spreadsheets; its details as JSON."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_FIELDS)
    for entry in entries:
        row = {**of_entry(entry), "details": json.dumps(entry.details)}
        writer.writerow([safe_cell(str(row[name])) for name in _FIELDS])


def write_trail_jsonl(entries: Iterable[Entry], out: TextIO) -> None:
    """The audit trail for programs."""
    out.writelines(f"{json.dumps(of_entry(entry))}\n" for entry in entries)


def save_trail(entries: Iterable[Entry], path: Path, *, may_replace: bool) -> str:
    """Write the trail into a file, as CSV where it is called so, else as lines of JSON; in words.

    Raises:
        ExportError: the file cannot be written; nothing is left behind.

    """
    write = write_trail_csv if path.suffix.lower() == ".csv" else write_trail_jsonl
    count = 0

    def counted() -> Iterator[Entry]:
        nonlocal count
        for entry in entries:
            count += 1
            yield entry

    with output_file(path, may_replace=may_replace) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", errors="replace")
        write(counted(), text)
        text.flush()
        text.detach()
    return f"Wrote {'1 entry' if count == 1 else f'{display.count(count)} entries'} to {path}"
