"""Where the log lives. Standard library only: this runs inside the user's program."""

import os
import sys
import time

SUFFIX = ".jsonl"
STAMP = "%Y%m%dT%H%M%S"
"""When a segment was begun, UTC: how its name begins."""


def home() -> str:
    """The folder everything of ours lives in: `PROFILER_HOME`, else the platform's state folder."""
    chosen = os.environ.get("PROFILER_HOME")
    if chosen:
        return os.path.abspath(os.path.expanduser(chosen))
    if sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Application Support")
    elif sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    else:
        base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return os.path.join(base, "profiler")


def log_folder(home_folder: str) -> str:
    """The folder of segments."""
    return os.path.join(home_folder, "log")


def text_folder(home_folder: str) -> str:
    """The folder of captured text; made only when text is captured."""
    return os.path.join(home_folder, "text")


def database(home_folder: str) -> str:
    """The SQLite file."""
    return os.path.join(home_folder, "profiler.db")


def segment_name(segment: str) -> str:
    """A new segment's file name: when, which process, and the start of its identity."""
    stamp = time.strftime(STAMP, time.gmtime())
    return f"{stamp}-{os.getpid()}-{segment[:8]}{SUFFIX}"
