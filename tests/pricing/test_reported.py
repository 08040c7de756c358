"""What a provider says a call cost, beside what it costs by the rates or instead of it."""

from pathlib import Path

import msgspec
import pytest

from profiler.config import read_settings
from profiler.domain.calls import Basis, Cost
from profiler.domain.scopes import EVERYTHING
from profiler.ingest.priced import call_of
from profiler.log.event import Event
from profiler.pricing.installed import card_in
from profiler.workspace import Workspace
from tests.support.events import a_segment, an_event

ROUTED: dict[str, object] = {
    "provider": "openrouter",
    "model": "openai/gpt-5.1",
    "answered": None,
    "usage": {"input": 1_000, "output": 100},
    "reported_pusd": 2_137_500_000,
}
BY_RATES_PUSD = 1_000 * 1_250_000 + 100 * 10_000_000


def cost(home: Path, **fields: object) -> Cost:
    event = msgspec.convert({"v": 1, **an_event(**{**ROUTED, **fields})}, Event)
    return call_of(event, card_in(home)).cost


def choose(home: Path, word: str) -> None:
    (home / "profiler.toml").write_text(f'[pricing]\nreported = "{word}"\n')


@pytest.mark.parametrize("word", ["", "beside"])
def test_a_reported_cost_stands_beside_ours(tmp_path: Path, word: str) -> None:
    if word:
        choose(tmp_path, word)
    found = cost(tmp_path)
    assert (found.pusd, found.reported_pusd) == (BY_RATES_PUSD, 2_137_500_000)
    assert found.basis is Basis.MEASURED


def test_a_reported_cost_wins_where_the_user_says_so(tmp_path: Path) -> None:
    choose(tmp_path, "wins")
    found = cost(tmp_path)
    assert (found.pusd, found.reported_pusd) == (2_137_500_000, 2_137_500_000)
    assert (found.basis, found.rate) == (Basis.DERIVED, "reported by openrouter")
    assert cost(tmp_path, reported_pusd=None).pusd == BY_RATES_PUSD


def test_a_reported_cost_is_the_cost_of_a_model_without_rates(tmp_path: Path) -> None:
    found = cost(tmp_path, model="nobody/nothing")
    assert (found.pusd, found.basis) == (2_137_500_000, Basis.DERIVED)


def test_loading_a_log_honours_the_users_word(tmp_path: Path) -> None:
    choose(tmp_path, "wins")
    settings = read_settings(tmp_path)
    a_segment(settings.log_folder, [an_event(**ROUTED)])
    with Workspace.open(settings) as workspace:
        workspace.drain()
        (call,) = workspace.each(EVERYTHING)
    assert call.cost.pusd == 2_137_500_000
