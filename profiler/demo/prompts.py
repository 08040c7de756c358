"""What hashes the made-up prompts leave: of their instructions, then of every message.

Nothing here is drawn by lot. Instructions change with every deployment, and one program, as so
many do, tells its model the time of day first: no two of its prompts begin alike.
"""

from hashlib import sha256

from profiler.demo.cast import Caching, Role
from profiler.domain.periods import DAY_US

CLOCKED = "moderate"
"""The feature whose instructions begin with the time of day."""

_DEPLOYED_EVERY_DAYS = 6
_MOST = 6
_KEPT_FIRST = 2


def hashes(role: Role, session: str, turn: int, at_us: int) -> dict[str, object]:
    """The fingerprint and prefixes of a session's call, the first being turn 0."""
    if role.caching is Caching.NONE and role.feature != CLOCKED:
        return {}
    instructions = f"{role.site} {at_us // DAY_US // _DEPLOYED_EVERY_DAYS}"
    if role.feature == CLOCKED:
        instructions = f"{role.site} {at_us}"
    # each turn but the first adds the model's answer and what is said to that
    messages = [f"{instructions} {session} {number}" for number in range(1 + 2 * turn)]
    digests = [sha256(text.encode()).hexdigest()[:32] for text in (instructions, *messages)]
    if len(digests) > _MOST:
        digests = digests[:_KEPT_FIRST] + digests[_KEPT_FIRST - _MOST :]
    return {"fingerprint": digests[-1], "prefixes": digests}
