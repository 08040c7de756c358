"""Prompts that stopped beginning as those before, and cache writes that nobody read.

Both are told from hashes of the prompts' beginnings, call by call: so only the newest are looked
at. A beginning is as long as the instructions, then a message longer each time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from profiler.analysis.results.caching import PromptPlace, Prompts
from profiler.domain.periods import HOUR_US, SECOND_US
from profiler.domain.scopes import Filter
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.reads import Prompt

LOOKED_AT = 2_000
"""Calls looked at, the newest of the range."""

_BRIEFLY_US, _LONG_US = 300 * SECOND_US, HOUR_US
_LONG_HISTORY = 3
"""Messages that a prompt does not begin with unless it goes on from others."""


@dataclass(slots=True)
class _Known:
    """The prompts of one place, as far as they are gone through."""

    beginnings: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    """Whole prompts: what goes on from one contains it."""
    longest: dict[int, int] = field(default_factory=dict)
    """By session, how many beginnings its longest prompt had."""
    plain: set[int] = field(default_factory=set)
    """Sessions that began with a message, not with instructions: theirs differ by nature."""

    def is_broken_by(self, prompt: Prompt) -> bool:
        """Whether it should have begun as prompts before it, and does not."""
        prefixes, session = prompt.prefixes, prompt.session
        if not self.beginnings or len(prefixes) < 2 or session in self.plain:
            return False
        if not self.ends.isdisjoint(prefixes):
            return False
        shared = _shared(prefixes, self.beginnings)
        is_new_history = len(prefixes) - shared >= _LONG_HISTORY
        had_history = self.longest.get(session, 0) - shared >= _LONG_HISTORY
        return shared == 0 or (is_new_history and had_history)

    def take(self, prompt: Prompt) -> None:
        prefixes, session = prompt.prefixes, prompt.session
        if session not in self.longest and len(prefixes) == 1:
            self.plain.add(session)
        self.longest[session] = max(self.longest.get(session, 0), len(prefixes))
        self.beginnings.update(prefixes)
        self.ends.add(prefixes[-1])


def prompts(store: Store, wanted: Filter, now_us: int) -> Prompts:
    """What the newest prompts tell."""
    seen = reads.prompts(store, wanted, LOOKED_AT)
    told = [prompt for prompt in reversed(seen) if prompt.prefixes]
    places = [place for place in judged(told, now_us) if place.breaks or place.unread]
    return Prompts(
        looked_at=len(seen),
        is_all=len(seen) < LOOKED_AT,
        unknown=len(seen) - len(told),
        places=tuple(sorted(places, key=lambda one: (-one.wasted_pusd, -one.breaks, one.site))),
    )


def judged(oldest_first: Sequence[Prompt], now_us: int) -> Iterable[PromptPlace]:
    """Every place with what broke there and what was not read."""
    known: dict[tuple[str, ...], _Known] = {}
    found: dict[tuple[str, ...], PromptPlace] = {}
    unread = _unread(oldest_first)
    for number, prompt in enumerate(oldest_first):
        there = known.setdefault(prompt.place, _Known())
        place = found.get(prompt.place) or _place(prompt)
        place = replace(place, calls=place.calls + 1)
        if there.is_broken_by(prompt):
            place = _with_break(place, prompt)
        if prompt.written and prompt.at_us + _lifetime_us(prompt) <= now_us:
            place = _with_write(place, prompt, is_unread=number in unread)
        there.take(prompt)
        found[prompt.place] = place
    return found.values()


def _unread(oldest_first: Sequence[Prompt]) -> set[int]:
    """The places in the list of writes that no later call read.

    What a call wrote are the beginnings no call before had written; where there are none such,
    as the cache had forgotten them, it is all of them.
    """
    written: dict[tuple[str, ...], set[str]] = {}
    own: dict[int, frozenset[str]] = {}
    for number, prompt in enumerate(oldest_first):
        if prompt.written:
            before = written.setdefault(prompt.place[:2], set())
            own[number] = frozenset(prompt.prefixes) - before or frozenset(prompt.prefixes)
            before.update(prompt.prefixes)
    read: dict[tuple[str, ...], set[str]] = {}
    unread = set()
    for number in reversed(range(len(oldest_first))):
        prompt = oldest_first[number]
        later = read.setdefault(prompt.place[:2], set())
        if number in own and later.isdisjoint(own[number]):
            unread.add(number)
        if prompt.read:
            later.update(prompt.prefixes)
    return unread


def _place(prompt: Prompt) -> PromptPlace:
    provider, model, feature, site = prompt.place
    return PromptPlace(provider, model, feature, site, calls=0)


def _shared(prefixes: Sequence[str], known: set[str]) -> int:
    return next((n for n, one in enumerate(prefixes) if one not in known), len(prefixes))


def _lifetime_us(prompt: Prompt) -> int:
    return _LONG_US if prompt.is_kept_long else _BRIEFLY_US


def _with_break(place: PromptPlace, prompt: Prompt) -> PromptPlace:
    return replace(
        place,
        breaks=place.breaks + 1,
        break_pusd=place.break_pusd + prompt.missed_pusd + prompt.premium_pusd,
        break_unpriced=place.break_unpriced + (not prompt.is_priced),
        broken=(*place.broken, prompt.id),
    )


def _with_write(place: PromptPlace, prompt: Prompt, *, is_unread: bool) -> PromptPlace:
    place = replace(place, writes=place.writes + 1)
    if not is_unread:
        return place
    return replace(
        place,
        unread=place.unread + 1,
        unread_tokens=place.unread_tokens + prompt.written,
        unread_pusd=place.unread_pusd + prompt.premium_pusd,
        unread_unpriced=place.unread_unpriced + (not prompt.is_priced),
        never_read=(*place.never_read, prompt.id),
    )
