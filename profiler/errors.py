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


class Unpriceable(ProfilerError):
    """A cost cannot be known: no rate, no usage, or usage that contradicts itself."""


class ExportError(ProfilerError):
    """An output file cannot be written."""

    exit_code = 6
