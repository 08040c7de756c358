"""The cache screen: figures, words, rows that open."""

from dataclasses import replace

from textual.pilot import Pilot

from profiler.analysis.results.caching import Cached, CachePart, Prompts
from profiler.domain.totals import Totals
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import DARK, FALLBACK, palette
from profiler.tui.screens.cache import looked_at, nothing_broken
from profiler.tui.widgets.cached import cache_rows, standing_text
from tests.support.screen_parts import a_cache_part
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, screen_text, until

INK = palette({**DARK.to_color_system().generate(), **FALLBACK, **DARK.variables})
A_WRITE = Totals(calls=1, cache_write_tokens=10, cache_read_tokens=90)


def watched(act: Act, part: CachePart | None = None, size: tuple[int, int] = (120, 40)) -> None:
    source = GivenSource(a_snapshot())
    if part is not None:
        source.parts["cache"] = part
    app = an_app(source)

    async def go(pilot: Pilot[None]) -> None:
        app.action_show("cache")
        await settle(pilot)
        await act(pilot)

    drive(app, go, size)


def text_of(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app, ProfilerApp)
    return screen_text(pilot.app)


def test_the_words_of_the_table_in_use_are_explained() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert "Missed: what fresh input cost" in text_of(pilot)
        await pilot.press("tab")
        await pilot.pause()
        assert "Break: a prompt that no longer began" in text_of(pilot)

    watched(act)


def test_where_no_chart_has_room_a_line_shows_the_inputs_over_time() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert "read ▂▃▄▅▆▇█  written ▁▁▁▁▁▁▁  fresh ▄▃▃▃▃▂▂  16 Nov to 22 Nov" in text_of(pilot)

    watched(act, size=(80, 24))


def test_who_bills_is_left_out_only_where_the_model_alone_tells_rows_apart() -> None:
    rows = [Cached((provider, "m"), A_WRITE) for provider in ("acme", "corp")]
    [named, _], [alone] = cache_rows(rows, INK), cache_rows(rows[:1], INK)
    assert [cell(3).plain for cell in (named[0], alone[0]) if callable(cell)] == ["m acme", "m"]


def test_a_row_opens_its_calls() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        await until(pilot, lambda: "provider:=openai model:=gpt-5.1" in text_of(pilot))

    watched(act)


def test_a_prompt_opens_the_calls_of_its_place() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "site:=anthropic/answer.py:41\\ answer" in text_of(pilot))

    watched(act, size=(200, 50))


def test_unpriced_breaks_are_not_free() -> None:
    async def act(pilot: Pilot[None]) -> None:
        [line] = [line for line in text_of(pilot).splitlines() if "acme/answer" in line]
        assert line.count("unpriced") == 2
        assert "$" not in line

    watched(act)


def test_what_was_looked_at_is_said() -> None:
    assert looked_at(Prompts(2_000, is_all=False)) == "of the newest 2,000 calls in range"
    assert looked_at(Prompts(1, is_all=True)) == "of 1 call in range"
    assert "left no hashes" in nothing_broken(Prompts(4, unknown=4))
    assert nothing_broken(Prompts(4)) == "No prompt broke, and every write was read."


def test_reads_per_write_say_whether_they_pay_by_sign_too() -> None:
    assert standing_text(Cached((), A_WRITE, 0.28), INK).plain == "✓ read 9 times, pays from 0.28"
    assert standing_text(Cached((), A_WRITE, 0.28), INK, 14).plain == "✓ 9 ≥ 0.28"
    assert standing_text(Cached((), A_WRITE, 12.0), INK).plain == "✖ read 9 times, pays from 12"
    assert standing_text(Cached((), A_WRITE, None), INK).plain == "9 of ?"
    assert standing_text(Cached((), Totals(calls=1)), INK).plain == "no writes"


def test_without_any_prompts_the_screen_still_stands() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert "No prompt broke" in text_of(pilot)

    part = a_cache_part(a_snapshot())
    watched(act, replace(part, prompts=Prompts(9), trend=CachePart().trend), (80, 24))
