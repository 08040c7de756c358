"""Chat answers of a realistic size, made without an SDK."""

import json

from tests.support.provider_server import Answer, Received, Reply, json_reply, sse_reply

USAGE = {
    "prompt_tokens": 2006,
    "completion_tokens": 300,
    "total_tokens": 2306,
    "prompt_tokens_details": {"cached_tokens": 1536, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0},
}
_COMMON = {"id": "c", "created": 1, "model": "gpt-5.1"}


def answering(chunks: int) -> Answer:
    """Answers a chat, in so many chunks where a stream is asked for."""
    message = {"role": "assistant", "content": "On Friday."}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    plain = json_reply(
        {**_COMMON, "object": "chat.completion", "choices": [choice], "usage": USAGE}
    )
    streamed = _streamed(chunks)

    def answer(received: Received) -> Reply:
        return streamed if received.body.get("stream") else plain

    return answer


def _streamed(chunks: int) -> Reply:
    common = {**_COMMON, "object": "chat.completion.chunk"}
    choice = {"index": 0, "delta": {"content": "word "}, "finish_reason": None}
    told = [{**common, "choices": [choice], "usage": None}] * chunks
    last = {**common, "choices": [], "usage": USAGE}
    events = [b"data: " + json.dumps(chunk).encode() for chunk in (*told, last)]
    return sse_reply(b"\n\n".join([*events, b"data: [DONE]", b""]))
