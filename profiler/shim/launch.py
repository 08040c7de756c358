"""Runs a command with every Python process in it instrumented, its code unchanged.

A folder of ours on `PYTHONPATH` holds a `sitecustomize`, which Python imports at its start.
Interpreters that ignore `PYTHONPATH` (`-I`, `-E`) or skip `site` (`-S`), and programs frozen
into one file, are out of its reach.
"""

from __future__ import annotations

import os
import sys

from profiler.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

INJECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inject")
"""The folder that holds nothing but our `sitecustomize`."""

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""Exit codes, as a shell gives them."""


def run(arguments: list[str]) -> int:
    """Becomes the command: `-m module …`, `script.py …` or `-- command …`.

    Arguments, working folder, signals and exit code are the command's own; this returns only
    if it cannot be started, with the code to exit with.

    Raises:
        UsageError: there is no command in `arguments`.

    """
    command = command_of(arguments)
    environment = environment_of(os.environ)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    try:
        if os.name == "posix":
            os.execvpe(command[0], command, environment)  # noqa: S606  # no shell is wanted
        return _waited(command, environment)
    except FileNotFoundError:
        sys.stderr.write(f"profiler: {command[0]} was not found; is it on the PATH?\n")
        return NOT_FOUND
    except OSError as error:
        sys.stderr.write(f"profiler: {command[0]} cannot be run: {error.strerror}\n")
        return NOT_EXECUTABLE


def command_of(arguments: list[str]) -> list[str]:
    """The command to start.

    Raises:
        UsageError: there is none.

    """
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if first == "--" and rest:
        return rest
    if first == "-m" and rest:
        return [sys.executable, *arguments]
    if first and not first.startswith("-"):
        return [sys.executable, *arguments]
    raise UsageError("nothing to run; give a script.py, -m module, or -- command")


def environment_of(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with our folder first on `PYTHONPATH`, once."""
    given = environment.get("PYTHONPATH", "")
    folders = [folder for folder in given.split(os.pathsep) if folder and folder != INJECTED]
    return {**environment, "PYTHONPATH": os.pathsep.join([INJECTED, *folders])}


def _waited(command: list[str], environment: dict[str, str]) -> int:
    """Where a process cannot become another one: its child's exit code."""
    import subprocess  # only there

    return subprocess.call(command, env=environment)  # noqa: S603  # the user's own command
