"""Where `profiler.toml` may be: the user's in the home folder, the project's nearest upwards."""

import os

FILE_NAME = "profiler.toml"
_MOST_PARENTS = 64


def of_user(home: str) -> str:
    """The user's file, for everything in that home."""
    return os.path.join(home, FILE_NAME)


def of_project(start: str) -> str:
    """The file nearest to the folder `start`, upwards; empty where there is none, or no `start`."""
    if not start:
        return ""
    folder = start
    for _ in range(_MOST_PARENTS):
        path = os.path.join(folder, FILE_NAME)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    return ""


def in_force(home: str, start: str) -> list[str]:
    """The files that are there, the one that wins first."""
    user, project = of_user(home), of_project(start)
    found = [project] if project and project != user else []
    return [*found, user] if os.path.isfile(user) else found


def here() -> str:
    """The working folder; empty where it was deleted under the program."""
    try:
        return os.getcwd()
    except OSError:
        return ""
