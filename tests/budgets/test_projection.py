from hypothesis import given, strategies as st

from profiler.budgets.standings import projected
from profiler.domain.periods import EVER, Span

DAY = Span(0, 86_400_000_000)


def test_a_pace_goes_on_to_the_end_of_the_window() -> None:
    assert projected(500, DAY, 43_200_000_000) == 1_000


def test_a_window_hardly_begun_has_no_pace() -> None:
    assert projected(500, DAY, 863_999_999) is None
    assert projected(500, DAY, 864_000_000) == 50_000


def test_a_total_has_no_end_to_project_to() -> None:
    assert projected(500, EVER, 43_200_000_000) is None


@given(st.integers(0, 10**18), st.integers(864_000_000, 86_400_000_000))
def test_a_projection_is_never_below_what_was_spent(spent: int, now_us: int) -> None:
    found = projected(spent, DAY, now_us)
    assert found is not None
    assert found >= spent
