"""What is kept of the prompts a process sends: fingerprints; their text only where asked for."""

from __future__ import annotations

import os

from profiler.log import paths
from profiler.shim.guard import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from profiler.shim.call import Call
    from profiler.shim.capture import Capture
    from profiler.shim.chosen import Chosen
    from profiler.shim.fingerprint import Fingerprints


class Prompts:
    """Reads the environment, and this install's key, at the first prompt."""

    __slots__ = ("_capture", "_chosen", "_fingerprints", "_is_ready")

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._fingerprints: Fingerprints | None = None
        self._capture: Capture | None = None
        self._is_ready = False

    @quiet
    def keep(self, call: Call, body: object, extra: object = None) -> None:
        """Keeps what is to be kept of a request's body; what was added to it wins."""
        if not self._is_ready:
            self._prepare()
        fields: dict[str, Any] = body if type(body) is dict else {}
        if extra and type(extra) is dict:
            fields = {**fields, **extra}
        if self._capture is not None:
            self._capture.attend(call, fields)
        if self._fingerprints is not None:
            # what is embedded is never cached
            has_prefixes = call.operation != "embeddings"
            found = self._fingerprints.of(fields, has_prefixes=has_prefixes)
            if found is not None:
                call.told |= found.fields()

    def close(self) -> None:
        """Lets go of this process's text file, if there is one."""
        if self._capture is not None:
            self._capture.close()

    def _prepare(self) -> None:
        self._is_ready = True
        home = paths.home()
        if self._chosen.fingerprint:
            self._fingerprints = _fingerprints(home)
        if self._chosen.text:
            self._capture = _capture(home)


@quiet
def _fingerprints(home: str) -> Fingerprints | None:
    from profiler.shim.fingerprint import Fingerprints
    from profiler.shim.key import key_in

    key = key_in(home)
    return None if key is None else Fingerprints(key)


@quiet
def _capture(home: str) -> Capture | None:
    """What captures text; nothing where the redaction asked for cannot be had."""
    import re

    from profiler.shim.capture import Capture
    from profiler.shim.writer import warn

    try:
        return Capture(home, os.environ)
    except (re.error, OSError, ValueError) as error:
        # its message may quote the pattern; text must not go out unredacted
        warn(f"text is not captured: PROFILER_REDACT cannot be read ({type(error).__name__})")
        return None
