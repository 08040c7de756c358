"""Models by their name alone, and which of a maker's are current."""

from profiler.pricing.makers import current, maker_place

NAMES = (
    "claude-2", "claude-3-5-haiku-latest", "claude-haiku-4-5", "claude-haiku-5-5",
    "claude-opus-4-0", "claude-opus-4-10", "gpt-4o-mini", "gpt-5.1", "gpt-5-0809", "gpt-audio-6",
    "llama-3.3-70b-versatile", "llama-4-70b-versatile", "whisper-1",
)  # fmt: skip


def test_the_newest_of_each_family_is_current() -> None:
    assert list(current(NAMES, ["claude-haiku-4-5"])) == ["claude-haiku-5-5", "claude-opus-4-10"]
    assert list(current(NAMES, ["llama-3.1-8b-instant"])) == ["llama-4-70b-versatile"]


def test_dates_are_no_versions_and_other_trades_are_not_meant() -> None:
    assert list(current(NAMES, ["gpt-4"])) == ["gpt-4o-mini", "gpt-5.1"]


def test_of_who_sells_a_model_its_maker_is_first() -> None:
    names = ["github-copilot/gpt-5-mini", "azure/gpt-5-mini", "openai/gpt-5-mini"]
    assert min(names, key=maker_place) == "openai/gpt-5-mini"
