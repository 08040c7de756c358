"""What a model is expected to answer with: what 95 of 100 of its calls did."""

from pathlib import Path

from profiler.ledger.expected import learn, output_of
from tests.support.ledgers import a_ledger


def expected(tmp_path: Path, answers: dict[int, int]) -> int | None:
    """After so many calls that answered with so many tokens each."""
    with a_ledger(tmp_path / "ledger.db").writing() as (connection, _, _now_us):
        for tokens, calls in answers.items():
            for _ in range(calls):
                learn(connection, "gpt-5", tokens)
        assert output_of(connection, "gpt-5-mini") is None
        return output_of(connection, "gpt-5")


def test_nothing_is_expected_before_twenty_calls_were_seen(tmp_path: Path) -> None:
    assert expected(tmp_path, {100: 19}) is None
    assert expected(tmp_path, {100: 1}) is not None


def test_five_calls_of_a_hundred_may_answer_with_more(tmp_path: Path) -> None:
    found = expected(tmp_path, {100: 95, 10_000: 5})
    assert found is not None
    assert 100 <= found < 120
    more = expected(tmp_path, {10_000: 1})
    assert more is not None
    assert 10_000 <= more < 12_000
