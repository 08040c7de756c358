"""The cast: what the made-up company's programs do, and with which models."""

from dataclasses import dataclass
from enum import Enum


class Caching(Enum):
    """How a program's prompts meet the provider's prompt cache."""

    NONE = "none"
    AUTOMATIC = "automatic"
    """The provider caches long prefixes by itself and says only what was read."""
    SHORT = "5m"
    """The program marks what to keep for five minutes."""
    LONG = "1h"
    """The program marks what to keep for an hour."""


@dataclass(frozen=True, slots=True)
class Role:
    """One place in the company's code that calls a model."""

    feature: str
    project: str
    site: str
    provider: str
    model: str
    answered: str
    weight: float
    """How often its sessions begin, relative to the others."""
    prompt_tokens: int
    """The fixed part of every prompt: instructions, tools, examples."""
    turn_tokens: int
    """What a turn typically adds."""
    output_tokens: int
    """What a turn typically answers; 0 for embeddings."""
    turns: tuple[int, int] = (1, 1)
    operation: str = "chat"
    agent: str = ""
    workflow: str = ""
    caching: Caching = Caching.NONE
    reasoning: float = 0.0
    """Share of the output that is thinking."""
    streamed: float = 0.0
    """Share of its calls that are streamed."""
    tokens_per_s: float = 80.0
    is_nightly: bool = False
    """Runs at night by itself, for no user."""
    tier: str = ""
    callers: tuple[str, ...] = ()
    """The frames above its site, outermost first."""
    tools: tuple[str, ...] = ()
    """The functions its model may call."""


CAST = (
    Role(
        feature="chat",
        project="helpdesk",
        site="helpdesk/chat.py:88 reply",
        callers=(
            "helpdesk/app.py:31 <module>",
            "helpdesk/web.py:112 on_message",
            "helpdesk/chat.py:61 converse",
        ),
        tools=("find_order", "open_ticket", "refund"),
        provider="anthropic",
        model="claude-sonnet-4-5",
        answered="claude-sonnet-4-5-20250929",
        weight=2.6,
        prompt_tokens=3_400,
        turn_tokens=420,
        output_tokens=350,
        turns=(2, 9),
        agent="concierge",
        caching=Caching.SHORT,
        streamed=0.95,
        tokens_per_s=72,
        tier="standard",
    ),
    Role(
        feature="search",
        project="helpdesk",
        site="rag/index.py:57 embed_question",
        callers=(
            "helpdesk/app.py:31 <module>",
            "helpdesk/web.py:140 on_question",
            "rag/answer.py:22 search",
            "rag/index.py:34 nearest",
        ),
        provider="openai",
        model="text-embedding-3-small",
        answered="text-embedding-3-small",
        weight=4.5,
        prompt_tokens=0,
        turn_tokens=45,
        output_tokens=0,
        operation="embeddings",
        workflow="answer",
    ),
    Role(
        feature="search",
        project="helpdesk",
        site="rag/answer.py:41 answer",
        callers=(
            "helpdesk/app.py:31 <module>",
            "helpdesk/web.py:140 on_question",
            "rag/answer.py:25 search",
        ),
        provider="openai",
        model="gpt-5-mini",
        answered="gpt-5-mini-2025-08-07",
        weight=4.2,
        prompt_tokens=1_500,
        turn_tokens=3_800,
        output_tokens=420,
        workflow="answer",
        caching=Caching.AUTOMATIC,
        reasoning=0.3,
        streamed=0.8,
        tokens_per_s=110,
        tier="default",
    ),
    Role(
        feature="extract",
        project="back-office",
        site="intake/invoices.py:132 read_invoice",
        callers=(
            "intake/worker.py:18 main",
            "intake/worker.py:44 drain_queue",
            "intake/invoices.py:97 take_in",
        ),
        provider="openai",
        model="gpt-5.1",
        answered="gpt-5.1-2025-11-13",
        weight=2.4,
        prompt_tokens=2_600,
        turn_tokens=2_900,
        output_tokens=900,
        turns=(1, 2),
        workflow="invoice-intake",
        caching=Caching.AUTOMATIC,
        reasoning=0.55,
        tokens_per_s=65,
        tier="default",
    ),
    Role(
        feature="summarise",
        project="back-office",
        site="digest/nightly.py:73 summarise_thread",
        callers=(
            "digest/nightly.py:15 main",
            "digest/nightly.py:52 digest",
        ),
        provider="google",
        model="gemini-2.5-flash",
        answered="gemini-2.5-flash",
        weight=3.2,
        prompt_tokens=700,
        turn_tokens=7_500,
        output_tokens=380,
        turns=(1, 4),
        operation="generate_content",
        workflow="nightly-digest",
        caching=Caching.AUTOMATIC,
        reasoning=0.2,
        tokens_per_s=180,
        is_nightly=True,
    ),
    Role(
        feature="research",
        project="back-office",
        site="research/agent.py:204 think",
        callers=(
            "research/cli.py:26 main",
            "research/agent.py:88 run",
            "research/agent.py:151 step",
        ),
        tools=("google_search", "read_page", "note"),
        provider="google",
        model="gemini-2.5-pro",
        answered="gemini-2.5-pro",
        weight=0.55,
        prompt_tokens=4_800,
        turn_tokens=5_200,
        output_tokens=1_600,
        turns=(2, 7),
        operation="generate_content",
        agent="researcher",
        caching=Caching.AUTOMATIC,
        reasoning=0.6,
        streamed=0.6,
        tokens_per_s=95,
    ),
    Role(
        feature="review",
        project="engineering",
        site="tools/review.py:167 review_patch",
        callers=(
            "tools/ci.py:40 main",
            "tools/review.py:63 review",
            "tools/review.py:120 review_file",
        ),
        tools=("read_file", "grep", "run_tests"),
        provider="anthropic",
        model="claude-opus-4-5",
        answered="claude-opus-4-5-20251101",
        weight=0.5,
        prompt_tokens=11_500,
        turn_tokens=2_800,
        output_tokens=1_100,
        turns=(3, 10),
        agent="reviewer",
        workflow="pull-request",
        caching=Caching.LONG,
        reasoning=0.0,
        streamed=1.0,
        tokens_per_s=58,
        tier="standard",
    ),
    Role(
        feature="moderate",
        project="helpdesk",
        site="helpdesk/moderation.py:29 is_allowed",
        callers=(
            "helpdesk/app.py:31 <module>",
            "helpdesk/web.py:107 on_message",
        ),
        provider="anthropic",
        model="claude-haiku-4-5",
        answered="claude-haiku-4-5-20251001",
        weight=3.0,
        prompt_tokens=900,
        turn_tokens=160,
        output_tokens=24,
        tokens_per_s=140,
        tier="standard",
    ),
    Role(
        feature="route",
        project="helpdesk",
        site="helpdesk/intent.py:52 intent_of",
        callers=(
            "helpdesk/app.py:31 <module>",
            "helpdesk/web.py:109 on_message",
            "helpdesk/chat.py:40 route",
        ),
        provider="openai",
        model="acme-intent-7b",
        answered="acme-intent-7b",
        weight=0.9,
        prompt_tokens=240,
        turn_tokens=60,
        output_tokens=12,
        tokens_per_s=90,
    ),
)
"""The last one runs on the company's own machines: no price list knows it."""

USERS = (
    "amara", "bjorn", "chiara", "dmitri", "elif", "farid", "grace", "hiro",
    "ines", "jonas", "kwame", "lucia", "mei", "nadia", "omar", "priya",
)  # fmt: skip

PAYING = {"chiara": "pro", "grace": "pro", "mei": "pro", "omar": "team", "priya": "team"}
"""What those users pay for who are not on the free plan."""
