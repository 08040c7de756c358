"""The command line, begun and not waited for."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.cli import command, environment


@contextmanager
def running(*arguments: str, home: Path, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """`profiler` with these arguments and `Popen`'s options; at the block's end it is no more.

    A block that fails must neither wait for it forever nor leave it behind.
    """
    settings: dict[str, Any] = {"env": environment(home), "text": True, **options}
    with subprocess.Popen(command(*arguments), **settings) as begun:
        try:
            yield begun
        finally:
            begun.kill()  # nothing to one that ended and was waited for
