"""An event of the log as the store takes it in, without the objects that make up a call.

Loading a log spends its time here. What is out of the ordinary is made a call first, which
costs three times as much and has the same result.
"""

from operator import attrgetter

from profiler.domain.calibration import UNCALIBRATED, Calibration
from profiler.domain.calls import Basis, Outcome
from profiler.ingest.priced import MOST_PUSD, OURS, Pricer, call_of
from profiler.log.event import Event
from profiler.store.dictionary import list_text
from profiler.store.layout import NO_STATUS
from profiler.store.rows import Entry, entry_of as entry_of_call, extras_text

_OUTCOMES = {"ok": int(Outcome.OK), "error": int(Outcome.ERROR), "aborted": int(Outcome.ABORTED)}
_MEASURED = int(Basis.MEASURED)

_odd_of = attrgetter("estimated", "derived", "billed", "reported_pusd")
_ORDINARY = (False, False, "", None)

_labels_of = attrgetter(
    "feature",
    "agent",
    "workflow",
    "project",
    "site",
    "operation",
    "error",
    "user_tier",
    "environment",
    "prompt_version",
    "finish",
    "model",
    "answered",
    "tier",
    "speed",
)
"""Between provider, model and rate, in the order of `layout.CIRCUMSTANCES`."""

_RARE = (
    "tags",
    "tools_called",
    "failures",
    "retry_wait_us",
    "trace",
    "parent",
    "fingerprint",
    "prefixes",
)
_rare_of = attrgetter(*_RARE)
_NOTHING_RARE: tuple[object, ...] = (None, [], [], None, "", "", "", [])


def entry_of(event: Event, card: Pricer, known: Calibration = UNCALIBRATED) -> Entry:
    """What `store.rows.entry_of` makes of the call that `event` tells of."""
    counts = event.usage
    if not counts or _odd_of(event) != _ORDINARY or not counts.keys() <= OURS:
        return entry_of_call(call_of(event, card, known))
    count = counts.get
    buckets = (
        count("input"),
        count("cache_read") or 0,
        count("cache_write") or 0,
        count("cache_write_5m") or 0,
        count("cache_write_1h") or 0,
        count("output"),
        count("reasoning") or 0,
    )
    provider, labels = event.provider, _labels_of(event)
    terms = card.terms(provider, event.answered, event.model, event.tier, event.speed)
    charge = terms.charge(event.at, buckets) if terms is not None else None
    if terms is None or charge is None or not _is_sane(charge):
        return entry_of_call(call_of(event, card, known))
    pusd, saved, premium, missed, rate = charge
    status = event.status
    told = (
        provider,
        terms.model or event.answered or event.model,
        *labels,
        rate,
        list_text(event.stack) if event.stack else "",
        list_text(event.tools_offered) if event.tools_offered else "",
        _OUTCOMES[event.outcome],
        _MEASURED,
        int(event.stream),
        NO_STATUS if status is None else status,
    )
    numbers = (
        event.attempts,
        event.latency_us,
        event.first_chunk_us,
        *buckets,
        pusd,
        saved,
        premium,
        missed,
    )
    rare = _rare_of(event)
    extras = None if rare == _NOTHING_RARE else extras_text(**dict(zip(_RARE, rare, strict=True)))
    return event.at, int(event.id[14:], 16), told, event.user, event.session, numbers, extras


def _is_sane(charge: tuple[int, int, int, int, str]) -> bool:
    pusd, saved, premium, missed, _ = charge
    return (
        pusd <= MOST_PUSD
        and -MOST_PUSD <= saved <= MOST_PUSD
        and -MOST_PUSD <= premium <= MOST_PUSD
        and missed <= MOST_PUSD
    )
