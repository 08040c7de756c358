"""Pages of the history as screens ask for them, and one call opened."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.analysis import history, opened
from profiler.analysis.results import CallDetail, Matched
from profiler.config import Settings
from profiler.domain.calls import Basis, Cost
from profiler.domain.places import place_of
from profiler.domain.scopes import EVERYTHING, Bound, Filter, Quantity
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
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


def opened_call(tmp_path: Path, provider: str, model: str, usage: Usage = USAGE) -> CallDetail:
    cost = CARD.cost(provider, (model,), usage, START_US)
    call = a_call(
        provider=provider, requested_model=model, model=model, answered=model, usage=usage,
        cost=cost,
    )  # fmt: skip
    with a_store(tmp_path / "p.db", [call]) as store:
        return opened.opened(store, CARD, Settings(tmp_path, ZoneInfo("UTC")), call.id, START_US)


def test_price_lines_add_up_to_the_cost(tmp_path: Path) -> None:
    detail = opened_call(tmp_path, "openai", "gpt-5-mini")
    assert len(detail.lines) == 3
    assert sum(line.pusd for line in detail.lines) == detail.call.cost.pusd


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
