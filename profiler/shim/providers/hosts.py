"""Who bills, by the host a client talks to."""

from __future__ import annotations

import functools

from profiler.shim.memo import once_for_each

Host = tuple[str, "int | None"]
"""A host's name, and the port it listens at."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  # compared, never bound
_LOCAL_PORTS = {11434: "ollama", 1234: "lmstudio"}
"""Servers of the user's own machine, by the port each listens at."""

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
    ("api.together.ai", "together"),
    ("api.fireworks.ai", "fireworks"),
    ("api.mistral.ai", "mistral"),
    ("api.perplexity.ai", "perplexity"),
    ("api.cerebras.ai", "cerebras"),
    ("api.moonshot.ai", "moonshotai"),
    ("api.moonshot.cn", "moonshotai"),
    ("api.z.ai", "zai"),
    ("open.bigmodel.cn", "zhipuai"),
    ("api.arcee.ai", "arcee"),
    ("api.avian.io", "avian"),
    ("api.cloudflare.com", "cloudflare"),
    ("api.cohere.ai", "cohere"),
    ("api.cohere.com", "cohere"),
    ("api.doubleword.ai", "doubleword"),
    ("api.githubcopilot.com", "github-copilot"),
    ("api.meta.ai", "meta"),
    ("api.minimax.io", "minimax"),
    ("api.minimaxi.com", "minimax"),
    ("api.novita.ai", "novita"),
    ("api.quicksilverpro.io", "quicksilverpro"),
    ("api.typesafe.ai", "typesafe"),
    ("api.voyageai.com", "voyageai"),
    ("azuredatabricks.net", "databricks"),
    ("cloud.databricks.com", "databricks"),
    ("gcp.databricks.com", "databricks"),
    ("inference.baseten.co", "baseten"),
    ("modal.direct", "modal"),
    ("modal.run", "modal"),
    ("oai.endpoints.kepler.ai.cloud.ovh.net", "ovhcloud"),
)
"""Hosts (and everything under them) whose bill comes from somebody the price data knows."""


def host_of(client: object) -> Host:
    """Whom a client talks to; an empty name where it does not say."""
    return _host_in(getattr(client, "base_url", None))


@once_for_each
def _host_in(url: object) -> Host:
    host, port = getattr(url, "host", ""), getattr(url, "port", None)
    return (host if isinstance(host, str) else "", port if isinstance(port, int) else None)


@functools.lru_cache(maxsize=64)
def biller(host: str, port: int | None, otherwise: str) -> str:
    """The id of who bills for calls to `host`; `otherwise` where it is nobody we know."""
    for known, provider in _BILLERS:
        if host == known or host.endswith("." + known):
            return provider
    if port is not None and host in LOOPBACK:
        return _LOCAL_PORTS.get(port, otherwise)
    return otherwise
