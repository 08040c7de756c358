"""Answers recorded from the real providers, where the folder that holds them is at hand."""

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer."""

    path: str
    sent: dict[str, Any]
    status: int
    content_type: str
    answer: bytes
    """The answer's body, unpacked."""

    @property
    def is_stream(self) -> bool:
        """Whether the answer is server-sent events."""
        return "event-stream" in self.content_type

    def documents(self) -> list[dict[str, Any]]:
        """The JSON documents in the answer: one, or one for each event."""
        if not self.is_stream:
            return [json.loads(self.answer)]
        lines = self.answer.decode().splitlines()
        return [json.loads(line[5:]) for line in lines if line.startswith(("data: {", "data:{"))]


def folder() -> Path:
    """Where the recordings are: `PROFILER_RECORDED`, or beside the repository."""
    chosen = os.environ.get("PROFILER_RECORDED")
    return Path(chosen) if chosen else REPOSITORY.parent / "shared" / "data" / "recorded"


def exchanges(name: str) -> list[Exchange]:
    """The exchanges of one recording, in order."""
    document = yaml.safe_load((folder() / f"{name}.yaml").read_text("utf-8"))
    return [_exchange(entry) for entry in document["interactions"]]


def _exchange(entry: dict[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    headers = {name.lower(): values[0] for name, values in response["headers"].items()}
    content = response["body"]["string"]
    content = content.encode() if isinstance(content, str) else content
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return Exchange(
        path="/" + request["uri"].split("://", 1)[-1].partition("/")[2],
        sent=json.loads(request["body"] or "{}"),
        status=response["status"]["code"],
        content_type=headers.get("content-type", ""),
        answer=content,
    )
