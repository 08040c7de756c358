"""`profiler completion`: what a shell needs to complete commands and options."""

import os
from pathlib import Path

import click

from profiler.errors import UsageError

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_PROFILER_COMPLETE"


@click.command(
    epilog="""\b
Add one line to your shell's own file:
  bash   ~/.bashrc                      eval "$(profiler completion bash)"
  zsh    ~/.zshrc                       eval "$(profiler completion zsh)"
  fish   ~/.config/fish/config.fish     profiler completion fish | source
"""
)
@click.argument("shell", type=click.Choice(SHELLS), required=False)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print what completes `profiler` in SHELL, by default the one in $SHELL."""
    from click.shell_completion import get_completion_class

    name = shell or Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(name) if name in SHELLS else None
    if kind is None:
        raise UsageError(f"name the shell: profiler completion {'|'.join(SHELLS)}")
    click.echo(kind(ctx.find_root().command, {}, "profiler", VARIABLE).source())
