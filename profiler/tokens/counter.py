"""Text to token count, offline: exact for OpenAI's models, a comparison for all others."""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tiktoken

from profiler.tokens.ranks import Encoding, unpacked

_FAMILIES: tuple[tuple[re.Pattern[str], Encoding | None], ...] = (
    (re.compile(r"gpt-(?:2(?!\d)|neo|j)"), None),
    (re.compile(r"gpt-4o|gpt-4\.|chatgpt-|o\d|codex-|computer-use-"), Encoding.O200K),
    (
        re.compile(r"gpt-?3|gpt-4(?!\d)|text-embedding-(?:3|ada)|(?:davinci|babbage)-002"),
        Encoding.CL100K,
    ),
    (re.compile(r"gpt-"), Encoding.O200K),
)
"""Model families by how their names begin, the first that fits; tiktoken's list ends at gpt-5."""

_MAX_CHUNK = 64 * 1024
"""Characters encoded at once: the encoder gives up on some runs of a million spaces."""

_SAFE_CUT = re.compile(r"(?<=\S) (?=\S)")
"""No encoding lets a token reach across the beginning of a lone space."""

_LOADING = threading.Lock()
"""The environment belongs to the whole process; one thread at a time may lend it a value."""


@dataclass(frozen=True, slots=True)
class TokenCount:
    """How many tokens a text is."""

    tokens: int
    encoding: str
    """The encoding counted in: `o200k_base` or `cl100k_base`."""
    is_exact: bool
    """Whether the model reads the bare text as just so many tokens; what a provider puts around
    messages comes on top. Otherwise the count is o200k's and the model's own differs."""


def count(text: str, model: str, cache_folder: Path) -> TokenCount:
    """How many tokens `text` is for `model`; no network, ever.

    `cache_folder` takes the unpacked ranks (4 MB), once.

    Raises:
        ProfilerError: the folder cannot be written.

    """
    own = encoding_of(model)
    encoding = own or Encoding.O200K
    encode = _loaded(encoding, cache_folder).encode_ordinary
    tokens, is_exact = 0, own is not None
    for chunk, is_whole in _chunks(text):
        tokens += len(encode(chunk))
        is_exact = is_exact and is_whole
    return TokenCount(tokens, encoding.value, is_exact)


def encoding_of(model: str) -> Encoding | None:
    """The encoding `model` reads in; `None` where it is not known to be one of OpenAI's."""
    name = model.strip().lower().removeprefix("openai/").removeprefix("azure/").removeprefix("ft:")
    families = (encoding for family, encoding in _FAMILIES if family.match(name))
    return next(families, None)


def _chunks(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces, each with whether its end cannot have cut a token in two."""
    start = 0
    while len(text) - start > _MAX_CHUNK:
        limit = start + _MAX_CHUNK
        cuts = [found.start() for found in _SAFE_CUT.finditer(text, limit - 4096, limit)]
        end = cuts[-1] if cuts else limit
        yield text[start:end], bool(cuts)
        start = end
    yield text[start:], True


@cache
def _loaded(encoding: Encoding, cache_folder: Path) -> tiktoken.Encoding:
    with _LOADING:
        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(unpacked(encoding, cache_folder).parent)
        try:
            return tiktoken.get_encoding(encoding.value)
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before
