"""`profiler whatif`: what the same calls would have cost on another model."""

import sys
from pathlib import Path

import click

from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home
from profiler.errors import UsageError


@click.command(
    epilog="""\b
Examples:
  profiler whatif --to openai/gpt-5-mini
  profiler whatif --to anthropic/claude-haiku-4-5 --since 30d feature:search

The same tokens at the other model's rates of today. Up to 2,000 calls are repriced one by one. Of
more, sums are: where rates depend on what those do not tell, such as how long each input was, the
figures are bounds and say so.
"""
)
@click.option(
    "--to",
    "target",
    required=True,
    metavar="MODEL",
    help="The model to move to, with its provider: openai/gpt-5-mini.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@filtered
@click.pass_obj
def whatif(home: Path | None, query: Query, target: str, *, as_json: bool) -> None:
    """Reprice calls on another model, to see what moving would change."""
    from profiler.analysis.whatif import found_target, whatif as repriced
    from profiler.report.whatif import of_whatif, sheet_of_whatif

    with read_home(home) as workspace:
        if found_target(workspace.card, target) is None:
            raise UsageError(
                f"no rate is known for {target!r}; `profiler prices find` looks for "
                "parts of a name, and `profiler prices override` sets your own"
            )
        zone, at_us = workspace.settings.zone, now_us()
        wanted = query.read(at_us, zone)
        found = repriced(workspace.store, workspace.card, target, wanted, at_us)
    if as_json:
        from profiler.report.structured import encoded

        sys.stdout.write(encoded(of_whatif(found)))
        return
    from profiler.report.sheet import span_words
    from profiler.report.terminal import draw

    subtitle = " · ".join(filter(None, (span_words(wanted.span, zone), query.narrowed_by)))
    draw(sheet_of_whatif(found, subtitle), sys.stdout)
