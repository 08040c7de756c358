"""Results as JSON documents, for programs: the numbers of the sheets, exact."""

import json

from profiler.analysis.results.snapshot import CallDetail, Grouped
from profiler.budgets.outlook import outlook
from profiler.domain.budgets import Measure, Standing
from profiler.domain.calls import Call
from profiler.domain.periods import Span
from profiler.domain.totals import Totals
from profiler.log.captured import CallText
from profiler.pricing.context import is_rated_as_served
from profiler.report.columns import basis_columns, call_columns, group_columns, totals_columns
from profiler.report.values import as_object, dollars, timestamp

Document = dict[str, object]


def encoded(document: Document) -> str:
    """The document as text: indented, ASCII only, ending in a newline."""
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def of_groups(grouped: Grouped) -> Document:
    """A grouped report."""
    columns = group_columns(grouped.by)
    return {
        "by": list(grouped.by),
        **of_span(grouped.span),
        "rows": [as_object(group, columns) for group in grouped.rows],
        "totals": of_totals(grouped.totals),
    }


def of_calls(calls: tuple[Call, ...], totals: Totals, span: Span) -> Document:
    """A list of calls; `totals` are those of all calls wanted, which may be more."""
    columns = call_columns()
    return {
        **of_span(span),
        "calls": [as_object(call, columns) for call in calls],
        "totals": of_totals(totals),
    }


def of_totals(totals: Totals) -> Document:
    """What many calls add up to."""
    return as_object(totals, totals_columns())


def of_detail(detail: CallDetail, *, has_text: bool = False) -> Document:
    """One call, with the lines its price is made of, and its text where that is wanted."""
    now = detail.cost_now.pusd
    return {
        "call": as_object(detail.call, call_columns()),
        "lines": [
            {
                "unit": line.unit,
                "count": line.count,
                "rate_usd": line.rate_usd,
                "per": line.per,
                "amount_pusd": line.pusd,
                "amount_usd": dollars(line.pusd),
            }
            for line in detail.lines
        ],
        "is_rated_as_served": is_rated_as_served(detail.call),
        "cost_now_pusd": now,
        "cost_now_usd": None if now is None else dollars(now),
        **({"text": _text(detail.text)} if has_text else {}),
    }


def _text(text: CallText | None) -> Document | None:
    """What was captured; null where nothing was."""
    if text is None:
        return None
    return {
        "prompt": [{"role": said.role, "text": said.text} for said in text.prompt],
        "answer": [{"role": said.role, "text": said.text} for said in text.answer],
        "is_cut": text.is_cut,
    }


def of_standing(standing: Standing, scope: str) -> Document:
    """One budget and where it stands; `scope` says in words what it counts."""
    budget = standing.budget
    limit_pusd = budget.limit_pusd
    left_pusd = None if limit_pusd is None else limit_pusd - standing.spent_pusd
    return {
        "name": budget.name,
        "value": standing.value,
        "scope": scope,
        "period": budget.period.value,
        "zone": budget.zone,
        **of_span(standing.window),
        "limit_pusd": limit_pusd,
        "limit_usd": None if limit_pusd is None else dollars(limit_pusd),
        "limit_tokens": budget.limit_tokens,
        "limit_calls": budget.limit_calls,
        "spent_pusd": standing.spent_pusd,
        "spent_usd": dollars(standing.spent_pusd),
        "left_usd": None if left_pusd is None else dollars(left_pusd),
        "forecast": _forecast(standing),
        "used": standing.used,
        "level": standing.level.value,
        **as_object(standing.spent, basis_columns()),
    }


def _forecast(standing: Standing) -> Document | None:
    """What the window is expected to end with, in the measure it is told in; null without one."""
    forecast = standing.forecast
    if forecast is None:
        return None
    measure = standing.tightest.measure

    def moment(at_us: int | None) -> object:
        return None if at_us is None else timestamp(at_us)

    def told(amount: int | None) -> object:
        return dollars(amount) if amount is not None and measure is Measure.COST else amount

    return {
        "measure": measure.value,
        "low": told(forecast.low),
        "mid": told(forecast.mid),
        "high": told(forecast.high),
        "reaches_limit_at": moment(forecast.reaches_at_us),
        "reaches_limit_soonest": moment(forecast.soonest_us),
        "reaches_limit_latest": moment(forecast.latest_us),
        "days": forecast.days,
        "words": outlook(standing),
    }


def of_span(span: Span) -> Document:
    """Where a stretch of time begins and ends; null where it is open."""
    return {
        "since": None if span.start_us is None else timestamp(span.start_us),
        "until": None if span.end_us is None else timestamp(span.end_us),
    }
