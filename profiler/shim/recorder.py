"""Begins a call's record: who is asked for what, by whom, from where."""

from __future__ import annotations

import sys
from importlib import import_module

from profiler.log import paths
from profiler.log.encode import fields_of, repeated_field
from profiler.shim.budgets import Budgets
from profiler.shim.call import Call
from profiler.shim.callsite import Sites
from profiler.shim.context import CURRENT, Labels
from profiler.shim.defaults import Defaults
from profiler.shim.deferred import Memory
from profiler.shim.estimate import asked_bytes
from profiler.shim.guard import FAULTS, quiet
from profiler.shim.prompts import Prompts
from profiler.shim.providers import anthropic, google, groq, openai
from profiler.shim.providers.reading import Asked, part, word
from profiler.shim.routes import Route, Routes
from profiler.shim.spans import LIBRARY, current_span
from profiler.shim.writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from profiler.shim.budgets import Admission
    from profiler.shim.chosen import Chosen
    from profiler.shim.errands import Errand
    from profiler.shim.providers.litellm import Listener

    Begun = tuple[Call, tuple[Any, ...], dict[str, Any]]
    """A call's record, and the arguments to go on with."""

_RAW_HEADER = "X-Stainless-Raw-Response"


class Recorder:
    """Where the calls of one process are recorded; reads its surroundings at the first call."""

    __slots__ = (
        "_chosen",
        "_defaults",
        "_memory",
        "_prompts",
        "_routes",
        "_sites",
        "budgets",
        "listener",
        "writer",
    )

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self.writer = Writer(paths.log_folder(paths.home()), FAULTS)
        self._defaults: Defaults | None = None
        self._prompts = Prompts(chosen)
        self._routes = Routes()
        self._sites: Sites | None = None
        self._memory = Memory()
        self.budgets = Budgets()
        self.listener: Listener | None = None
        """Who is told of calls by the library that asks an SDK for them."""

    def close(self) -> None:
        """Lets go of this process's files."""
        self.writer.close()
        self._prompts.close()
        self.budgets.close()

    def beginning(self, name: str) -> Callable[..., Begun | None]:
        """What begins a call of an SDK: a method of ours, or what that SDK's own file tells."""
        own: Callable[..., Begun | None] | None = getattr(self, f"begin_{name}", None)
        if own is not None:
            return own
        file, _, way = name.partition(":")
        return self._asking(import_module(f"profiler.shim.providers.{file}"), way)

    def _asking(self, provider: ModuleType, way: str) -> Callable[..., Begun | None]:
        ask = getattr(provider, f"asked_{way}" if way else "asked")

        @quiet
        def begin(client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Begun | None:
            asked: Asked | None = ask(client, args, kwargs)
            if asked is None:
                return None
            if asked.operation == "job":
                return self._job(provider, asked.billed_by, asked.model), args, kwargs
            call = self._begin(provider, asked.billed_by, asked.model, asked.operation)
            call.is_stream = asked.is_stream
            call.sent_bytes = asked_bytes(asked.body) if asked.is_stream else 0
            call.offer(asked.body)
            self._prompts.keep(call, asked.body)
            return call, args, kwargs

        return begin

    @quiet
    def begin_openai(
        self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Begun | None:
        """A call through OpenAI's SDK, asked to tell its usage; `None` if it bills nothing."""
        options = _options(args, kwargs)
        call = self._begin_stainless(openai, client, options, kwargs)
        if call is None:
            return None
        if self.listener is not None and self.listener.has_asked():
            self.listener.stand_over(call)
        elif call.is_stream and not call.is_raw and not call.reading.is_deferred:
            asked = _asking_for_usage(client, options)
            if asked is not None:
                call.hides_usage = True
                return (call, *_with_options(args, kwargs, asked))
        return call, args, kwargs

    def begin_socket(self, billed_by: str, model: str, operation: str) -> Call:
        """A call over a socket of OpenAI's SDK, begun by an event of the service's."""
        return self._begin(openai, billed_by, model, operation)

    @quiet
    def begin_groq(
        self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Begun | None:
        """A call through Groq's SDK, which is OpenAI's; its streams tell usage unasked."""
        call = self._begin_stainless(groq, client, _options(args, kwargs), kwargs)
        return None if call is None else (call, args, kwargs)

    @quiet
    def begin_anthropic(
        self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Begun | None:
        """A call through Anthropic's SDK; `None` if it bills nothing."""
        call = self._begin_stainless(anthropic, client, _options(args, kwargs), kwargs)
        return None if call is None else (call, args, kwargs)

    def _begin_stainless(
        self, provider: Any, client: Any, options: Any, kwargs: Mapping[str, Any]
    ) -> Call | None:
        route = self._routes.of(provider, client, options)
        if route.errand:
            return self._begin_errand(provider, route, options, kwargs)
        if not route.operation:
            return None
        body, extra = options.json_data, options.extra_json
        model = word(part(body, "model"))
        if extra:
            # what the host adds to a body wins over the body
            model = word(part(extra, "model")) or model
        call = self._begin(provider, route.billed_by, model, route.operation)
        call.memory = self._memory
        call.is_stream = bool(kwargs.get("stream"))
        call.is_raw = _is_raw(options)
        call.offer(body)
        self._prompts.keep(call, body, extra)
        provider.prepare(call, route.host, body)
        return call

    def _begin_errand(
        self, provider: Any, route: Route, options: Any, kwargs: Mapping[str, Any]
    ) -> Errand:
        """The fetching of what may tell of calls made earlier."""
        # few programs come here, and the others need not load it
        kind: type[Errand] = import_module(provider.ERRANDS).KINDS[route.errand]
        told = {
            **fields_of({"provider": route.billed_by, "operation": "chat"}),
            **self.labels(),
        }
        is_new = route.errand == "job" or (route.errand == "batch" and _is_making(options))
        operation = route.errand if is_new else "chat"
        call = kind(provider, operation, route.billed_by, told, self.writer.write)
        if is_new and self.budgets.are_set():
            call.admission = self._admission(call)
        call.memory = self._memory
        call.name = provider.name_in(options.url)
        call.is_stream = bool(kwargs.get("stream"))
        call.is_raw = _is_raw(options)
        return call

    def _job(self, provider: Any, billed_by: str, model: str) -> Call:
        """Work that the provider does on its own; no event tells of it."""
        kind: type[Call] = import_module("profiler.shim.errands").Job
        told = {**fields_of({"model": model} if model else {}), **self.labels()}
        call = kind(provider, "job", billed_by, told, self.writer.write)
        if self.budgets.are_set():
            call.admission = self._admission(call)
        return call

    @quiet
    def begin_google(
        self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Begun | None:
        """A call through Google's SDK; `None` if it bills nothing."""
        del client
        return self._begin_google(args, kwargs, is_stream=False)

    @quiet
    def begin_google_stream(
        self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Begun | None:
        """A streamed call through Google's SDK; `None` if it bills nothing."""
        del client
        return self._begin_google(args, kwargs, is_stream=True)

    def _begin_google(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], *, is_stream: bool
    ) -> Begun | None:
        method = args[0] if args else kwargs["http_method"]
        path = args[1] if len(args) > 1 else kwargs["path"]
        operation = google.operation_of(path) if method == "post" else ""
        if not operation:
            return None
        if operation == "job":
            return self._job(google, google.NAME, google.model_of(path)), args, kwargs
        body = args[2] if len(args) > 2 else kwargs.get("request_dict")
        call = self._begin(google, google.NAME, google.model_of(path, body), operation)
        call.is_stream = is_stream
        call.sent_bytes = asked_bytes(body) if is_stream else 0
        call.offer(body)
        self._prompts.keep(call, body)
        return call, args, kwargs

    def _begin(self, provider: Any, billed_by: str, model: str, operation: str) -> Call:
        told = self.labels()
        told["provider"] = repeated_field("provider", billed_by)
        told["operation"] = repeated_field("operation", operation)
        if model:
            told["model"] = repeated_field("model", model)
        call = Call(provider, operation, billed_by, told, self.writer.write)
        if self.budgets.are_set():
            call.admission = self._admission(call)
        return call

    def _admission(self, call: Call) -> Admission:
        """What must let `call` pass: the budgets, which go by the labels of here and now."""
        known = self.known_labels()

        def admit(
            client: object, args: tuple[Any, ...], kwargs: dict[str, Any]
        ) -> tuple[tuple[Any, ...], dict[str, Any]]:
            return self.budgets.admit(call, client, args, kwargs, known)

        return admit

    def known_labels(self) -> tuple[dict[str, str], dict[str, str]]:
        """The labels and the tags of calls made here and now."""
        defaults, labels = self._defaults_read(), CURRENT.get()
        return {**defaults.texts, **labels.texts}, {**defaults.tags, **labels.tags}

    def _defaults_read(self) -> Defaults:
        if self._defaults is None:
            self._defaults = Defaults(self._chosen)
            frames = self._defaults.frames
            self._sites = Sites(self._defaults.root, frames) if frames else None
        return self._defaults

    def labels(self) -> dict[str, str]:
        """What every call made here and now is told with: who, what for, from where."""
        defaults = self._defaults or self._defaults_read()
        labels = CURRENT.get()
        written = labels.written
        if written is None or written[0] is not defaults:
            # a race of two threads writes the same twice
            labels.written = written = (defaults, _labels(defaults, labels))
        told = dict(written[1])
        if LIBRARY in sys.modules:
            told |= current_span() or {}
        if self._sites is not None:
            told |= self._sites.here()
        return told


def _labels(defaults: Defaults, labels: Labels) -> dict[str, str]:
    """What is in force in a block, as a line has it; an empty text takes a label away."""
    texts = {**defaults.texts, **labels.texts, "trace": labels.trace}
    if labels.trace:
        texts["parent"] = labels.span
    tags = {**defaults.tags, **labels.tags}
    told: dict[str, object] = {name: text for name, text in texts.items() if text}
    if tags:
        told["tags"] = {name: value for name, value in tags.items() if value}
    return fields_of(told)


def _is_raw(options: Any) -> bool:
    # absent headers are a marker of the SDK's own, not a mapping
    headers = options.headers
    return bool(headers.get(_RAW_HEADER)) if hasattr(headers, "get") else False


def _is_making(options: Any) -> bool:
    return str(options.method).lower() == "post" and str(options.url).endswith("batches")


def _options(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return args[1] if len(args) > 1 else kwargs["options"]


def _with_options(
    args: tuple[Any, ...], kwargs: dict[str, Any], options: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if len(args) > 1:
        return (args[0], options, *args[2:]), kwargs
    return args, {**kwargs, "options": options}


def _asking_for_usage(client: Any, options: Any) -> Any:
    """A copy of `options` that asks for usage; `None` if the host does, or nobody should."""
    body, extra = options.json_data, options.extra_json
    if not isinstance(body, dict) or not openai.may_ask_for_usage(client, options.url, body):
        return None
    # what the host adds to a body wins over the body
    field = "extra_json" if isinstance(extra, dict) and "stream_options" in extra else "json_data"
    wanted = extra if field == "extra_json" else body
    given = wanted.get("stream_options")
    if given is not None and not isinstance(given, dict):
        return None
    if given and given.get("include_usage"):
        return None
    asked = {**wanted, "stream_options": {**(given or {}), "include_usage": True}}
    copy: Callable[..., Any] = options.model_copy
    return copy(update={field: asked})
