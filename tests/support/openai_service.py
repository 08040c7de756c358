"""Answers to everything OpenAI's SDK can ask for beyond chats and embeddings."""

import json
from typing import Any

from tests.support.provider_server import (
    Received,
    Reply,
    body,
    canned,
    json_reply,
    sse_reply,
    without_usage,
)

SPEECH = b"ID3\x04\x00 not JSON"

_DECIDED = {"input_tokens": 40, "output_tokens": 1, "total_tokens": 41}

_BODIES = {
    "/chat/completions": None,
    "/completions": ("openai_completion.json", "openai_completion_stream.sse"),
    "/images/generations": ("openai_image.json", "openai_image_stream.sse"),
    "/images/edits": ("openai_image.json", "openai_image_stream.sse"),
    "/audio/transcriptions": ("openai_transcription.json", "openai_transcription_stream.sse"),
    "/audio/translations": ("openai_translation.json", "openai_translation.json"),
    "/moderations": ("openai_moderation.json", "openai_moderation.json"),
}


def service(received: Received) -> Reply:
    """What OpenAI answers, streamed if it was asked for."""
    path = received.path.partition("?")[0]
    if path.endswith("/audio/speech"):
        if received.body.get("stream_format") == "sse":
            return sse_reply(body("openai_speech.sse"))
        return Reply(SPEECH, content_type="audio/mpeg")
    if path.endswith("/decisions"):
        return json_reply({"model": "gpt-6-luna", "answers": [], "usage": _DECIDED})
    if path.endswith("/videos"):
        return json_reply({"id": "video_1", "object": "video", "status": "queued"})
    for ending, names in _BODIES.items():
        if path.endswith(ending):
            return _named(received, names)
    return canned(received)


def _named(received: Received, names: tuple[str, str] | None) -> Reply:
    if names is None:
        return canned(received)
    # what comes with a file is no JSON; the stream is asked for in one of its parts
    is_stream = received.body.get("stream") or b'name="stream"\r\n\r\ntrue' in received.content
    if not is_stream:
        return Reply(body(names[0]))
    content = body(names[1])
    asked = (received.body.get("stream_options") or {}).get("include_usage")
    is_untold = names[1] == "openai_completion_stream.sse" and not asked
    return sse_reply(without_usage(content) if is_untold else content)


class Background:
    """A service that works in the background: an answer is whole at the `ready_at`-th fetch."""

    def __init__(self, ready_at: int = 2, **ending: Any) -> None:
        self.ready_at = ready_at
        self.fetched = 0
        self.whole: dict[str, Any] = {**json.loads(body("openai_background.json")), **ending}

    def __call__(self, received: Received) -> Reply:
        """Begins, or tells how far it is."""
        del received
        is_whole = self.fetched >= self.ready_at
        self.fetched += 1
        if is_whole:
            return json_reply(self.whole)
        begun = {"status": "queued" if self.fetched == 1 else "in_progress"}
        return json_reply(
            {**self.whole, "output": [], "usage": None, "completed_at": None, **begun}
        )


def batches(received: Received) -> Reply:
    """A batch that is done, and its results."""
    if received.path.endswith("/files/file-out/content"):
        return Reply(body("openai_batch_output.jsonl"), content_type="application/octet-stream")
    if received.path.endswith("/content"):
        return Reply(b'{"prompt": "a line of training"}\n', content_type="application/octet-stream")
    done = json.loads(body("openai_batch.json"))
    is_new = received.path.endswith("/batches")
    return json_reply({**done, "output_file_id": None, "status": "validating"} if is_new else done)
