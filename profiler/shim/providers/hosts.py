"""Who bills, by the host a client talks to."""

from __future__ import annotations

import functools

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  # compared, never bound
_OLLAMA_PORT = 11434

_BILLERS = (
    ("api.openai.com", "openai"),
    ("api.anthropic.com", "anthropic"),
    ("openai.azure.com", "azure"),
    ("cognitiveservices.azure.com", "azure"),
    ("services.ai.azure.com", "azure"),
    ("azure-api.net", "azure"),
    ("googleapis.com", "google"),
    ("amazonaws.com", "aws"),
    ("openrouter.ai", "openrouter"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("api.x.ai", "x-ai"),
    ("api.together.xyz", "together"),
    ("api.fireworks.ai", "fireworks"),
    ("api.mistral.ai", "mistral"),
    ("api.perplexity.ai", "perplexity"),
    ("api.cerebras.ai", "cerebras"),
    ("api.moonshot.ai", "moonshotai"),
    ("api.moonshot.cn", "moonshotai"),
    ("api.z.ai", "zai"),
)
"""Hosts (and everything under them) whose bill comes from somebody the price data knows."""


def host_of(client: object) -> tuple[str, int | None]:
    """The host and port a client talks to; an empty host where it does not say."""
    url = getattr(client, "base_url", None)
    host, port = getattr(url, "host", ""), getattr(url, "port", None)
    return (host if isinstance(host, str) else "", port if isinstance(port, int) else None)


@functools.lru_cache(maxsize=64)
def biller(host: str, port: int | None, otherwise: str) -> str:
    """The id of who bills for calls to `host`; `otherwise` where it is nobody we know."""
    for known, provider in _BILLERS:
        if host == known or host.endswith("." + known):
            return provider
    if port == _OLLAMA_PORT and host in LOOPBACK:
        return "ollama"
    return otherwise
