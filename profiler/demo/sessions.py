"""One made-up session: a role's calls, each with a longer history than the one before."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from profiler.demo.cast import USERS, Caching, Role
from profiler.demo.prompts import hashes
from profiler.demo.surroundings import Made, around
from profiler.demo.traffic import Opening
from profiler.domain.calls import call_id
from profiler.domain.periods import SECOND_US

_LIFETIME_US = {
    Caching.AUTOMATIC: 600 * SECOND_US,
    Caching.SHORT: 300 * SECOND_US,
    Caching.LONG: 3600 * SECOND_US,
}
_FAULTS = (
    # error, HTTP status, billed, weight, seconds lost
    ("rate_limit", 429, "no", 5.0, 0.4),
    ("server_error", 529, "unknown", 2.0, 2.5),
    ("server_error", 500, "unknown", 1.0, 1.8),
    ("timeout", None, "unknown", 2.0, 60.0),
    ("connection", None, "unknown", 1.0, 5.0),
    ("invalid_request", 400, "no", 0.7, 0.2),
)
_FINISH = {"openai": "stop", "anthropic": "end_turn", "google": "STOP"}
_CUT = {"openai": "length", "anthropic": "max_tokens", "google": "MAX_TOKENS"}
_FAULTY = 0.028
_RETRIED = 0.04
_ABORTED = 0.05
"""Of the streamed ones."""


def began_us(event: Made) -> int:
    """When the call of an event began, as its id says."""
    return int(str(event["id"])[:14], 16)


@dataclass(slots=True)
class _Prompt:
    """What the next call of a session will send."""

    tokens: int
    cached: int = 0
    cached_at_us: int = 0


def calls_of(opening: Opening, random: Random) -> Iterator[Made]:
    """The events of one session, oldest first."""
    role = opening.role
    labels = _labels(role, random)
    prompt = _Prompt(role.prompt_tokens)
    at_us = opening.at_us
    for turn in range(_between(random, role.turns)):
        prompt.tokens += _around(random, role.turn_tokens)
        event = _call(role, prompt, at_us, random)
        told = hashes(role, str(labels["session"]), turn, at_us)
        yield {**event, **labels, **around(role, event, labels), **told}
        at_us += int(str(event["latency_us"])) + _pause_us(role, random)


def _call(role: Role, prompt: _Prompt, at_us: int, random: Random) -> Made:
    event: Made = {
        "id": call_id(at_us, random.getrandbits(63)),
        "at": at_us,
        "provider": role.provider,
        "model": role.model,
        "operation": role.operation,
    }
    is_streamed = random.random() < role.streamed
    if is_streamed:
        event["stream"] = True
    if random.random() < _FAULTY:
        return event | _fault(random)
    return event | _answer(role, prompt, at_us, random, is_streamed=is_streamed)


def _fault(random: Random) -> Made:
    error, status, billed, _, lost_s = random.choices(_FAULTS, [f[3] for f in _FAULTS])[0]
    fault: Made = {"outcome": "error", "error": error}
    if status:
        fault["status"] = status
    fault["billed"] = billed
    if error != "invalid_request":
        fault["attempts"] = 3
    fault["latency_us"] = int(lost_s * SECOND_US * (1 + random.random() * 0.2))
    return fault


def _answer(role: Role, prompt: _Prompt, at_us: int, random: Random, *, is_streamed: bool) -> Made:
    output = _around(random, role.output_tokens)
    reasoning = int(output * role.reasoning * (0.6 + 0.4 * random.random()))
    usage = _input_usage(role, prompt, at_us, random) | {"output": output}
    first_us = int(SECOND_US * (0.18 + prompt.tokens / 40_000) * (0.8 + random.random() * 0.7))
    latency_us = first_us + int(SECOND_US * output / role.tokens_per_s)
    answer: Made = {"answered": role.answered, "outcome": "ok", "status": 200}
    if reasoning:
        usage["reasoning"] = reasoning
    if role.operation != "embeddings":
        answer["finish"] = (_CUT if random.random() < 0.02 else _FINISH)[role.provider]
    if role.tier:
        answer["tier"] = role.tier
    if is_streamed and output > 40 and random.random() < _ABORTED:
        share = 0.15 + 0.6 * random.random()
        usage = usage | {"output": int(output * share), "reasoning": int(reasoning * share)}
        latency_us = first_us + int((latency_us - first_us) * share)
        answer |= {"outcome": "aborted", "estimated": True}
        del answer["finish"]
    if random.random() < _RETRIED:
        answer["attempts"] = 2
        latency_us += SECOND_US
        first_us += SECOND_US
    answer |= {"usage": usage, "latency_us": latency_us}
    if is_streamed:
        answer["first_chunk_us"] = first_us
    prompt.tokens += output - reasoning
    return answer


def _input_usage(role: Role, prompt: _Prompt, at_us: int, random: Random) -> dict[str, int]:
    """The input's buckets, and what the cache holds afterwards."""
    if role.caching is Caching.NONE:
        return {"input": prompt.tokens}
    is_warm = at_us - prompt.cached_at_us < _LIFETIME_US[role.caching]
    prompt.cached_at_us = at_us
    if role.caching is Caching.AUTOMATIC:
        prefix = prompt.cached if is_warm else role.prompt_tokens
        read = prefix // 128 * 128 if prefix >= 1024 and random.random() < 0.7 else 0
        prompt.cached = prompt.tokens
        return {"input": prompt.tokens - read} | ({"cache_read": read} if read else {})
    read = prompt.cached if is_warm else 0
    # The last words of a prompt stand behind the mark.
    fresh = min(prompt.tokens - read, 4 + int(random.random() * 30))
    prompt.cached = prompt.tokens - fresh
    buckets = {"input": fresh}
    if read:
        buckets["cache_read"] = read
    return buckets | {f"cache_write_{role.caching.value}": prompt.cached - read}


def _labels(role: Role, random: Random) -> Made:
    session = f"{role.workflow or role.feature}-{random.getrandbits(32):08x}"
    user = "" if role.is_nightly else USERS[int(len(USERS) * random.random() ** 1.8)]
    labels = {
        "session": session,
        "user": user,
        "feature": role.feature,
        "agent": role.agent,
        "workflow": role.workflow,
        "project": role.project,
        "site": role.site,
    }
    tags = {"env": "staging" if random.random() < 0.08 else "production"}
    return {**{name: label for name, label in labels.items() if label}, "tags": tags}


def _around(random: Random, typical: int) -> int:
    """A count near `typical`, now and then much more."""
    if not typical:
        return 0
    bell = sum(random.random() for _ in range(6)) - 3
    return max(1, round(typical * math.exp(0.7 * bell)))


def _between(random: Random, bounds: tuple[int, int]) -> int:
    return bounds[0] + int(random.random() * (bounds[1] - bounds[0] + 1))


def _pause_us(role: Role, random: Random) -> int:
    """How long until the session's next call: machines go on at once, people think."""
    typical_s = 4 if role.agent in {"reviewer", "researcher"} or role.is_nightly else 55
    longer = 12 if random.random() < 0.06 else 1
    return int(SECOND_US * typical_s * longer * (0.4 + 1.2 * random.random()))
