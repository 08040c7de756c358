"""The command that allows more of a budget, so that it runs as it is printed."""

import shlex

from profiler.domain.budgets import Limit, Measure
from profiler.domain.money import usd

_SHARE = 10
"""A tenth of the limit is proposed, beyond what is lacking."""


def more_of(name: str, value: str, limit: Limit, lacking: int = 0) -> str:
    """`profiler budget override team 5 --reason WHY`, for one value alone where one is given."""
    amount = _rounded_up(max(0, lacking) + max(1, limit.amount // _SHARE))
    if limit.measure is Measure.COST:
        said = f"{usd(amount):f}".rstrip("0").rstrip(".")
    else:
        said = f"{amount} {limit.measure.value}"
    whose = f" --value {shlex.quote(value)}" if value else ""
    return f"profiler budget override {shlex.quote(name)} {shlex.quote(said)}{whose} --reason WHY"


def _rounded_up(amount: int) -> int:
    step = int(10 ** (len(str(amount)) - 1))
    return -(-amount // step) * step
