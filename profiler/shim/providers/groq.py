"""Groq's SDK: OpenAI's in all but name and who bills."""

from __future__ import annotations

from profiler.shim.providers.hosts import biller, host_of
from profiler.shim.providers.openai import name_in, operation_of, read_answer, read_chunk
from profiler.shim.providers.openai_usage import buckets

__all__ = [
    "NAME",
    "billed_by",
    "buckets",
    "name_in",
    "operation_of",
    "read_answer",
    "read_chunk",
]

NAME = "groq"


def billed_by(client: object) -> str:
    """Who bills for this client's calls."""
    return biller(*host_of(client), NAME)
