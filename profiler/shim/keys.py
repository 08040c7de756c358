"""What keys look like, and text without them.

Each kind has words that its every instance contains; the expression is tried only where one of
them stands, so that text without any costs a microsecond or two. No expression can backtrack
further than a fixed number of characters: time grows with the text's length, whatever the text.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_KEY = 16
"""Characters without a space in between; PEM blocks have them too."""


class Kind:
    """One kind of secret: the words that betray it, and what it looks like."""

    __slots__ = ("_compiled", "_expression", "replacement", "words")

    def __init__(self, name: str, words: str, expression: str, kept: str = "") -> None:
        self.words = tuple(words.split())
        """Any one of them, in lower case, stands in every text of this kind."""
        self._expression = expression
        self._compiled: re.Pattern[str] | None = None
        self.replacement = f"{kept}[redacted:{name}]"

    def taken_out_of(self, text: str) -> str:
        """`text` without this kind."""
        if self._compiled is None:
            # all of them at once would take a program's first call ten milliseconds
            self._compiled = re.compile(self._expression, re.ASCII)
        return self._compiled.sub(self.replacement, text)


def without(kinds: Iterable[Kind], text: str, lowered: str) -> str:
    """`text` without those kinds; `lowered` is the same in lower case."""
    for kind in kinds:
        for word in kind.words:
            if word in lowered:
                text = kind.taken_out_of(text)
                break
    return text


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
    Kind("azure", "jqqj99", r"[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{16,40}"),
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


def without_keys(text: str) -> str:
    """`text`, a label of the user's, without what is a key wherever it stands."""
    return every_key_out_of(text) if len(text) >= SHORTEST_KEY else text


def every_key_out_of(text: str) -> str:
    """`text` without what is a key wherever it stands."""
    if max(map(len, text.split()), default=0) < SHORTEST_KEY:
        return text
    lowered = text.lower()
    if "-" in text:
        if "-----" in text:
            text = _PEM.taken_out_of(text)
        text = without(_HYPHENED, text, lowered)
    if "_" in text:
        text = without(_UNDERSCORED, text, lowered)
    return without(_SOLID, text, lowered)
