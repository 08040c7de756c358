"""How a call ended, and what its cost rests on."""

from enum import IntEnum


class Outcome(IntEnum):
    """How a call ended."""

    OK = 0
    ERROR = 1
    """The provider or the network refused or broke it; `error` names the class."""
    ABORTED = 2
    """A stream the program stopped reading, or a call it cancelled."""


class Basis(IntEnum):
    """What a call's cost rests on; unpriced is never zero."""

    MEASURED = 0
    """The provider's own counts, at a known rate."""
    ESTIMATED = 1
    """Some counts are ours (a stream that ended early), at a known rate."""
    NOT_BILLED = 2
    """Surely not billed: refused before a model ran. The cost is a real zero."""
    NO_RATE = 3
    """Unpriced: no rate is known for the model at that time."""
    NO_USAGE = 4
    """Unpriced: the provider gave no counts, or counts that contradict themselves."""
    DERIVED = 5
    """Exact, but not the provider's counts at a rate of ours: the cost it stated itself, or counts
    that follow from what was sent, such as letters to be spoken."""

    @property
    def is_priced(self) -> bool:
        """Whether a cost is known."""
        return self not in {Basis.NO_RATE, Basis.NO_USAGE}
