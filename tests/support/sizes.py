"""How much of a long test runs: `STRESS=full` is the size the project promises."""

import os

from hypothesis import settings

IS_FULL = os.environ.get("STRESS") == "full"


def sized(quick: int, full: int) -> int:
    """`full` where somebody asked for it; else `quick`, which takes seconds."""
    return full if IS_FULL else quick


OFTEN = settings(max_examples=sized(100, 500))
"""For what is quick to try: money, and what is read from text."""
