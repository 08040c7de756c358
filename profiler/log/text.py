"""The text of calls, where the user asks for it: files apart from the log, one per process.

Nothing here is written unless text capture is on. A file begins with a segment's header; every
other line is `{"v":1,"call":"<30 hex digits>", …}`, with what is secret already taken out:

| field | type | meaning |
|---|---|---|
| `v` | int | version of the log's contract |
| `call` | str | id of the call's event |
| `prompt`, `answer` | list | what was said, in order: objects of `role` and `text`, both str |
| `cut` | bool | whether some text was too long and its end is left out |

Standard library only: this runs inside the user's program.
"""

import json

from profiler.log.fields import EVENT_PREFIX, VERSION

CALL_PREFIX = b'{"v":1,"call":"'
ID_CHARS = 30

MAX_CHARS = 128 * 1024
"""Of a call's prompt, and of its answer; what goes beyond is cut off."""

Said = tuple[str, str]
"""A role and a text."""

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


def text_line(call_id: str, prompt: list[Said], answer: list[Said], *, is_cut: bool) -> bytes:
    """A call's text as one line with its newline."""
    line: dict[str, object] = {
        "v": VERSION,
        "call": call_id,
        "prompt": [{"role": role, "text": text} for role, text in prompt],
        "answer": [{"role": role, "text": text} for role, text in answer],
    }
    if is_cut:
        line["cut"] = True
    return (_encode(line) + "\n").encode("ascii")


def id_in(event_line: bytes) -> str:
    """The id of the event that a line of the log holds."""
    start = len(EVENT_PREFIX)
    return event_line[start : start + ID_CHARS].decode("ascii")
