"""A budget in force, as every process that goes by it keeps it."""

from profiler.domain.budgets import Budget, Limit, Mode
from profiler.domain.periods import Period


class Defined:
    """A budget in force, with what every call asks of it worked out once."""

    __slots__ = (
        "blocks_at",
        "budget",
        "can_block",
        "id",
        "is_strict",
        "is_unbooked",
        "limits",
        "named",
        "rules",
        "source",
        "usual",
        "warns_from",
    )

    def __init__(self, id_: int, source: str, budget: Budget, *, is_unbooked: bool = False) -> None:
        self.id = id_
        self.source = source
        """`command`, or the path of the file that defines it."""
        self.budget = budget
        self.named = (source, budget.name)
        """How the audit trail names it."""
        self.limits = budget.limits
        self.is_unbooked = is_unbooked and budget.period is not Period.CALL
        """Whether calls were made before it that nobody has counted for it yet."""
        self.blocks_at = budget.blocks_at
        self.can_block = budget.can_block
        self.is_strict = budget.can_block and budget.mode is Mode.STRICT
        """Whether the most that a call can use is held, not what it is expected to."""
        self.usual = tuple(Limit(m, max(1, budget.unreserved(n))) for m, n in budget.limits)
        """The limits while no override adds to them."""
        self.warns_from = min([100, *(t.percent for t in budget.thresholds)])
        """The least share of a limit, in percent, at which there is anything to tell."""
        self.rules = tuple(rule for rule in budget.rules if rule.is_applied)
        """Those that change calls by themselves."""
