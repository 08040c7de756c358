"""The card of one call: what is known is on it, what is not takes no room."""

from dataclasses import replace

import pytest
from rich.text import Text

from profiler.domain.calls import Band, Basis, Call, Cost
from profiler.tui.looks.theme import DARK, FALLBACK, palette
from profiler.tui.widgets.call_card import MAX_CALLERS, card
from profiler.tui.widgets.pairs import folded
from tests.support.snapshots import ZONE, a_call, a_detail

FRAMES = tuple(f"app/{name}.py:{line} {name}" for line, name in enumerate(["main", "serve", "ask"]))


def drawn(call: Call, width: int = 80) -> list[str]:
    ink = palette({**DARK.to_color_system().generate(), **FALLBACK})
    lines: list[Text] = card(a_detail(call), ZONE, width, ink)
    return [line.plain.rstrip() for line in lines]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {
                "attempts": 3,
                "failures": ("rate_limit", "server_error"),
                "retry_wait_us": 1_200_000,
            },
            "  attempts   3, after rate_limit, server_error; 1.2 s of waiting",
        ),
        ({"tools_called": ("search", "search", "read")}, "  called     search ×2, read"),
        ({"tools_offered": ("search", "read")}, "  offered    search, read"),
        ({"user_tier": "pro"}, "  user tier  pro"),
        ({"environment": "staging"}, "  env        staging"),
        ({"prompt_version": "v7"}, "  prompt     v7"),
        ({"trace": "ab" * 16}, f"  trace      {'ab' * 16}"),
        ({"parent": "cd" * 8}, f"  span       {'cd' * 8}"),
        ({"site": FRAMES[-1], "stack": FRAMES}, "  called by  app/serve.py:1 serve"),
    ],
)
def test_the_card_shows_what_is_known(changes: dict[str, object], line: str) -> None:
    assert line in drawn(replace(a_call(), **changes))  # type: ignore[arg-type]  # fields by name
    assert line not in drawn(a_call())


def test_callers_stand_under_the_site_nearest_first() -> None:
    lines = drawn(a_call(site=FRAMES[-1], stack=FRAMES))
    at = lines.index("  call site  app/ask.py:2 ask")
    assert [line[13:] for line in lines[at + 1 : at + 3]] == [FRAMES[1], FRAMES[0]]


def test_of_a_deep_stack_the_nearest_frames_are_shown() -> None:
    stack = tuple(f"deep.py:{line} deep" for line in range(32))
    lines = [line for line in drawn(a_call(site=stack[-1], stack=stack)) if "called by" in line]
    assert len(lines) == MAX_CALLERS + 1
    assert "deep.py:30 deep" in lines[0]
    assert f"{31 - MAX_CALLERS} more" in lines[-1]


def test_the_cost_the_provider_named_stands_beside_ours() -> None:
    call = a_call()
    told = replace(call, cost=replace(call.cost, reported_pusd=12_340_000_000))
    (line,) = [line for line in drawn(told) if "said by provider" in line]
    assert line.endswith("0.01234")


def test_an_estimate_shows_how_far_off_it_may_be_and_what_it_was_learned_from() -> None:
    cost = Cost(12_300_000_000, Basis.ESTIMATED, "r", band=Band(900, 1_150, 50))
    lines = drawn(replace(a_call(), cost=cost))
    (total,) = [line for line in lines if line.startswith("  total")]
    assert total.endswith("≈ $0.0123")
    assert "  $0.0111 to $0.0141 in 8 of 10 such calls" in lines
    assert "  learned from 50 calls of this model" in lines
    unlearned = replace(cost, band=Band(900, 1_150, 0))
    assert any("default ratios" in line for line in drawn(replace(a_call(), cost=unlearned)))
    (total,) = [line for line in drawn(a_call()) if line.startswith("  total")]
    assert "≈" not in total


def test_counts_rates_and_amounts_stand_under_each_other() -> None:
    lines = [line for line in drawn(a_call()) if " × " in line or "  total" in line]
    assert len(lines) >= 3
    assert len({line.index("×") for line in lines[:-1]}) == 1
    assert len({line.index("/M =") for line in lines[:-1]}) == 1
    assert len({line.rindex(".") for line in lines}) == 1


@pytest.mark.parametrize("width", [34, 38, 41, 60])
def test_no_amount_of_a_narrow_card_is_cut(width: int) -> None:
    wide, narrow = drawn(a_call()), drawn(a_call(), width)
    for side in (0, 1):
        told = [line.split("×")[side].split()[-1] for line in wide if "×" in line]
        assert told == [line.split("×")[side].split()[-1] for line in narrow if "×" in line]
    assert not [line for line in narrow if "×" in line and "…" in line]


def test_a_tag_that_says_what_a_label_does_is_told_once() -> None:
    call = replace(a_call(), environment="staging", tags={"env": "staging", "team": "a"})
    lines = drawn(call)
    assert lines.count("  env        staging") == 1
    assert "  team       a" in lines


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", [""]),
        ("What does it say", ["What does", "it say"]),
        ("    def f():", ["    def f():"]),
        ("名前が長い文字列です", ["名前が長い", "文字列です"]),
        ("no supercalifragilistic", ["no", "supercalif", "ragilistic"]),
        ("  indented words", ["  indented", "words"]),
    ],
)
def test_what_was_said_is_folded_between_words(line: str, told: list[str]) -> None:
    assert folded(line, 12 if line.startswith("    ") else 10) == told


def test_a_perfect_cache_is_told_by_what_is_assumed() -> None:
    detail = replace(a_detail(a_call(1)), all_cached_pusd=6_817_500_000)
    ink = palette({**DARK.to_color_system().generate(), **FALLBACK})
    for width in (36, 80):
        lines = [line.plain for line in card(detail, ZONE, width, ink)]
        told = next(line for line in lines if "prompt all cached" in line)
        assert "$0.00682" in told
