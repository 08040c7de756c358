"""What stands around a made-up call: who called, in which trace, with which tools, after what.

Nothing here is drawn by lot: all of it follows from the call and its labels.
"""

from hashlib import sha256

from profiler.demo.cast import PAYING, Role
from profiler.domain.periods import SECOND_US

Made = dict[str, object]
"""One event, by the log's field names."""

_CALLING = {"openai": "tool_calls", "anthropic": "tool_use", "google": "STOP"}
"""Why a model stops that calls a function."""


def around(role: Role, event: Made, labels: Made) -> Made:
    """The further fields of `event`, a call of `role`."""
    number = int(str(event["id"])[-6:], 16)
    made: Made = {
        "user_tier": PAYING.get(str(labels["user"]), "free") if "user" in labels else "",
        "environment": _environment(labels),
        "prompt_version": f"v{3 + number % 2}" if role.feature == "chat" else "",
        "stack": [*role.callers, role.site] if role.callers else [],
        **_trace(role, labels),
        **_tools(role, event, number),
        **_retries(event, number),
    }
    return {name: value for name, value in made.items() if value}


def _environment(labels: Made) -> object:
    tags = labels["tags"]
    return tags.get("env", "") if isinstance(tags, dict) else ""


def _trace(role: Role, labels: Made) -> Made:
    """Calls of an agent or a workflow share one trace a session, and name its span."""
    if not (role.agent or role.workflow):
        return {}
    digits = sha256(str(labels["session"]).encode()).hexdigest()
    return {"trace": digits[:32], "parent": digits[32:48]}


def _tools(role: Role, event: Made, number: int) -> Made:
    if not role.tools:
        return {}
    made: Made = {"tools_offered": list(role.tools)}
    if event.get("outcome") == "ok" and number % 5 < 2:
        made["tools_called"] = [role.tools[number % len(role.tools)]] * (1 + number % 7 // 6)
        made["finish"] = _CALLING[role.provider]
    return made


def _retries(event: Made, number: int) -> Made:
    """What the attempts before the last one failed with, and the wait that the call took longer."""
    retries = int(str(event.get("attempts", 1))) - 1
    if not retries:
        return {}
    kind = str(event.get("error") or ("rate_limit", "server_error")[number % 3 // 2])
    waited = min(SECOND_US * 6 // 10 * retries, int(str(event["latency_us"])) // 2)
    return {"failures": [kind] * retries, "retry_wait_us": waited + number % 1000}
