"""Who is meant by a model's name alone, and which of a maker's models are its current ones."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profiler.pricing.card import Card, Listed

MAKERS = ("openai", "anthropic", "google", "mistral", "cohere", "x-ai", "deepseek", "groq")
"""Who is asked first for a model whose provider was not named; others resell the same names."""

_SPECIAL = frozenset(
    {
        *("audio", "image", "live", "ocr", "omni", "realtime", "speech", "transcribe", "translate"),
        *("tts", "video", "vision", "vl", "voice", "whisper"),
        *("chat", "codex", "computer", "cyber", "deep", "embed", "embedding", "guard"),
        *("moderation", "oss", "robotics", "search", "turbo"),
        *("batch", "free"),
    }
)
"""Words in the names of models made for something else, or sold otherwise, than text now."""

_WORD = re.compile(r"[^-/.:_@ ]+(?:\.\d+)*")
_NUMBERED = re.compile(r"v?([a-u]?)(\d+(?:\.\d+)?)(o?)")
_DATED = 4
"""A number of as many digits is part of a date."""


def listed_as(card: "Card", name: str) -> "Listed | None":
    """The model that `name` means, `provider/model` or `model` alone; `None` without a rate."""
    provider, slash, model = name.partition("/")
    if slash and (named := card.find(provider, model)):
        return named
    others = (provider.id for provider in card.providers)
    tries = (card.find(known, name) for known in dict.fromkeys((*MAKERS, *others)))
    return next((found for found in tries if found), card.find("", name))


def maker_place(name: str) -> int:
    """Where `provider/model` stands among those who sell the same model: its maker is first."""
    provider = name.partition("/")[0].lower()
    return MAKERS.index(provider) if provider in MAKERS else len(MAKERS)


def current(names: Iterable[str], used: Iterable[str]) -> Iterator[str]:
    """The newest model of each of a maker's families, of the lines that those `used` belong to.

    `claude-haiku-4-5` is of the line `claude` and of the family `claude haiku`, version 4.5. A
    family whose newest is two whole versions behind its line is not current; models made for
    something else than text are not meant.
    """
    lines = {_family(name)[0][:1] for name in used}
    newest: dict[tuple[str, ...], tuple[tuple[int, ...], str]] = {}
    for name in names:
        family, version = _family(name)
        if version and family[:1] in lines and not _SPECIAL & {*family}:
            newest[family] = max(newest.get(family, ((), "")), (version, name))
    latest: dict[tuple[str, ...], int] = {}
    for family, (version, _) in newest.items():
        latest[family[:1]] = max(latest.get(family[:1], 0), version[0])
    for family, (version, name) in newest.items():
        if version[0] + 1 >= latest[family[:1]]:
            yield name


def _family(name: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The words of a model's name and its version, `4.20` being 4.2; dates are in neither."""
    words: list[str] = []
    version: list[int] = []
    for word in _WORD.findall(name.lower()):
        numbered = _NUMBERED.fullmatch(word)
        if numbered is None:
            words.append(word)
            continue
        before, number, after = numbered.groups()
        words += [letter for letter in (before, after) if letter]
        if len(number) < _DATED or "." in number:
            whole, _, part = number.partition(".")
            version += [int(digits) for digits in (whole, part.rstrip("0")) if digits]
    return tuple(words), tuple(version)
