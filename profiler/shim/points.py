"""The methods patched in each SDK: one that every call passes, one that every retry does."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_STAINLESS = ("self", "cast_to", "options", "stream", "stream_cls")
_GOOGLE = ("self", "http_method", "path", "request_dict", "http_options")
_SPEAKEASY = ("self", "hook_ctx", "request", "is_error_status_code", "stream", "retry_config")
_FERN = ("self", "path", "method", "base_url", "params", "json")
_GAPIC = "google.ai.generativelanguage_v1beta.services.generative_service."
_GRPC = ("self", "request", "model", "contents", "retry", "timeout", "metadata")
_OLLAMA = ("self", "cls", "stream", "*args", "**kwargs")


class Point:
    """One method that every call of an SDK passes, or that every retry of it does."""

    __slots__ = ("begin", "is_async", "module", "name", "owner", "shape")

    def __init__(
        self,
        place: str,
        begin: str = "",
        *,
        shape: tuple[str, ...] = (),
        is_async: bool = False,
    ) -> None:
        self.module, self.owner, self.name = place.split(":")
        self.begin = begin
        """What begins a call here: a method of the recorder, or a file of `providers` and, after
        a colon, which of its ways to ask. At a retry, what counts it: a function of `recording`.
        """
        self.shape = shape
        """Its parameters, in order: where they differ, the SDK is not one we know."""
        self.is_async = is_async


CALLS = tuple(
    Point(place, begin, shape=shape, is_async=is_async)
    for place, begin, shape, is_async in (
        ("openai._base_client:SyncAPIClient:request", "openai", _STAINLESS, False),
        ("openai._base_client:AsyncAPIClient:request", "openai", _STAINLESS, True),
        ("anthropic._base_client:SyncAPIClient:request", "anthropic", _STAINLESS, False),
        ("anthropic._base_client:AsyncAPIClient:request", "anthropic", _STAINLESS, True),
        ("groq._base_client:SyncAPIClient:request", "groq", _STAINLESS, False),
        ("groq._base_client:AsyncAPIClient:request", "groq", _STAINLESS, True),
        ("google.genai._api_client:BaseApiClient:request", "google", _GOOGLE, False),
        (
            "google.genai._api_client:BaseApiClient:request_streamed",
            "google_stream",
            _GOOGLE,
            False,
        ),
        ("google.genai._api_client:BaseApiClient:async_request", "google", _GOOGLE, True),
        (
            "google.genai._api_client:BaseApiClient:async_request_streamed",
            "google_stream",
            _GOOGLE,
            True,
        ),
        ("google.genai._gaos.basesdk:BaseSDK:do_request", "interactions", _SPEAKEASY, False),
        (
            "google.genai._gaos.basesdk:AsyncBaseSDK:do_request_async",
            "interactions",
            _SPEAKEASY,
            True,
        ),
        ("mistralai.client.basesdk:BaseSDK:do_request", "mistral", _SPEAKEASY, False),
        ("mistralai.client.basesdk:BaseSDK:do_request_async", "mistral", _SPEAKEASY, True),
        ("cohere.core.http_client:HttpClient:request", "cohere", _FERN, False),
        ("cohere.core.http_client:HttpClient:stream", "cohere", _FERN, False),
        ("cohere.core.http_client:AsyncHttpClient:request", "cohere", _FERN, True),
        ("cohere.core.http_client:AsyncHttpClient:stream", "cohere", _FERN, False),
        (f"{_GAPIC}client:GenerativeServiceClient:generate_content", "generativeai", _GRPC, False),
        (
            f"{_GAPIC}client:GenerativeServiceClient:stream_generate_content",
            "generativeai:stream",
            _GRPC,
            False,
        ),
        (
            f"{_GAPIC}client:GenerativeServiceClient:embed_content",
            "generativeai:embedding",
            ("self", "request", "model", "content"),
            False,
        ),
        (
            f"{_GAPIC}async_client:GenerativeServiceAsyncClient:generate_content",
            "generativeai",
            _GRPC,
            True,
        ),
        ("ollama._client:Client:_request", "ollama", _OLLAMA, False),
        ("ollama._client:AsyncClient:_request", "ollama", _OLLAMA, True),
    )
)

RETRIES = tuple(
    Point(place, count)
    for place, count in (
        ("openai._base_client:SyncAPIClient:_sleep_for_retry", "count_retry"),
        ("openai._base_client:AsyncAPIClient:_sleep_for_retry", "count_retry"),
        ("anthropic._base_client:SyncAPIClient:_sleep_for_retry", "count_retry"),
        ("anthropic._base_client:AsyncAPIClient:_sleep_for_retry", "count_retry"),
        ("groq._base_client:SyncAPIClient:_sleep_for_retry", "count_retry"),
        ("groq._base_client:AsyncAPIClient:_sleep_for_retry", "count_retry"),
        ("google.genai._api_client:BaseApiClient:_request_once", "count_attempt"),
        ("google.genai._api_client:BaseApiClient:_async_request_once", "count_attempt"),
        ("mistralai.client._hooks.sdkhooks:SDKHooks:before_request", "count_attempt"),
        ("mistralai.client._hooks.sdkhooks:SDKHooks:after_error", "count_failure"),
        ("mistralai.client.utils.retries:TemporaryError:__init__", "count_failure"),
    )
)

MODULES = frozenset(point.module for point in CALLS)

RETRYING = frozenset(point.module for point in RETRIES)
"""Modules whose retries are counted; some are apart from where the calls pass."""

SOCKETS = frozenset(
    {
        "openai.resources.beta.realtime.realtime",
        "openai.resources.beta.responses.responses",
        "openai.resources.live.live",
        "openai.resources.realtime.realtime",
        "openai.resources.responses.responses",
    }
)
"""Modules whose connections bring calls over a socket; not every version has each."""

LISTENERS = {"litellm": "litellm"}
"""Modules that call back, and the file of `providers` that listens to each."""

COPYING = frozenset({"openai._base_client", "anthropic._base_client", "groq._base_client"})
"""SDKs whose clients make copies of themselves."""

SDKS = (
    ("openai", ("openai._base_client",)),
    ("anthropic", ("anthropic._base_client",)),
    ("groq", ("groq._base_client",)),
    ("google-genai", ("google.genai._api_client", "google.genai._gaos.basesdk")),
    ("google-generativeai", (f"{_GAPIC}client", f"{_GAPIC}async_client")),
    ("mistralai", ("mistralai.client.basesdk",)),
    ("cohere", ("cohere.core.http_client",)),
    ("ollama", ("ollama._client",)),
)
"""Distributions whose calls are recorded, and the modules of each that are patched.

A distribution without the first of its modules is one we do not know.
"""


def points_of(name: str) -> list[Point]:
    """The chokepoints of an SDK, by its module."""
    return [point for point in CALLS if point.module == name]


def retries_of(name: str) -> list[Point]:
    """Where an SDK's retries pass."""
    return [point for point in RETRIES if point.module == name]


_SERVICES = ("chat", "fim", "agents", "embeddings")


def inners_of(client: Any) -> Iterator[Any]:
    """The objects of a client that its calls pass: itself, one inside it, or one per service."""
    transport = getattr(getattr(client, "_client_wrapper", None), "httpx_client", None)
    if hasattr(client, "_api_client"):
        yield client._api_client  # noqa: SLF001  # google-genai's
    elif transport is not None:
        yield transport
    elif hasattr(client, "sdk_configuration"):
        yield from (getattr(client, name) for name in _SERVICES if hasattr(client, name))
    else:
        yield client
