"""Where a document goes: to standard output, or whole into a file."""

import io
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import click

from profiler import display
from profiler.errors import UsageError

STDOUT = "-"

_SUFFIXES = {
    ".csv": ("csv",),
    ".json": ("json",),
    ".jsonl": ("jsonl",),
    ".ndjson": ("jsonl",),
    ".parquet": ("parquet",),
    ".md": ("md",),
    ".html": ("html",),
    ".htm": ("html",),
    ".txt": ("table", "text"),
}


def say(words: str, *, indent: int = 2, is_talk: bool = False) -> None:
    """Write words, safe to draw: in a terminal within its width, further lines set in."""
    stream = sys.stderr if is_talk else sys.stdout
    text = display.plain(words)
    if stream.isatty():
        text = textwrap.fill(
            text,
            shutil.get_terminal_size().columns,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    click.echo(text, err=is_talk)


def format_for(target: str | None, among: tuple[str, ...], otherwise: str) -> str:
    """The format that a file's name asks for; `otherwise` where its name has no ending.

    Raises:
        UsageError: none of `among` is written to files that end so.

    """
    ending = Path(target or "").suffix.lower()
    if not ending or target == STDOUT:
        return otherwise
    forms = _SUFFIXES.get(ending, ())
    named = next((form for form in forms if form in among), None)
    if named is None:
        known = [end for end, forms in _SUFFIXES.items() if any(form in among for form in forms)]
        raise UsageError(
            f"nothing is written to files that end in {ending}; "
            f"end it in {', '.join(known)}, or say --format"
        )
    return named


def write_bytes(written: bytes, target: str | None, *, force: bool) -> None:
    """Write to standard output as it is, or, named a file, to that file.

    Raises:
        ExportError: the file cannot be written, or is there already and `force` is not given.

    """
    if target in {None, STDOUT}:
        sys.stdout.buffer.write(written)
        return
    from profiler.report.output import output_file

    with output_file(Path(str(target)), may_replace=force) as file:
        file.write(written)


def write_document(write: Callable[[TextIO], object], target: str | None, *, force: bool) -> None:
    """Have `write` write to standard output, or, named a file, to that file in UTF-8.

    Raises:
        ExportError: the file cannot be written, or is there already and `force` is not given.

    """
    if target in {None, STDOUT}:
        write(sys.stdout)
        return
    from profiler.report.output import output_file

    path = Path(str(target))
    with output_file(path, may_replace=force) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", errors="replace")
        write(text)
        text.flush()
        text.detach()
    click.echo(f"profiler: wrote {path}", err=True)
