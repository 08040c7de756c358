"""The text of calls, kept where the user asks for it: overheard, redacted, in files of its own."""

from __future__ import annotations

import os
import time

from profiler.log import paths
from profiler.log.text import MAX_CHARS, id_in, text_line
from profiler.shim.guard import quiet
from profiler.shim.redact import Redaction
from profiler.shim.speech import answered_in, asked_in, heard_in, is_whole
from profiler.shim.writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from profiler.log.text import Said
    from profiler.shim.call import Call, Provider
    from profiler.shim.providers.reading import Reading

MARGIN_CHARS = 8 * 1024
"""Read beyond the cut, so that a secret across it is recognised, and thrown away after."""

_DAY_S = 86_400


class Capture:
    """Keeps the text of one process's calls."""

    __slots__ = ("_folder", "_redaction", "_writers")

    def __init__(self, home: str, environment: Mapping[str, str]) -> None:
        """With the redaction that the environment asks for.

        Raises:
            re.error: a pattern of the user's is no regular expression.
            OSError: the file of patterns cannot be read.
        """
        has_phones = environment.get("PROFILER_REDACT_PHONES", "0") not in {"", "0"}
        own = own_patterns(environment.get("PROFILER_REDACT", ""))
        self._redaction = Redaction(own, has_phones=has_phones)
        self._folder = paths.text_folder(home)
        self._writers: dict[int, Writer] = {}

    @quiet
    def attend(self, call: Call, body: Mapping[str, Any]) -> None:
        """Keeps what a call sends now, and what it will be answered."""
        Transcript(self, body).listen(call)

    def clean(self, said: Iterable[Said]) -> tuple[list[Said], bool]:
        """What was said, cut to size and with what is secret taken out; whether it was cut."""
        kept: list[Said] = []
        left = MAX_CHARS
        for role, text in said:
            if left <= 0:
                return kept, True
            is_cut = len(text) > left
            clean = self._redaction.redacted(text[: left + MARGIN_CHARS] if is_cut else text)
            if is_cut:
                clean = clean[: min(left, max(len(clean) - MARGIN_CHARS, 0))]
            kept.append((self._redaction.redacted(role[:40]), clean))
            left -= len(text)
        return kept, left < 0

    def write(self, line: bytes, at_s: float) -> None:
        """Appends to the file of that day, so that old text can be removed by whole files."""
        day = int(at_s) // _DAY_S
        writer = self._writers.get(day)
        if writer is None:
            writer = self._writers.setdefault(day, Writer(self._folder))
            # yesterday's may still be written to by a thread that looked before midnight
            for old in [each for each in self._writers if each < day - 1]:
                self._writers.pop(old).close()
        writer.write(line)

    def close(self) -> None:
        """Closes this process's files."""
        for writer in self._writers.values():
            writer.close()


class Transcript:
    """What is said in one call. Stands in for its provider's reading, and reads along."""

    __slots__ = ("_capture", "_prompt", "_provider", "_said", "_size", "_write")

    _provider: Provider
    _write: Callable[[bytes], None]

    def __init__(self, capture: Capture, body: Mapping[str, Any]) -> None:
        self._capture = capture
        self._prompt = capture.clean(asked_in(body))
        self._said: list[Said] = []
        self._size = 0

    def listen(self, call: Call) -> None:
        """Takes the place of what a call learns by and is written by."""
        self._provider, self._write = call.provider, call.write
        call.provider, call.write = self, self.write

    def read_answer(self, reading: Reading, answer: object) -> None:
        """Passes a whole answer on, and keeps its text."""
        self._hear(answer)
        self._provider.read_answer(reading, answer)

    def read_chunk(self, reading: Reading, chunk: object) -> None:
        """Passes a chunk on, and keeps its text."""
        self._hear_chunk(chunk)
        self._provider.read_chunk(reading, chunk)

    def buckets(self, raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
        """The provider's own."""
        return self._provider.buckets(raw, operation)

    def write(self, line: bytes) -> None:
        """Writes the call's event, then its text."""
        self._write(line)
        self._write_text(line)

    @quiet
    def _hear(self, answer: object) -> None:
        self._said = list(answered_in(answer))

    @quiet
    def _hear_chunk(self, chunk: object) -> None:
        whole = is_whole(chunk)
        if whole is not None:
            self._said = list(answered_in(whole))
        elif self._size <= MAX_CHARS + MARGIN_CHARS:
            for piece in heard_in(chunk):
                self._said.append(("", piece))
                self._size += len(piece)

    @quiet
    def _write_text(self, line: bytes) -> None:
        said = self._said
        if said and not said[0][0]:
            # pieces of a stream; only together do they show what is secret
            said = [("assistant", "".join(piece for _, piece in said))]
        prompt, is_prompt_cut = self._prompt
        answer, is_answer_cut = self._capture.clean(said)
        is_cut = is_prompt_cut or is_answer_cut
        self._capture.write(text_line(id_in(line), prompt, answer, is_cut=is_cut), time.time())


def own_patterns(chosen: str) -> list[str]:
    """The user's expressions, one per line: those lines themselves, or a file of them.

    Raises:
        OSError: a file is named, and cannot be read.
    """
    path = os.path.expanduser(chosen)
    # a missing file must not pass for an expression that matches nothing
    if "\n" not in chosen and (chosen.startswith(("/", "~", "./", "../")) or os.path.isfile(path)):
        with open(path, encoding="utf-8") as file:
            chosen = file.read()
    return [line for line in chosen.splitlines() if line.strip()]
