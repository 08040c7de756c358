"""Every error raised on purpose, in one tree.

ProfilerError
├── UsageError            a flag, query or value the user gave makes no sense
│   ├── BadQuery          a filter that cannot be read
│   └── BadBudget         a budget that cannot be
├── NotFound              the thing named does not exist
├── LogError              the event log cannot be read or written
├── StoreError            the database cannot be opened, read or written
│   ├── StoreLocked       another program holds it; trying again is right
│   ├── StoreCorrupt      its pages are damaged
│   └── SchemaMismatch    it was written by a newer program
├── LedgerError           the ledger of budgets cannot be opened, read or written
│   └── LedgerDamaged     what is in it is not what was written
├── BudgetExceeded        a call was refused before it was sent
│   ├── Unbounded         nobody can say what it may use at most
│   └── UnknownPrice      nobody can say what it may cost
├── Unpriceable           a cost cannot be known; the reason says why
└── ExportError           an output file cannot be written
"""


class ProfilerError(Exception):
    """Raised on purpose; `exit_code` is what the command line returns for it."""

    exit_code = 1


class UsageError(ProfilerError):
    """What the user asked for makes no sense; the message says what would."""

    exit_code = 2


class BadQuery(UsageError):
    """A filter that cannot be read; the message names the word."""


class BadBudget(UsageError):
    """A budget that cannot be: no limit, a negative one, an unknown period."""


class NotFound(ProfilerError):
    """The thing named does not exist."""

    exit_code = 3


class LogError(ProfilerError):
    """The event log cannot be read or written."""

    exit_code = 4


class StoreError(ProfilerError):
    """The database cannot be opened, read or written."""

    exit_code = 5


class StoreLocked(StoreError):
    """Another program holds the database; trying again is right."""


class StoreCorrupt(StoreError):
    """The database's pages are damaged; the message says how to restore it."""


class SchemaMismatch(StoreError):
    """The database was written by a newer program; nothing was touched."""


class LedgerError(ProfilerError):
    """The ledger of budgets cannot be opened, read or written."""

    exit_code = 5


class LedgerDamaged(LedgerError):
    """What is in the ledger of budgets is not what was written; the message says how to mend it."""


class BudgetExceeded(ProfilerError):
    """A call was refused before it was sent; every field is for programs, the message for people.

    Amounts are of `measure`: pico-dollars for `cost`, else tokens or calls.
    """

    exit_code = 7

    def __init__(  # noqa: PLR0913  # one keyword per fact a program may go by
        self,
        message: str,
        *,
        budget: str = "",
        value: str = "",
        measure: str = "cost",
        spent: int = 0,
        held: int = 0,
        limit: int = 0,
        requested: int | None = None,
        resets_at_us: int | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message)
        self.budget = budget
        """The name of the budget that decided: the tightest that applies."""
        self.value = value
        """Whose standing it was, where the budget holds for `each`."""
        self.measure = measure
        self.spent = spent
        self.held = held
        """Kept back for calls in flight."""
        self.limit = limit
        """What may be used in all, overrides counted and the emergency reserve not."""
        self.requested = requested
        """What the call could use at most, or is expected to; `None`: nobody can say."""
        self.resets_at_us = resets_at_us
        """When the next window begins; `None` where none does."""
        self.remedy = remedy
        """How the block can be lifted."""


class Unbounded(BudgetExceeded):
    """Nobody can say what the call may use at most, and a strict budget applies."""


class UnknownPrice(BudgetExceeded):
    """Nobody can say what the call may cost, and a hard limit on cost applies."""


class Unpriceable(ProfilerError):
    """A cost cannot be known: no rate, no usage, or usage that contradicts itself."""


class ExportError(ProfilerError):
    """An output file cannot be written."""

    exit_code = 6
