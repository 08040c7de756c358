"""Pages of the history as screens ask for them, and one call opened."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.analysis import history, opened
from profiler.analysis.results.snapshot import CallDetail, Elsewhere, Matched
from profiler.analysis.whatif import candidates
from profiler.config import Settings
from profiler.domain.calls import Basis, Call, Cost
from profiler.domain.places import place_of
from profiler.domain.scopes import EVERYTHING, Bound, Filter, Quantity
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
from profiler.pricing.file import packaged
from profiler.pricing.overrides import Alias, Override, Overrides
from profiler.pricing.price import Plan
from profiler.store import looking
from tests.support.stored import START_US, a_call, a_store

CARD = Card.load()
USAGE = Usage(input=9_000, cache_read=1_000, output=500)


def test_the_first_page_tells_how_many_there_are(tmp_path: Path) -> None:
    held = [a_call(START_US + n) for n in range(30)]
    with a_store(tmp_path / "p.db", held) as store:
        page = history.page(store, EVERYTHING, None, 10)
        assert page.matched == Matched(30, spend_pusd=30 * 450_000_000)
        assert (page.has_newer, page.has_older) == (False, True)
        later = history.page(store, EVERYTHING, page.calls[-1].cursor, 20)
        assert later.matched is None
        assert (later.has_newer, later.has_older) == (True, False)
        assert [*page.calls, *later.calls] == held[::-1]


def test_by_cost_a_page_goes_on_where_the_last_ended(tmp_path: Path) -> None:
    held = [a_call(START_US + n, cost=Cost(n % 7, Basis.MEASURED)) for n in range(30)]
    with a_store(tmp_path / "p.db", held) as store:
        first = history.page(store, EVERYTHING, None, 20, order="cost")
        place = place_of(first.calls[-1], by_cost=True)
        rest = history.page(store, EVERYTHING, place, 20, order="cost")
        costs = [call.cost.pusd for call in (*first.calls, *rest.calls)]
        assert costs == sorted((n % 7 for n in range(30)), reverse=True)
        assert not rest.has_older


def test_a_search_that_is_not_through_says_how_far_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOKED_AT", 10)
    held = [a_call(START_US + n, latency_us=9 if n == 5 else 1) for n in range(30)]
    slow = Filter(bounds=(Bound(Quantity.LATENCY, above=5),))
    with a_store(tmp_path / "p.db", held) as store:
        page = history.page(store, slow, None, 10)
        assert (page.calls, page.reached, page.has_older) == ((), held[20].cursor, True)
        assert page.matched == Matched(0, is_exact=False)
        page = history.page(store, slow, held[10].cursor, 10)
        assert page.calls == (held[5],)
        assert page.reached is None or page.reached == held[0].cursor


def opened_call(
    tmp_path: Path, provider: str, model: str, usage: Usage = USAGE, card: Card = CARD
) -> CallDetail:
    cost = card.cost(provider, (model,), usage, START_US)
    call = a_call(
        provider=provider, requested_model=model, model=model, answered=model, usage=usage,
        cost=cost,
    )  # fmt: skip
    with a_store(tmp_path / "p.db", [call]) as store:
        return opened.opened(store, card, Settings(tmp_path, ZoneInfo("UTC")), call.id, START_US)


def test_price_lines_add_up_to_the_cost(tmp_path: Path) -> None:
    detail = opened_call(tmp_path, "openai", "gpt-5-mini")
    assert len(detail.lines) == 3
    assert sum(line.pusd for line in detail.lines) == detail.call.cost.pusd


@pytest.mark.parametrize(
    ("fresh", "read", "all_read_pusd"),
    [
        # 3,575 tokens at $0.30/M and 383 at $15/M
        (21, 0, 3_575 * 300_000 + 383 * 15_000_000),
        (21, 1_000, 4_575 * 300_000 + 383 * 15_000_000),
    ],
)
def test_had_all_of_a_prompt_been_cached_its_writes_would_have_been_reads(
    tmp_path: Path, fresh: int, read: int, all_read_pusd: int
) -> None:
    usage = Usage(input=fresh, cache_read=read, cache_write_5m=3_554, output=383)
    detail = opened_call(tmp_path, "anthropic", "claude-sonnet-4-5", usage)
    paid = 21 * 3_000_000 + read * 300_000 + 3_554 * 3_750_000 + 383 * 15_000_000
    assert detail.call.cost.pusd == paid
    assert detail.all_cached_pusd == all_read_pusd


def test_without_a_rate_for_cache_reads_nobody_says_what_they_would_cost(tmp_path: Path) -> None:
    usage = Usage(input=9_000, output=500)
    assert opened_call(tmp_path, "openai", "gpt-3.5-turbo", usage).all_cached_pusd is None
    assert opened_call(tmp_path, "acme", "in-house", usage).all_cached_pusd is None


def test_other_models_are_of_the_same_kind_and_priced_by_the_card(tmp_path: Path) -> None:
    detail = opened_call(tmp_path, "openai", "gpt-5")
    assert detail.elsewhere
    assert sum(one.provider == "openai" for one in detail.elsewhere) >= opened.OTHERS
    for one in detail.elsewhere:
        assert "embed" not in one.model
        assert one.model != "gpt-5"
        assert one.pusd == CARD.cost(one.provider, (one.model,), USAGE, START_US).pusd
    assert [one.pusd for one in detail.elsewhere] == sorted(one.pusd for one in detail.elsewhere)


def test_embeddings_are_compared_with_embeddings(tmp_path: Path) -> None:
    usage = replace(USAGE, cache_read=0, output=0)
    detail = opened_call(tmp_path, "openai", "text-embedding-3-small", usage)
    assert all("embed" in one.model for one in detail.elsewhere)


def test_what_is_unpriced_is_compared_with_nothing(tmp_path: Path) -> None:
    assert opened_call(tmp_path, "acme", "in-house").elsewhere == ()


def by_looking_at_all(call: Call, card: Card) -> tuple[Elsewhere, ...]:
    """What `CallDetail.elsewhere` is, from the costs of all models there are."""
    kind = {word for word in OTHER_WORK if word in call.model}
    itself, found = card.find(call.provider, call.answered), []
    assert itself is not None
    meant = candidates(card, (f"{itself.provider}/{itself.model}",))
    for one in card.models():
        words = {word for word in OTHER_WORK if word in one.model.lower()}
        fits = one.context_window is None or one.context_window >= call.usage.total
        pusd = card.cost(one.provider, (one.model,), call.usage, START_US).pusd
        is_meant = f"{one.provider}/{one.model}" in meant
        if pusd and fits and words == kind and is_meant and one != itself:
            found.append(Elsewhere(one.provider, one.model, pusd))
    found.sort(key=lambda one: (one.pusd, one.provider, one.model))
    return tuple(found[: opened.OTHERS])


OTHER_WORK = ["audio", "embed", "guard", "image", "live", "moderation", "ocr", "realtime"]
OTHER_WORK += ["rerank", "search", "transcribe", "tts", "whisper"]
OWN_RATES = Overrides(
    rates=(
        Override("openai", "gpt-4.1*", {"input_mtok": "0.0001", "output_mtok": "0.0001"}),
        Override("anthropic", "claude-opus-4-1", {"output_mtok": "0.01"}, start="2024-01-01"),
        Override("google", "gemini-2.5-pro", {"input_mtok": "0.001"}, tier="flex"),
    ),
    aliases=(Alias("gpt-5-nano", "openai", "gpt-5-pro"),),
    plans={"openrouter": "free"},
)
USAGES = (
    USAGE,
    Usage(input=300_000, cache_write_5m=70_000, cache_write_1h=4, output=9_000, reasoning=8_000),
    Usage(input=1, output=0),
    Usage(input=900, output=80, more={"input_audio_tokens": 700, "output_audio_tokens": 80}),
    Usage(input=900, output=80, more={"audio_seconds": 3, "web_searches": 2}),
)


@pytest.mark.parametrize("card", [CARD, Card(*packaged(), OWN_RATES)], ids=["listed", "own"])
@pytest.mark.parametrize("usage", USAGES)
def test_nothing_cheaper_is_overlooked(tmp_path: Path, usage: Usage, card: Card) -> None:
    named = (
        "openai/gpt-5 anthropic/claude-sonnet-4-5 google/gemini-2.5-pro deepseek/deepseek-chat "
        "openai/gpt-4o-audio-preview openai/text-embedding-3-small aws/amazon.nova-pro-v1:0"
    )
    compared = set()
    for name in named.split():
        provider, model = name.split("/")
        detail = opened_call(tmp_path / model, provider, model, usage, card)
        if detail.call.cost.pusd is not None:
            compared.add(model)
            assert detail.elsewhere == by_looking_at_all(detail.call, card), name
    assert len(compared) >= 4


def test_rates_are_got_ready_for_the_few_cheapest_alone(tmp_path: Path) -> None:
    card, made = Card.load(), Counter[object]()
    sys.setprofile(lambda frame, event, _: made.update([frame.f_code] if event == "call" else []))
    try:
        opened_call(tmp_path, "openai", "gpt-5-mini", card=card)
    finally:
        sys.setprofile(None)
    assert 0 < made[Plan.__init__.__code__] < 60 < len(list(card.models()))
