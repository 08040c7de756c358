from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from profiler.analysis.whatif import EMBEDDINGS, NO_RATE, UNPRICED, ranked, targets, whatif
from profiler.domain.calls import Basis, Call, Cost
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
from profiler.store import reads
from tests.support.stored import START_US, a_call, a_store

CARD = Card.load()
NOW_US = START_US + 10**12
HAIKU = "anthropic/claude-haiku-4-5"


def priced(number: int, model: str = "gpt-5-mini", provider: str = "openai", **counts: int) -> Call:
    usage = replace(Usage(1_000 + number, output=100), **counts)  # type: ignore[arg-type]
    cost = CARD.cost(provider, [model], usage, NOW_US)
    call = a_call(START_US + number, number, usage=usage, cost=cost)
    return replace(call, provider=provider, model=model, requested_model=model)


def test_a_model_repriced_on_itself_costs_what_it_cost(tmp_path: Path) -> None:
    calls = [priced(number, cache_read=number * 7, reasoning=number) for number in range(50)]
    with a_store(tmp_path / "p.db", calls) as store:
        found = whatif(store, CARD, "openai/gpt-5-mini", EVERYTHING, NOW_US)
    spend = sum(call.cost.pusd or 0 for call in calls)
    assert (found.total.calls, found.total.spend_pusd) == (50, spend)
    assert (found.total.low_pusd, found.total.high_pusd) == (spend, spend)
    assert found.is_exact


@pytest.mark.parametrize("one_by_one", [0, 2_000])
def test_sums_cost_on_another_model_what_its_calls_would(tmp_path: Path, one_by_one: int) -> None:
    calls = [priced(number, cache_read=number * 7) for number in range(50)]
    each = [CARD.cost("anthropic", ["claude-haiku-4-5"], call.usage, NOW_US) for call in calls]
    with a_store(tmp_path / "p.db", calls) as store:
        found = whatif(store, CARD, HAIKU, EVERYTHING, NOW_US, one_by_one=one_by_one)
    assert found.target == HAIKU
    assert found.total.low_pusd == found.total.high_pusd == sum(cost.pusd or 0 for cost in each)


def test_few_calls_are_repriced_one_by_one(tmp_path: Path) -> None:
    calls = [priced(1, input=150_000, output=9), priced(3, input=300_000, output=9)]
    each = [CARD.cost("google", ["gemini-2.5-pro"], call.usage, NOW_US).pusd or 0 for call in calls]
    with a_store(tmp_path / "p.db", calls) as store:
        found = whatif(store, CARD, "google/gemini-2.5-pro", EVERYTHING, NOW_US)
    assert found.is_exact
    assert found.total.low_pusd == found.total.high_pusd == sum(each)


def test_rates_by_length_and_by_lifetime_make_bounds(
    tmp_path: Path,
) -> None:
    long = priced(1, input=150_000, output=9)
    calls = [long, priced(2, input=150_000, output=9), priced(3, input=300_000, output=9)]
    each = [CARD.cost("google", ["gemini-2.5-pro"], call.usage, NOW_US).pusd or 0 for call in calls]
    with a_store(tmp_path / "p.db", calls) as store:
        found = whatif(store, CARD, "google/gemini-2.5-pro", EVERYTHING, NOW_US, one_by_one=0)
    assert found.bounded_by == ("tiers",)
    assert found.total.low_pusd < sum(each) < found.total.high_pusd
    written = priced(1, "claude-sonnet-4-5", "anthropic", cache_write_1h=5_000)
    cost = CARD.cost("anthropic", ["claude-haiku-4-5"], written.usage, NOW_US).pusd or 0
    with a_store(tmp_path / "w.db", [written]) as store:
        found = whatif(store, CARD, HAIKU, EVERYTHING, NOW_US, one_by_one=0)
    assert found.bounded_by == ("lifetimes",)
    assert found.total.low_pusd < cost == found.total.high_pusd


def test_what_cannot_be_repriced_is_counted_apart(tmp_path: Path) -> None:
    unknown = a_call(START_US + 5, 5, usage=Usage(9, output=9), cost=Cost(None, Basis.NO_RATE))
    embedding = priced(6, "text-embedding-3-small", output=0)
    with a_store(tmp_path / "p.db", [priced(1), unknown, embedding]) as store:
        found = whatif(store, CARD, HAIKU, EVERYTHING, NOW_US)
        nowhere = whatif(store, CARD, "acme/none-such", EVERYTHING, NOW_US)
    assert found.total.calls == 1
    assert {one.why: one.calls for one in found.left_out} == {UNPRICED: 1, EMBEDDINGS: 1}
    assert (nowhere.rate, nowhere.rows, nowhere.total.calls) == ("", (), 0)
    assert {one.why: one.calls for one in nowhere.left_out} == {UNPRICED: 1, NO_RATE: 2}


def test_only_what_is_filtered_is_repriced(tmp_path: Path) -> None:
    calls = [priced(1), priced(2, "gpt-5")]
    wanted = Filter(matches=(Match(Dimension.MODEL, "gpt-5"),))
    with a_store(tmp_path / "p.db", calls) as store:
        found = whatif(store, CARD, HAIKU, wanted, NOW_US)
    assert [(row.model, row.calls) for row in found.rows] == [("gpt-5", 1)]


def test_every_target_has_a_rate() -> None:
    names = targets(CARD)
    assert HAIKU in names
    assert len(names) == len(set(names)) > 500


@pytest.mark.parametrize("one_by_one", [0, 2_000])
def test_the_models_in_use_and_the_current_of_their_makers_are_ranked(
    tmp_path: Path, one_by_one: int
) -> None:
    calls = [priced(1), priced(2, "gpt-5"), priced(3, "claude-sonnet-4-5", "anthropic")]
    with a_store(tmp_path / "p.db", calls) as store:
        found = ranked(store, CARD, EVERYTHING, NOW_US, one_by_one=one_by_one)
        [alone] = [one for one in found if one.target == "openai/gpt-5-mini"]
        whole = whatif(store, CARD, "gpt-5-mini", EVERYTHING, NOW_US, one_by_one=one_by_one)
    costs = [one.total.low_pusd for one in found]
    assert costs == sorted(costs)
    assert len(found) == 12
    assert {one.target for one in found if one.is_used} == {
        "openai/gpt-5-mini", "openai/gpt-5", "anthropic/claude-sonnet-4-5"
    }  # fmt: skip
    assert {one.target.partition("/")[0] for one in found} == {"openai", "anthropic"}
    assert replace(alone, is_used=False) == whole


def test_however_many_are_ranked_the_calls_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_made: list[str] = []
    for name in ("usages", "grouped"):
        own = getattr(reads, name)

        def read(*given: object, name: str = name, own: Callable[..., object] = own) -> object:
            reads_made.append(name)
            return own(*given)

        monkeypatch.setattr(reads, name, read)
    with a_store(tmp_path / "p.db", [priced(1), priced(2, "gpt-5")]) as store:
        assert len(ranked(store, CARD, EVERYTHING, NOW_US)) > 5
    assert sorted(reads_made) == ["grouped", "usages"]


def test_calls_that_only_read_are_ranked_among_models_that_read(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db", [priced(1, "text-embedding-3-small", output=0)]) as store:
        found = ranked(store, CARD, EVERYTHING, NOW_US)
        nothing = ranked(store, CARD, Filter(is_priced=False), NOW_US)
    assert "openai/text-embedding-3-small" in [one.target for one in found]
    assert "embedding" in found[-1].target
    assert nothing == ()
