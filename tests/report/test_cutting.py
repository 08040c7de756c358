"""Names that end a table's line early are cut where they are alike."""

import pytest

from profiler.report.terminal import middle_cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("short", "short"),
        ("sess · pull-request-dd514d31", "sess · pull…st-dd514d31"),
        ("日本語日本語日本語日本語日本語", "日本語日本…日本語日本語"),
    ],
)
def test_what_is_too_long_loses_its_middle(text: str, cut: str) -> None:
    assert middle_cut(text, 23) == cut
