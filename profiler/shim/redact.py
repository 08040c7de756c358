"""Takes keys and personal data out of text, before it is written anywhere.

Each kind has words that its every instance contains; the expression is tried only where one of
them stands, so that a line without any costs microseconds. No expression can backtrack further
than a fixed number of characters: time grows with the text's length, whatever the text.
"""

from __future__ import annotations

import re

from profiler.shim.numbers import without_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_ROUNDS = 8
"""What is taken away may uncover more: `ghp_…` glued to the end of another key."""

SHORTEST_KEY = 16
"""Characters without a space in between; PEM blocks have them too."""


class Kind:
    """One kind of secret: the words that betray it, and what it looks like."""

    __slots__ = ("expression", "replacement", "words")

    def __init__(self, name: str, words: str, expression: str, kept: str = "") -> None:
        self.words = tuple(words.split())
        """Any one of them, in lower case, stands in every text of this kind."""
        self.expression = re.compile(expression, re.ASCII)
        self.replacement = f"{kept}[redacted:{name}]"


def _prefixed(name: str, prefix: str, rest: str) -> Kind:
    return Kind(name, prefix.lower(), re.escape(prefix) + rest)


_HYPHENED = (
    _prefixed("anthropic", "sk-ant-", r"[\w-]{16,}"),
    _prefixed("openrouter", "sk-or-", r"[\w-]{16,}"),
    Kind("langfuse", "k-lf-", r"[sp]k-lf-[\w-]{16,}"),
    # DeepSeek, Moonshot and others write theirs like OpenAI's; `task-list-…` is no key
    Kind(
        "openai",
        "sk-",
        r"sk-(?:proj|svcacct|admin|None)-[\w-]{16,}|sk-[A-Za-z0-9]{32,}[\w-]*"
        r"|(?<![A-Za-z0-9])sk-[\w-]{20,}",
    ),
    _prefixed("openai", "sess-", r"[A-Za-z0-9]{32,}"),
    _prefixed("google", "GOCSPX-", r"[\w-]{20,}"),
    _prefixed("gitlab", "glpat-", r"[\w-]{20,}"),
    Kind("slack", "xox xapp-", r"(?:xox[a-z]|xapp)-[A-Za-z0-9-]{11,}"),
    _prefixed("xai", "xai-", r"[\w-]{20,}"),
    _prefixed("perplexity", "pplx-", r"[A-Za-z0-9]{20,}"),
    _prefixed("cerebras", "csk-", r"[A-Za-z0-9]{20,}"),
    _prefixed("nvidia", "nvapi-", r"[\w-]{20,}"),
    Kind("voyage", "pa-", r"(?<![A-Za-z0-9])pa-[\w-]{40,}"),
    _prefixed("pypi", "pypi-", r"[\w-]{40,}"),
)
_UNDERSCORED = (
    Kind("github", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9_]{30,}"),
    _prefixed("github", "github_pat_", r"\w{22,}"),
    Kind("stripe", "k_live_ k_test_", r"[srp]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _prefixed("stripe", "whsec_", r"[A-Za-z0-9+/=]{16,}"),
    _prefixed("groq", "gsk_", r"[A-Za-z0-9_]{20,}"),
    _prefixed("huggingface", "hf_", r"[A-Za-z0-9]{30,}"),
    Kind("fireworks", "fw_ fpk_", r"(?:fw|fpk)_[A-Za-z0-9]{20,}"),
    _prefixed("replicate", "r8_", r"[A-Za-z0-9_-]{30,}"),
    _prefixed("together", "tgp_v1_", r"[\w-]{20,}"),
    _prefixed("langsmith", "lsv2_", r"[\w-]{20,}"),
    _prefixed("npm", "npm_", r"[A-Za-z0-9]{30,}"),
)
_SOLID = (
    _prefixed("google", "AIza", r"[\w-]{30,}"),
    Kind("google", "ya29. aq.ab", r"ya29\.[\w.-]{20,}|AQ\.Ab[\w-]{20,}"),
    Kind("aws", "akia asia", r"(?:AKIA|ASIA)[A-Z0-9]{16,}"),
    _prefixed("slack", "hooks.slack.com/", r"(?:services|workflows)/[\w/-]{16,}"),
    Kind("jwt", ".eyj", r"(?<![\w-])[\w-]{10,}+\.eyJ[\w-]{6,}+(?:\.[\w-]*+)?"),
)
_PEM = Kind(
    "pem",
    "-----begin",
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?s:.*?)"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
)

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
        text = _without_keys(text)
        lowered = text.lower()
        text = _without(_IN_CONTEXT, text, lowered)
        if _DIGIT.search(text) is not None:
            text = _without(_UNMARKED, text, lowered)
            text = without_numbers(text)
            if self._has_phones:
                text = _PHONE.sub("[redacted:phone]", text)
        for pattern in self._own:
            text = pattern.sub(_own_replacement, text)
        return text


def without_keys(text: str) -> str:
    """`text`, a label of the user's, without what is a key wherever it stands."""
    return _without_keys(text) if len(text) >= SHORTEST_KEY else text


def _without_keys(text: str) -> str:
    if max(map(len, text.split()), default=0) < SHORTEST_KEY:
        return text
    lowered = text.lower()
    if "-" in text:
        if "-----" in text:
            text = _PEM.expression.sub(_PEM.replacement, text)
        text = _without(_HYPHENED, text, lowered)
    if "_" in text:
        text = _without(_UNDERSCORED, text, lowered)
    return _without(_SOLID, text, lowered)


def _without(kinds: Iterable[Kind], text: str, lowered: str) -> str:
    for kind in kinds:
        for word in kind.words:
            if word in lowered:
                text = kind.expression.sub(kind.replacement, text)
                break
    return text


def _own_replacement(found: re.Match[str]) -> str:
    text = found.group()
    # an expression that matches what is already taken out would never come to an end
    return "[redacted:own]" if text and "[redacted:" not in text else text
