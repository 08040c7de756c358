"""Commands that are advised, so that they run as they are printed."""

import shlex

from profiler.domain.budgets import Limit, Measure
from profiler.domain.money import usd

_SHARE = 10
"""A tenth of the limit is proposed, beyond what is lacking."""


def more_of(
    name: str, value: str, limit: Limit, lacking: int = 0, *, alert: int | None = None
) -> str:
    """`profiler budget override team 5 --reason WHY`, for one value alone where one is given.

    Where the value cannot be written, the number of an `alert` of it stands for it.
    """
    amount = _rounded_up(max(0, lacking) + max(1, limit.amount // _SHARE))
    if limit.measure is Measure.COST:
        said = f"{usd(amount):f}".rstrip("0").rstrip(".")
    else:
        said = f"{amount} {limit.measure.value}"
    whose = ""
    if value:
        whose = f"--value {shlex.quote(value)} " if alert is None else f"--alert {alert} "
    return about("override", name, shlex.quote(said), f"{whose}--reason WHY")


def about(command: str, name: str, said: str = "", options: str = "") -> str:
    """`profiler budget COMMAND NAME`: a name that looks like an option stands behind `--`."""
    named = (shlex.quote(name), said)
    words = (options, "--", *named) if name.startswith("-") else (*named, options)
    return " ".join(word for word in ("profiler budget", command, *words) if word)


def _rounded_up(amount: int) -> int:
    step = int(10 ** (len(str(amount)) - 1))
    return -(-amount // step) * step
