"""What a call may use at most, as its body tells."""

import decimal
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import pytest

from profiler.domain.usage import Usage
from profiler.ledger import guard as guards
from profiler.ledger.bounds import Bounds, bounds_of
from profiler.ledger.guard import Guard, Sought
from profiler.pricing.card import Card
from profiler.pricing.context import price_context
from tests.support.events import START_US
from tests.support.ledgers import a_budget, a_ledger

WINDOW = 400_000


class Role(Enum):
    USER = "user"


def bounds(**body: object) -> Bounds:
    given = {"model": "gpt-5", "messages": [{"role": "user", "content": "hello"}], **body}
    return bounds_of(given, "chat", WINDOW)


@pytest.mark.parametrize("most", [-1, -5_000_000, 0, True, "100", None, float("nan"), float("inf")])
def test_what_is_no_maximum_does_not_bound_the_output(most: object) -> None:
    assert bounds(max_tokens=most).output_tokens == WINDOW


def test_a_maximum_that_is_no_whole_number_is_rounded_up() -> None:
    assert bounds(max_tokens=10.5).output_tokens == 11


@pytest.mark.parametrize(("choices", "times"), [(3, 3), (2.0, 2), (-10_000, 1), (0, 1), (True, 1)])
def test_each_choice_may_be_as_long_as_the_maximum(choices: object, times: int) -> None:
    assert bounds(max_tokens=100, n=choices).output_tokens == 100 * times


@pytest.mark.parametrize(
    "asked",
    [
        {"web_search_options": {}},
        {"search_parameters": {"mode": "auto"}},
        {"plugins": [{"id": "web"}]},
        {"mcp_servers": [{"url": "https://tools.example"}]},
        {"prompt": {"id": "pmpt_1"}},
        {"models": ["gpt-5-pro"]},
        {"tools": [{"type": "web_search"}]},
        {"model": "sonar-deep-research"},
        {"model": "gpt-4o-search-preview"},
        {"model": "openai/gpt-5:online"},
    ],
    ids=str,
)
def test_what_is_billed_beside_tokens_has_no_bounds(asked: Mapping[str, object]) -> None:
    found = bounds(max_tokens=100, **asked)
    assert found.input_tokens is found.output_tokens is None
    assert found.why


def test_a_prompt_is_no_more_tokens_than_bytes_and_what_is_put_around_it() -> None:
    empty, full = (bounds(messages=[{"role": "user", "content": "x" * n}]) for n in (0, 1_000))
    assert (empty.input_tokens or 0) >= 64 + len("model gpt-5 messages role user content")
    assert (full.input_tokens or 0) == (empty.input_tokens or 0) + 1_000


@pytest.mark.parametrize(
    "part",
    [
        {"type": "item_reference", "id": "msg_1"},
        {"type": "container_upload", "file_id": "file_1"},
        {"type": "video_url", "video_url": {"url": "https://films.example/1"}},
        {"type": "image_url", "image_url": {"url": "https://pictures.example/1"}},
        object(),
        b"\x89PNG",
        decimal.Decimal(1),
    ],
    # an object's own words hold its address, which is another in each worker
    ids=lambda part: part["type"] if isinstance(part, dict) else type(part).__name__,
)
def test_what_is_more_than_its_text_may_fill_the_window(part: object) -> None:
    found = bounds(max_tokens=100, messages=[{"role": "user", "content": [part]}])
    assert found.input_tokens == WINDOW
    assert found.has_media


def test_text_is_bounded_by_its_bytes() -> None:
    found = bounds(max_tokens=100, messages=[{"role": Role.USER, "content": "é" * 1_000}])
    assert found.input_tokens is not None
    assert 2_000 < found.input_tokens < 10_000
    assert not found.has_media


def test_tools_come_with_instructions_for_their_use() -> None:
    plain, tool = bounds(max_tokens=100), {"name": "look", "input_schema": {}}
    with_tools = bounds(max_tokens=100, tools=[tool])
    assert plain.input_tokens is not None
    assert with_tools.input_tokens is not None
    assert with_tools.input_tokens > plain.input_tokens + 800


@pytest.mark.parametrize(
    ("model", "part", "kinds"),
    [
        ("gemini-2.5-flash-image", {"text": "draw"}, {"output_image_tokens": 100}),
        ("gemini-2.5-flash", {"inlineData": {"data": "UklGRg"}}, {"input_audio_tokens": 10_000}),
    ],
)
def test_sound_and_pictures_are_held_for_at_their_own_rates(
    tmp_path: Path, model: str, part: object, kinds: Mapping[str, int]
) -> None:
    card = Card.load()
    guard = Guard(a_ledger(tmp_path / "ledger.db", a_budget()), card, price_context)
    body = {"contents": [{"parts": [part]}], "generationConfig": {"maxOutputTokens": 100}}
    sought = Sought("1", START_US, "google", model, "generate_content", body, {}, {})
    most = guard.bids(sought)(model).most.cost_pusd
    billed = Usage(input=kinds.get("input_audio_tokens", 0), output=100, more=kinds)
    cost = card.cost("google", (model,), billed, START_US).pusd
    assert most is not None
    assert cost is not None
    assert most >= cost > 0
    guard.ledger.close()


def test_a_wider_context_that_is_asked_for_is_bounded_by_bytes() -> None:
    long = {"max_tokens": 100, "messages": [{"role": "user", "content": "x" * 600_000}]}
    usual, wider = (bounds_of(long, "chat", 200_000, one) for one in (0, 1_000_000))
    assert usual.input_tokens == 200_000
    assert wider.input_tokens is not None
    assert wider.input_tokens > 600_000
    seen = {"max_tokens": 100, "messages": [{"content": [{"type": "image", "source": {}}]}]}
    assert bounds_of(seen, "chat", 200_000, 1_000_000).input_tokens == 1_000_000


def test_a_model_named_alone_is_asked_for_where_faces_ask(tmp_path: Path) -> None:
    guard = Guard(a_ledger(tmp_path / "ledger.db", a_budget()), Card.load(), price_context)
    assert guard.biller("grok-4") == "x-ai"
    assert guard.biller("nobody-has-it") == ""


def test_what_is_known_of_models_stays_bounded_however_many_are_named(tmp_path: Path) -> None:
    guard = Guard(a_ledger(tmp_path / "ledger.db", a_budget()), Card.load(), price_context)
    assert guard.window("openai", "gpt-5")
    for number in range(guards._MOST_KNOWN + 1):
        guard.window("acme", f"model-{number}")
        guard._dear_kinds(Sought("1", 0, "acme", f"model-{number}", "chat", {}, {}, {}))
        assert len(guard._windows) <= guards._MOST_KNOWN >= len(guard._kinds)
    assert len(guard._windows) < 10 > len(guard._kinds)
    assert guard.window("openai", "gpt-5")
