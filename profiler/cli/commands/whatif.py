"""`profiler whatif`: what the same calls would have cost on other models."""

import sys
from pathlib import Path

import click

from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home, say_if_none
from profiler.errors import UsageError


@click.command(
    epilog="""\b
Examples:
  profiler whatif                            # which model would have been cheapest
  profiler whatif --to gpt-5-mini
  profiler whatif --to anthropic/claude-haiku-4-5 --since 30d feature:search

Without --to, the calls are priced on the models in use and on the current ones of the same makers,
cheapest first. It is the same tokens at the other model's rates of today. Up to 2,000 calls are
repriced one by one. Of more, sums are: where rates depend on what those do not tell, such as how
long each input was, the figures are bounds and say so.
"""
)
@click.option(
    "--to",
    "target",
    metavar="MODEL",
    help="One model to move to: gpt-5-mini, or azure/gpt-5-mini.  [default: all sensible ones]",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@filtered
@click.pass_obj
def whatif(home: Path | None, query: Query, target: str | None, *, as_json: bool) -> None:
    """Reprice calls on other models, to see what moving would change."""
    from profiler.analysis.whatif import ranked, whatif as repriced
    from profiler.pricing.makers import listed_as
    from profiler.report.whatif import of_ranked, of_whatif, sheet_of_ranked, sheet_of_whatif

    with read_home(home) as workspace:
        if target and listed_as(workspace.card, target) is None:
            raise UsageError(
                f"no rate is known for {target!r}; `profiler prices find` looks for "
                "parts of a name, and `profiler prices override` sets your own"
            )
        zone, at_us = workspace.settings.zone, now_us()
        wanted = query.read(at_us, zone)
        asked = workspace.store, workspace.card
        each = () if target else ranked(*asked, wanted, at_us)
        one = repriced(*asked, target, wanted, at_us) if target else None
        if not one:
            say_if_none(workspace, len(each), query)
    if as_json:
        from profiler.report.structured import encoded

        sys.stdout.write(encoded(of_whatif(one) if one else of_ranked(each)))
        return
    from profiler.report.sheet import span_words
    from profiler.report.terminal import draw

    subtitle = " · ".join(filter(None, (span_words(wanted.span, zone), query.narrowed_by)))
    draw(sheet_of_whatif(one, subtitle) if one else sheet_of_ranked(each, subtitle), sys.stdout)
