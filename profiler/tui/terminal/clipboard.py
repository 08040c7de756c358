"""What can be said of a copy: nobody answers whether the terminal took it."""

from collections.abc import Mapping


def copied(what: str, environment: Mapping[str, str]) -> str:
    """How a copy of `what` is told; tmux lets none through unless it is set to."""
    if environment.get("TMUX"):
        return f"Sent {what} to the terminal's clipboard; tmux needs set-clipboard on."
    return f"Copied {what}."
