"""`profiler statusline`: what is spent, in one line."""

from pathlib import Path

import click

from profiler.cli import statusline as lines
from profiler.cli.home import now_us


@click.command(
    epilog="""\b
Fields: {today} {yesterday} {week} {month} {hour} {budget} {stale}
A part between dots goes where nothing can be said of it.

\b
Examples:
  profiler statusline
  profiler statusline --format '{hour} an hour · {budget}' --color ansi

\b
Where it goes:
  ~/.tmux.conf             set -g status-right-length 80
                           set -g status-right '#(profiler statusline --color tmux)'
  ~/.config/starship.toml  [custom.spend]
                           command = "profiler statusline"
                           when = true
  ~/.vimrc                 set statusline=%f\\ %{g:spend}
                           let g:spend = trim(system('profiler statusline'))
"""
)
@click.option("--format", "form", default=lines.USUAL, metavar="TEXT", help="What to show.")
@click.option(
    "--color",
    type=click.Choice([one.value for one in lines.Colour]),
    default=lines.Colour.NONE.value,
    help="How a full budget is coloured. Default: not at all.",
)
@click.pass_obj
def statusline(home: Path | None, form: str, color: str) -> None:
    """Print what is spent in one line, at once: for tmux, a prompt, an editor.

    Nothing is read but sums; where the log has waited to be read, the line says since when.
    """
    click.echo(lines.line(home, lines.check_form(form), lines.Colour(color), now_us()))
