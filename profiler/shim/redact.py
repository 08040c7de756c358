"""Takes keys and personal data out of text, before it is written anywhere.

Keys go wherever they stand; what has no mark of its own goes beside a word that betrays it, such
as a header's name or a password's; numbers go where their checksum is right.
"""

from __future__ import annotations

import re

from profiler.shim.keys import Kind, every_key_out_of, without
from profiler.shim.numbers import without_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_ROUNDS = 8
"""What is taken away may uncover more: `ghp_…` glued to the end of another key."""

_VENDORS = (
    r"(?i:mistral|cohere|azure|together|openai|anthropic|deepseek|cerebras|fireworks|perplexity"
    r"|ai21|deepgram|moonshot|voyage)"
)
_MIXED = r"(?=[A-Za-z]{0,128}\d)(?=\d{0,128}[A-Za-z])"
"""Letters and digits: no word, no number."""

_IN_CONTEXT = (
    Kind(
        "password",
        "://",
        r"(://[^\s/:@\"']{0,256}:)(?!\[redacted:)[^\s/\"']{1,512}(?=@)",
        kept=r"\1",
    ),
    Kind(
        "key",
        "? &",
        r"(?i)([?&][\w.-]{0,40}(?:key|token|sig|signature|secret|password|passwd|auth|code"
        r"|credential)=)(?!\[redacted:)[^&\s\"'#<>]{1,4096}",
        kept=r"\1",
    ),
    Kind(
        "bearer",
        "bearer",
        r"(?i)(\bbearer[ \t]{1,4})(?=[a-z.-]{0,256}[\d_~+/=])[\w.~+/=-]{8,}",
        kept=r"\1",
    ),
    Kind(
        "basic",
        "basic",
        r"(?i)(\bbasic[ \t]{1,4})(?=[a-z]{0,256}[\d+/=])[a-z0-9+/=]{8,}",
        kept=r"\1",
    ),
    Kind(
        "header",
        "authorization cookie",
        r"(?i)((?<![\w-])(?:proxy-)?(?:authorization|(?:set-)?cookie)[\"']?[ \t]{0,4}[:=]"
        r"[ \t]{0,4}[\"']?)(?:(bearer|basic|token|negotiate)[ \t]{1,4})?"
        r"(?![\[\s\"']|(?:bearer|basic) \[)[^\r\n\"']{4,}",
        kept=r"\1",
    ),
    Kind(
        "password",
        "passw passphrase pwd",
        r"(?i)((?:passw(?:or)?d|passphrase|pwd)[\"']{0,2}[ \t]{0,4}(?:[:=]|=>|\bis\b)[ \t]{0,4}"
        r"[\"']?)(?!\[redacted:)[^\s\"',;<>]{4,}",
        kept=r"\1",
    ),
    Kind("email", "@", r"(?<![\w.+%-])[\w.+%-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++"),
)

_UNMARKED = (
    Kind(
        "key",
        "key secret token credential",
        r"(?i)((?:key|secret|token|credential)s?[\"']{0,2}[ \t]{0,4}(?:[:=]|=>|\bis\b)[ \t]{0,4}"
        r"[\"']?)(?=[^\s\d\"',;<>\[]{0,128}\d)[\w.~+/=@!$%^&*|-]{8,}",
        kept=r"\1",
    ),
    Kind(
        "aws",
        "aws",
        r"((?i:aws)[^\n]{0,60}?(?<![A-Za-z0-9/+]))(?=[A-Za-z/+]{0,40}\d)"
        r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
        kept=r"\1",
    ),
    Kind(
        "key",
        "mistral cohere azure together openai anthropic deepseek cerebras fireworks perplexity"
        " ai21 deepgram moonshot voyage",
        rf"({_VENDORS}[^\n]{{0,60}}?(?<![A-Za-z0-9])){_MIXED}[A-Za-z0-9]{{32,128}}(?![A-Za-z0-9])",
        kept=r"\1",
    ),
)
"""What is a key only beside a word that says so; each has a digit in it."""

_TAKEN_OUT = re.compile(r"(\[redacted:[a-z]+\])")
_DIGIT = re.compile(r"\d", re.ASCII)
_PHONE = re.compile(
    r"(?<![\w+])(?:\+\d{1,3}[ .-]?|0)(?:\(\d{1,4}\)[ .-]?)?\d{2,5}(?:[ .-]?\d{2,5}){1,4}(?!\w)",
    re.ASCII,
)


class Redaction:
    """What is taken out of text, by `[redacted:kind]` in its place."""

    __slots__ = ("_has_phones", "_own")

    def __init__(self, own: Iterable[str] = (), *, has_phones: bool = False) -> None:
        """With the user's `own` expressions; the kind of what they match is `own`.

        Raises:
            re.error: one is not a regular expression.
        """
        self._has_phones = has_phones
        self._own = tuple(re.compile(pattern) for pattern in own)

    def redacted(self, text: str) -> str:
        """`text` without what should not be written; the same again if given its own result."""
        for _ in range(_MAX_ROUNDS):
            clean = self._once(text)
            if clean == text:
                break
            text = clean
        return text

    def _once(self, text: str) -> str:
        text = every_key_out_of(text)
        lowered = text.lower()
        text = without(_IN_CONTEXT, text, lowered)
        if _DIGIT.search(text) is not None:
            text = without(_UNMARKED, text, lowered)
            text = without_numbers(text)
            if self._has_phones:
                text = _PHONE.sub("[redacted:phone]", text)
        for pattern in self._own:
            text = _without_own(pattern, text)
        return text


def _without_own(pattern: re.Pattern[str], text: str) -> str:
    """`text` without what `pattern` matches; what is taken out already is not looked at again."""
    parts = _TAKEN_OUT.split(text)
    parts[::2] = [pattern.sub(_own_replacement, part) for part in parts[::2]]
    return "".join(parts)


def _own_replacement(found: re.Match[str]) -> str:
    return "[redacted:own]" if found.group() else ""
