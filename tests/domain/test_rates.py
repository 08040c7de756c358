"""A rate's name, read back."""

import pytest

from profiler.domain.rates import RateName, rate_name


@pytest.mark.parametrize(
    ("identity", "parts"),
    [
        ("genai-prices@0.2.3 openai/gpt-5.1", ("0.2.3", "openai/gpt-5.1", (), ())),
        (
            "genai-prices@0.2.3 openai/gpt-5.1 flex from 2026-10-12",
            ("0.2.3", "openai/gpt-5.1", ("flex",), ("from 2026-10-12",)),
        ),
        (
            "genai-prices@0.2.3+override@1a2b3c4d deepseek/v4 daily 01:00:00-04:00:00",
            ("0.2.3+override@1a2b3c4d", "deepseek/v4", (), ("daily 01:00:00-04:00:00",)),
        ),
        (
            "genai-prices@0.2.3 p/org/m from 2026-01-01 batch from 2026-02-02",
            ("0.2.3", "p/org/m", ("batch",), ("from 2026-01-01", "from 2026-02-02")),
        ),
    ],
)
def test_a_name_says_source_version_model_and_context(
    identity: str, parts: tuple[str, str, tuple[str, ...], tuple[str, ...]]
) -> None:
    assert rate_name(identity) == RateName("genai-prices", *parts)


@pytest.mark.parametrize(
    "identity",
    ["", "free: runs on your own machine", "reported by openrouter", "free: a@b says so"],
)
def test_what_rests_on_no_listed_rate_has_no_such_name(identity: str) -> None:
    assert rate_name(identity) is None
