"""Conversations over a socket: each response in them is a call, told when its events are read."""

from __future__ import annotations

import functools
import weakref

from profiler.shim.guard import quiet
from profiler.shim.patches import Patch, has_shape
from profiler.shim.providers.hosts import biller
from profiler.shim.providers.openai import NAME, decides
from profiler.shim.providers.reading import part, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from types import ModuleType
    from typing import Any

    from profiler.shim.call import Call

    Begin = Callable[[str, str, str], Call]
    """Begins the record of a call: who bills, the model, the operation."""

_OPERATIONS = {
    "AsyncLiveConnection": "chat",
    "AsyncRealtimeConnection": "realtime",
    "AsyncResponsesConnection": "chat",
    "LiveConnection": "chat",
    "RealtimeConnection": "realtime",
    "ResponsesConnection": "chat",
}
"""What is asked for over each kind of connection."""

_SHAPE = ("self", "data")
_METHOD = "parse_event"
_BEGINS = "response.created"
_ENDS = frozenset({"response.done", "response.completed", "response.incomplete", "response.failed"})
_SESSION = frozenset({"session.created", "session.started", "session.updated"})
_LENGTHS = frozenset({"session.usage.updated", "session.closed"})
"""Events that tell how long a session has been, from its beginning."""
_TRANSCRIBED = "conversation.item.input_audio_transcription.completed"
_MAX_OPEN = 64
_WHOLE = ""
"""The name, among a session's open calls, of the session that is billed as a whole."""


class Failed(Exception):
    """A response ended badly, as an event says; nothing is raised for it."""


class Conversation:
    """What is known of one connection, and the calls that are open on it."""

    __slots__ = ("__weakref__", "_begin", "_billed_by", "_model", "_open", "_operation", "_scribe")

    def __init__(self, begin: Begin, billed_by: str, operation: str) -> None:
        self._begin = begin
        self._billed_by = billed_by
        self._operation = operation
        self._model = ""
        self._scribe = ""
        """The model that writes down what is said to the one spoken with."""
        self._open: dict[str, Call] = {}

    def hear(self, event: object) -> None:
        """Learns from an event as the host reads it."""
        kind = part(event, "type")
        if kind == _BEGINS:
            self._start(part(event, "response"))
        elif kind in _ENDS:
            self._finish(event)
        elif kind in _SESSION:
            self._read_session(part(event, "session"))
        elif kind == _TRANSCRIBED:
            self._begin(self._billed_by, self._scribe, "transcription").read(event)
        elif kind in _LENGTHS:
            self._measure(event, is_over=kind == "session.closed")
        elif kind == "response.event":
            # a session may have another model answer; its events come inside
            self.hear(part(event, "event"))
        elif kind == "decision.event":
            decision = part(part(event, "event"), "decision")
            self._begin(decides(self._billed_by), "", "decision").read(decision)
        elif self._open and isinstance(part(event, "delta"), str):
            call_of_it = self._open.get(part(event, "response_id") or "")
            (call_of_it or next(reversed(self._open.values()))).learn(event)

    def drop(self) -> None:
        """The connection is gone, and with it the end of what was open on it."""
        for call in list(self._open.values()):
            call.drop()
        self._open.clear()

    def _start(self, response: object) -> Call:
        model = word(part(response, "model")) or self._model
        call = self._begin(self._billed_by, model, self._operation)
        call.is_stream = True
        if len(self._open) < _MAX_OPEN:
            self._open[word(part(response, "id"))] = call
        return call

    def _finish(self, event: object) -> None:
        response = part(event, "response")
        call = self._open.pop(word(part(response, "id")), None) or self._start(response)
        self._open.pop(word(part(response, "id")), None)
        call.learn(event)
        if part(response, "status") == "failed" and part(response, "usage") is None:
            call.fail(Failed())
        else:
            call.complete()

    def _measure(self, event: object, *, is_over: bool) -> None:
        call = self._open.pop(_WHOLE, None)
        if call is None:
            self._read_session(part(event, "session"))
            call = self._begin(self._billed_by, self._model, "realtime")
            call.is_stream = True
        call.learn(event)
        if is_over:
            call.complete()
        else:
            self._open[_WHOLE] = call

    def _read_session(self, session: object) -> None:
        self._model = word(part(session, "model")) or self._model
        heard = part(part(session, "audio"), "input")
        # the older form of a session has it at its top
        scribe = part(heard, "transcription") or part(session, "input_audio_transcription")
        self._scribe = word(part(scribe, "model")) or self._scribe


class Ear:
    """Hears every event of every connection, for one recorder."""

    __slots__ = ("_begin", "_conversations")

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._conversations: MutableMapping[object, Conversation] = weakref.WeakKeyDictionary()

    @quiet
    def hear(self, connection: Any, event: object) -> None:
        """Learns from an event that `connection` brought."""
        conversation = self._conversations.get(connection)
        if conversation is None:
            operation = _OPERATIONS.get(type(connection).__name__, "realtime")
            conversation = Conversation(self._begin, _billed_by(connection), operation)
            self._conversations[connection] = conversation
            weakref.finalize(connection, quiet(conversation.drop))
        conversation.hear(event)


def hearing(module: ModuleType, begin: Begin) -> list[Patch]:
    """The connections of `module`, patched where they turn what they receive into events."""
    ear = Ear(begin)
    patches = []
    for name in _OPERATIONS:
        owner = getattr(module, name, None)
        original = vars(owner).get(_METHOD) if owner is not None else None
        if original is not None and has_shape(original, _SHAPE, is_async=False):
            patch = Patch(owner, _METHOD, original)
            patch.install(_overheard(patch, ear))
            patches.append(patch)
    return patches


def _overheard(patch: Patch, ear: Ear) -> Callable[..., Any]:
    original = patch.original

    @functools.wraps(original)
    def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        event = original(self, *args, **kwargs)
        if patch.is_active:
            ear.hear(self, event)
        return event

    return recorded


def _billed_by(connection: object) -> str:
    """Who bills: whoever the socket is connected to."""
    uri = part(part(part(connection, "_connection"), "protocol"), "uri")
    host, port = part(uri, "host"), part(uri, "port")
    return biller(host if isinstance(host, str) else "", port, NAME)
