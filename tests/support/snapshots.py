"""Snapshots as the analyses would give them: empty, one call, a month of work, hostile text."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from profiler.analysis.changes import Change
from profiler.analysis.figures import Freshness, Spending
from profiler.analysis.results.snapshot import (
    CallDetail,
    ModelRow,
    OverviewPart,
    PriceLine,
    Snapshot,
    Trend,
)
from profiler.domain.alerts import Alert
from profiler.domain.budgets import Action, Budget, Forecast, Standing
from profiler.domain.calls import Basis, Call, Cost, Outcome, call_id
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import HOUR_US, Period, days_back, to_us, window
from profiler.domain.scopes import Dimension, Match
from profiler.domain.totals import NOTHING, Totals
from profiler.domain.usage import Usage

ZONE = ZoneInfo("UTC")
NOW_US = to_us(datetime(2026, 11, 22, 14, 30, 5, tzinfo=UTC))
WEEK = days_back(7, NOW_US, ZONE)
MODELS = (
    ("anthropic", "claude-sonnet-4-5", 31_000, 1.0),
    ("openai", "gpt-5.1", 9_400, 0.55),
    ("google", "gemini-2.5-pro", 7_100, 0.3),
    ("openai", "gpt-5-mini", 900, 0.12),
    ("anthropic", "claude-haiku-4-5", 2_300, 0.1),
    ("openai", "text-embedding-3-small", 12, 0.02),
    ("acme", "in-house-7b", None, 0.05),
)
"""(provider, model, micro-dollars a call, share of the traffic); `None` is unpriced."""

RATES = {
    "claude-sonnet-4-5": (3_000, 300, 3_750, 15_000),
    "gpt-5.1": (1_250, 125, 1_250, 10_000),
    "gemini-2.5-pro": (1_250, 310, 1_250, 10_000),
    "gpt-5-mini": (250, 25, 250, 2_000),
    "claude-haiku-4-5": (1_000, 100, 1_250, 5_000),
    "text-embedding-3-small": (20, 0, 0, 0),
}
"""Per model, for `BUCKETS`: thousandths of a dollar for a million tokens."""
BUCKETS = ("fresh input", "cache read", "cache write", "output")
LEAST_OUTPUT = 40

HOSTILE = (
    "[/]",
    "[@click=app.quit]x[/]",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe\u202c",
    "模型🦜名前가나다",
    "x" * 200,
    "list[int]\nsecond line\ttab",
)


def dollars(amount: float) -> int:
    """A test amount in pico-dollars."""
    return round(amount * 1_000_000) * (PUSD_PER_USD // 1_000_000)


def totals_of(calls: int, micro_dollars: int | None, *, errors: int = 0) -> Totals:
    """What `calls` alike calls add up to."""
    spend = calls * (micro_dollars or 0) * (PUSD_PER_USD // 1_000_000)
    return Totals(
        calls=calls,
        errors=errors,
        retries=errors * 2,
        unpriced_calls=0 if micro_dollars is not None else calls,
        estimated_calls=calls // 50 if micro_dollars else 0,
        input_tokens=calls * 1_800,
        cache_read_tokens=calls * 2_400,
        cache_write_tokens=calls * 150,
        output_tokens=calls * 420,
        spend_pusd=spend,
        estimated_pusd=spend // 50,
        cache_saved_pusd=spend * 3 // 10,
        cache_premium_pusd=spend // 40,
        cache_missed_pusd=spend // 5,
        latency_us=calls * 1_900_000,
        timed_calls=calls,
    )


def a_call(number: int = 0, **changes: object) -> Call:
    """One call of a steady traffic; `number` counts back in time."""
    dice = random.Random(number)
    provider, model, micro, _ = MODELS[number % len(MODELS)]
    started = NOW_US - 7_000_000 - number * 61_000_000
    is_error = number % 17 == 16
    usage = Usage(input=1_200 + number, cache_read=2_048, cache_write_5m=300, output=350)
    cost = Cost(None, Basis.NO_RATE)
    if micro is not None:
        usage = writing(usage, model, micro * dice.randrange(400, 1600) * 1_000)
        basis = Basis.ESTIMATED if number % 23 == 22 else Basis.MEASURED
        pusd = sum(line.pusd for line in price_lines(usage, model))
        cost = Cost(pusd, basis, "genai-prices@0.2.3")
    if is_error:
        cost = Cost(0, Basis.NOT_BILLED)
    call = Call(
        id=call_id(started, 1_000 + number),
        started_at_us=started,
        provider=provider,
        requested_model=model,
        model=model,
        operation="chat",
        outcome=Outcome.ERROR if is_error else Outcome(2 if number % 29 == 28 else 0),
        usage=usage,
        cost=cost,
        is_streamed=number % 2 == 0,
        error="rate_limit" if is_error else "",
        status=429 if is_error else 200,
        finish="" if is_error else "stop",
        attempts=3 if is_error else 1,
        latency_us=dice.randrange(300_000, 9_000_000),
        first_chunk_us=280_000 if number % 2 == 0 else None,
        session=f"run-{number // 40}",
        user=("ada", "grace", "")[number % 3],
        feature=("search", "chat", "summaries")[number % 3],
        project="shop",
        site="rag/answer.py:41 answer",
        tags={"release": "7"},
    )
    return replace(call, **changes)  # type: ignore[arg-type]  # field values, by name


def price_lines(usage: Usage, model: str) -> tuple[PriceLine, ...]:
    """What a call of one of `MODELS` is billed for."""
    counts = (usage.input or 0, usage.cache_read, usage.cache_write_5m, usage.output or 0)
    return tuple(
        PriceLine(bucket, count, f"{rate / 1_000:g}", 1_000_000, count * rate * 1_000)
        for bucket, count, rate in zip(BUCKETS, counts, RATES.get(model, ()), strict=False)
        if rate
    )


def writing(usage: Usage, model: str, pusd: int) -> Usage:
    """`usage` with as much output as makes it cost about `pusd`."""
    rate = RATES[model][-1] * 1_000
    if not rate:
        return replace(usage, cache_read=0, cache_write_5m=0, output=0)
    rest = sum(line.pusd for line in price_lines(replace(usage, output=0), model))
    return replace(usage, output=max(LEAST_OUTPUT, (pusd - rest) // rate))


def a_standing(
    name: str,
    spent: float,
    limit: float,
    period: Period = Period.DAILY,
    *,
    unpriced_calls: int = 0,
    **changes: object,
) -> Standing:
    """A budget and where it is."""
    budget = Budget(name, dollars(limit), period, "UTC")
    totals = Totals(calls=900, spend_pusd=dollars(spent), unpriced_calls=unpriced_calls)
    standing = Standing(budget, window(period, NOW_US, ZONE), totals, a_forecast(spent))
    return replace(standing, **changes)  # type: ignore[arg-type]  # field values, by name


def an_alert(number: int, standing: Standing, percent: int | str = 100, **changes: object) -> Alert:
    """What a standing had to tell an hour ago."""
    limit = standing.tightest
    alert = Alert(
        number, standing.budget.name, "command", standing.value, str(percent), NOW_US - HOUR_US,
        Action.NOTIFY, limit.measure, standing.amount, limit.amount, standing.window.end_us,
    )  # fmt: skip
    return replace(alert, **changes)  # type: ignore[arg-type]  # field values, by name


def a_forecast(spent: float) -> Forecast:
    """Some more to come, give or take."""
    low, mid, high = (dollars(spent * factor) for factor in (1.3, 1.4, 1.6))
    return Forecast(42, low, mid, high, NOW_US + HOUR_US)


def a_trend(days: int = 7, models: int = 5) -> Trend:
    """A week by hours would be 168 bars; by days it is seven."""
    dice = random.Random(7)
    start = WEEK.start_us or 0
    starts = tuple(start + day * 24 * HOUR_US for day in range(days))
    series = tuple(
        (name, tuple(dollars(dice.uniform(0.2, 1) * 30 * share) for _ in starts))
        for _, name, _, share in MODELS[:models]
    )
    other = (None, tuple(dollars(dice.uniform(0, 0.4)) for _ in starts))
    return Trend(starts, "day", (*series, other), ("in-house-7b",))


def model_rows() -> tuple[ModelRow, ...]:
    """The models of the steady traffic, the dearest first."""
    rows = [
        ModelRow(
            provider,
            model,
            totals_of(round(4_000 * share), micro, errors=round(60 * share)),
        )
        for provider, model, micro, share in MODELS
    ]
    return tuple(sorted(rows, key=lambda row: -row.totals.spend_pusd))


def movers(rows: tuple[ModelRow, ...]) -> tuple[Change, ...]:
    """Each model against as many calls at other prices, or other calls at the same."""
    pairs = zip(rows, (1_900, 2_600, 1_100, 0, 420), strict=False)
    found = [
        Change((row.model,), row.totals, totals_of(calls, 12_000) if calls else NOTHING)
        for row, calls in pairs
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.pusd)))


def summed(rows: tuple[ModelRow, ...]) -> Totals:
    """All rows together."""
    return sum((row.totals for row in rows), NOTHING)


def a_snapshot(**changes: object) -> Snapshot:
    """A week of steady work over seven models with four budgets, one of them over its limit."""
    rows = model_rows()
    over = a_standing("team month", 512.4, 500, Period.MONTHLY)
    snapshot = Snapshot(
        taken_at_us=NOW_US,
        span=WEEK,
        totals=summed(rows),
        spending=Spending(
            today=totals_of(610, 14_000),
            yesterday=totals_of(720, 16_500),
            week=summed(rows),
            month=totals_of(14_200, 15_100),
            week_before=totals_of(3_900, 15_000),
            month_before=totals_of(16_000, 14_800),
        ),
        standings=(
            over,
            a_standing("search", 8.61, 10, unpriced_calls=12),
            a_standing("batch jobs", 33.2, 50, Period.WEEKLY),
            a_standing("evals", 3.4, 25, Period.TOTAL, forecast=None),
        ),
        part=OverviewPart(
            a_trend(),
            movers(rows),
            hour=totals_of(31, 14_000),
            usual_pusd=dollars(0.31),
            failed=totals_of(40, 900, errors=40),
        ),
        models=rows,
        recent=tuple(a_call(number) for number in range(50)),
        freshness=Freshness(23_412, NOW_US - 7_000_000, 2, 0),
        alerts=(an_alert(8, over), an_alert(7, over, 90)),
    )
    return replace(snapshot, **changes)  # type: ignore[arg-type]  # field values, by name


def an_empty_snapshot(calls_ever: int = 0) -> Snapshot:
    """Nothing in range; with `calls_ever`, there is something in others."""
    return Snapshot(
        taken_at_us=NOW_US,
        span=WEEK,
        totals=NOTHING,
        spending=Spending(),
        standings=(),
        part=OverviewPart(Trend((), "day", ())),
        models=(),
        recent=(),
        freshness=Freshness(calls_ever, NOW_US - 40 * 24 * HOUR_US if calls_ever else None, 0, 0),
    )


def one_call_snapshot() -> Snapshot:
    """The very first call."""
    call = a_call(0)
    totals = totals_of(1, 31_000)
    row = ModelRow(call.provider, call.model, totals)
    hour = NOW_US - NOW_US % HOUR_US
    return Snapshot(
        taken_at_us=NOW_US,
        span=WEEK,
        totals=totals,
        spending=Spending(today=totals, week=totals, month=totals),
        standings=(),
        part=OverviewPart(Trend((hour,), "hour", ((call.model, (totals.spend_pusd,)),))),
        models=(row,),
        recent=(call,),
        freshness=Freshness(1, call.started_at_us, 0, 0),
    )


def hostile_calls() -> tuple[Call, ...]:
    """Calls whose every label is an attack."""
    return tuple(
        a_call(
            number,
            provider=text,
            model=text,
            requested_model=text,
            error=text if number % 2 else "",
            outcome=Outcome.ERROR if number % 2 else Outcome.OK,
            session=text,
            user=text,
            feature=text,
            project=text,
            site=text,
            tier=text,
            finish=text,
            operation=text,
            tags={text: text},
        )
        for number, text in enumerate(HOSTILE)
    )


def a_hostile_snapshot() -> Snapshot:
    """Every name in it tries to be something else."""
    whole = a_snapshot()
    rows = tuple(
        replace(row, provider=text, model=text)
        for row, text in zip(whole.models, HOSTILE, strict=True)
    )
    series = tuple(
        (text, values) for text, (_, values) in zip(HOSTILE, a_trend().series, strict=False)
    )
    standings = tuple(
        replace(one, budget=replace(one.budget, name=text, scope=(Match(Dimension.MODEL, text),)))
        for one, text in zip(whole.standings, HOSTILE, strict=False)
    )
    return replace(
        whole,
        models=rows,
        part=OverviewPart(replace(a_trend(), series=series)),
        standings=standings,
        alerts=(an_alert(8, standings[0]),),
        recent=hostile_calls(),
    )


PRICED = "gpt-5-mini"
"""The one model that has a rate where the rest is unpriced."""


def unpriced_calls(number: int = 50) -> tuple[Call, ...]:
    """Calls of models of one's own, hardly one of which has a rate."""
    calls = (a_call(at) for at in range(number))
    return tuple(
        call if call.model == PRICED else replace(call, cost=Cost(None, Basis.NO_RATE))
        for call in calls
    )


def an_unpriced_snapshot() -> Snapshot:
    """A week whose spend is not known but for a little of it."""
    whole = a_snapshot()
    rows = tuple(
        row if row.model == PRICED else replace(row, totals=totals_of(row.totals.calls, None))
        for row in whole.models
    )
    rows = tuple(sorted(rows, key=lambda row: -row.totals.spend_pusd))
    trend = a_trend()
    known = tuple((name, values) for name, values in trend.series if name == PRICED)
    unknown = tuple(row.model for row in rows if row.model != PRICED)
    some = totals_of(12, 900) + totals_of(598, None)
    return replace(
        whole,
        totals=summed(rows),
        models=rows,
        spending=Spending(today=some, yesterday=some, week=summed(rows), month=summed(rows)),
        standings=(a_standing("team month", 0.4, 500, Period.MONTHLY, unpriced_calls=13_200),),
        part=OverviewPart(replace(trend, series=known, unpriced=unknown), hour=some),
        recent=unpriced_calls(),
    )


def a_detail(call: Call) -> CallDetail:
    """A call, opened; whatever its model is called, at the rates that its cost came from."""
    bills = (price_lines(call.usage, model) for model in RATES)
    whole = (bill for bill in bills if sum(line.pusd for line in bill) == call.cost.pusd)
    return CallDetail(call, next(whole, ()), call.cost)
