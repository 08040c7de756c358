"""What pricing calls again moves, for people and for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from zoneinfo import ZoneInfo

from profiler import display
from profiler.ingest.repricing import Move, Moved, Repriced
from profiler.report.sheet import Heading, Line, Sheet
from profiler.report.structured import Document
from profiler.report.values import dollars
from profiler.store.restating import Repricing

UNPRICED = "unpriced"


def sheet_of_repriced(found: Repriced, *, is_dry: bool) -> Sheet:
    """By model and rate, what moves most first."""
    return Sheet(
        title="What would move" if is_dry else "What moved",
        subtitle="",
        headings=(
            Heading("Model"),
            Heading("Old rate"),
            Heading("New rate"),
            Heading("Calls", is_number=True),
            Heading("Difference", is_number=True),
        ),
        lines=tuple(_line(move, moved) for move, moved in _largest_first(found)),
        total=Line(("All", "", "", display.count(found.calls), _signed(found.difference_pusd))),
        notes=(f"{display.count(found.newly_priced)} of them were unpriced.",)
        if found.newly_priced
        else (),
    )


def of_repriced(found: Repriced, *, is_dry: bool) -> Document:
    """The same, for programs."""
    return {
        "is_dry_run": is_dry,
        "looked_at": found.looked_at,
        "calls": found.calls,
        "newly_priced": found.newly_priced,
        "without_rate": found.lost,
        "difference_pusd": found.difference_pusd,
        "difference_usd": dollars(found.difference_pusd),
        "moves": [
            {
                **move._asdict(),
                "calls": moved.calls,
                "newly_priced": moved.newly_priced,
                "difference_pusd": moved.difference_pusd,
                "difference_usd": dollars(moved.difference_pusd),
            }
            for move, moved in _largest_first(found)
        ],
    }


def sheet_of_past(done: Sequence[Repricing], zone: ZoneInfo) -> Sheet:
    """Every time that calls were priced again, oldest first."""
    return Sheet(
        title="Priced again",
        subtitle="",
        headings=(
            Heading("When"),
            Heading("Prices"),
            Heading("Calls", is_number=True),
            Heading("Were unpriced", is_number=True),
            Heading("Difference", is_number=True),
        ),
        lines=tuple(
            Line(
                (
                    display.clock(one.at_us, zone),
                    f"{display.plain(one.source)}, sha256 {display.plain(one.sha256[:12])}",
                    display.count(one.calls),
                    display.count(one.newly_priced),
                    _signed(one.difference_pusd),
                )
            )
            for one in done
        ),
        total=None,
        notes=(),
    )


def of_past(done: Sequence[Repricing]) -> Document:
    """The same, for programs."""
    return {
        "repricings": [
            {**asdict(one), "difference_usd": dollars(one.difference_pusd)} for one in done
        ]
    }


def _largest_first(found: Repriced) -> Iterable[tuple[Move, Moved]]:
    return sorted(found.moves.items(), key=lambda pair: -abs(pair[1].difference_pusd))


def _line(move: Move, moved: Moved) -> Line:
    cells = (
        display.label(move.model),
        display.plain(move.old_rate or UNPRICED),
        display.plain(move.new_rate or UNPRICED),
        display.count(moved.calls),
        _signed(moved.difference_pusd),
    )
    return Line(cells)


def _signed(pusd: int) -> str:
    return f"{'-' if pusd < 0 else '+'}{display.exact_money(abs(pusd))}"
