"""Names on the wire, and the wire's version.

A segment's first line is its header: `{"v":1,"segment":"<32 hex digits>", …}`. Every other
line is an event: `{"v":1,"id":"<30 hex digits>", …}`. A field whose value is unknown is left out.

Between events may stand a loss, `{"v":1,"dropped":7,"at":…}`: so many calls could not be logged
before that moment (a full disk, a folder that hung); what they cost is not known. Its `faults`,
where there were any, are failures of the shim's own code since the loss before: each may have
cost a call, or a part of what is known of one.

| field | type | meaning |
|---|---|---|
| `v` | int | version of this contract |
| `id` | str | 14 hex digits of `at`, then 16 of randomness (63 bits): unique, sorts by time |
| `at` | int | start of the call, microseconds since the epoch, UTC |
| `provider` | str | who bills: `openai`, `anthropic`, `google`… (genai-prices' ids) |
| `model` | str | the model asked for |
| `answered` | str | the model that answered |
| `operation` | str | `chat`, `embeddings`, `generate_content` |
| `stream` | bool | whether the answer was streamed |
| `outcome` | str | `ok`, `error`, `aborted` |
| `error` | str | class of failure: one of `ERROR_CLASSES` |
| `status` | int | HTTP status |
| `billed` | str | `no` when surely not billed, `unknown` when nobody can say; absent: billed |
| `usage` | object | our disjoint buckets: `input`, `cache_read`, `cache_write`, `cache_write_5m`, \
`cache_write_1h`, `output`, `reasoning`, and genai-prices' names for anything further |
| `estimated` | bool | whether some of `usage` is ours (a stream that ended early), at four bytes \
a token |
| `told` | object | of an estimated call, what of `usage` the provider told itself |
| `derived` | bool | whether `usage` follows from what was sent: letters to be spoken |
| `sent_bytes`, `heard_bytes` | int | of a streamed call, the size of the text it sent and \
brought, in UTF-8; by them estimates are made, and learned |
| `raw` | object | the provider's own usage object, numbers and short words only |
| `tier` | str | service tier of the response |
| `speed` | str | Anthropic's `speed` |
| `finish` | str | why the model stopped |
| `attempts` | int | HTTP attempts, where more than one |
| `failures` | list | error class of each attempt that was retried, in order |
| `retry_wait_us` | int | time spent waiting between attempts |
| `reported_pusd` | int | the cost in pico-dollars, where the provider's answer said it |
| `tools_offered` | list | names of the functions the model could call |
| `tools_called` | list | names of those it called, once per call |
| `latency_us` | int | issue to last byte |
| `first_chunk_us` | int | issue to first streamed chunk |
| `session`, `user`, `user_tier`, `feature`, `agent`, `workflow`, `project`, `environment`, \
`prompt_version` | str | the user's labels |
| `tags` | object | further labels, text to text |
| `site` | str | the user's frame that made the call: `rag/answer.py:41 answer` |
| `stack` | list | the user's frames above it, outermost first, `site` last |
| `trace`, `parent` | str | hex ids of the trace and of the span the call was made in; a \
call's own span is the last 16 digits of its `id` |
| `fingerprint` | str | 32 hex digits: keyed hash of the whole prompt |
| `prefixes` | list | the same of the prompt's cacheable beginnings, shortest first |
"""

VERSION = 1

HEADER_PREFIX = b'{"v":1,"segment":"'
EVENT_PREFIX = b'{"v":1,"id":"'
"""How every event begins: where a torn line is followed by a whole one, reading resumes here."""

LOSS_PREFIX = b'{"v":1,"dropped":'

LABELS = (
    "session",
    "user",
    "user_tier",
    "feature",
    "agent",
    "workflow",
    "project",
    "environment",
    "prompt_version",
)
"""Labels of a call that are plain text fields of its event."""

ERROR_CLASSES = (
    "rate_limit",
    "timeout",
    "connection",
    "server_error",
    "invalid_request",
    "auth",
    "content_filter",
    "cancelled",
    "unknown",
)

MAX_LINE_BYTES = 32 * 1024
"""The shim drops optional fields beyond this; numbers are never cut."""

MAX_LABEL_CHARS = 200
"""Longer labels are cut at the source, so that one label cannot fill a log."""
