"""Groq's SDK: OpenAI's in all but name and who bills."""

from __future__ import annotations

from profiler.shim.providers.hosts import Host, biller
from profiler.shim.providers.openai import (
    ERRANDS,
    errand_of,
    name_in,
    operation_of,
    prepare,
    read_answer,
    read_chunk,
)
from profiler.shim.providers.openai_usage import buckets

__all__ = [
    "ERRANDS",
    "NAME",
    "billed_by",
    "buckets",
    "errand_of",
    "name_in",
    "operation_of",
    "prepare",
    "read_answer",
    "read_chunk",
]

NAME = "groq"


def billed_by(client: object, host: Host) -> str:
    """Who bills for the calls of a client that talks to `host`."""
    del client
    return biller(*host, NAME)
