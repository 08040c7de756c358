"""`profiler flame`: spend as a flame graph, for the viewers people have."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler.analysis.flame import Measure
from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home, say_if_none
from profiler.cli.output import STDOUT, write_bytes
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension
from profiler.errors import UsageError

if TYPE_CHECKING:
    from profiler.analysis.flame import Frame
    from profiler.domain.scopes import Filter
    from profiler.store.sources import Kind
    from profiler.workspace import Workspace

FORMATS = ("collapsed", "speedscope", "svg", "html", "pprof")
_NAMED = {
    ".json": "speedscope",
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".gz": "pprof",
    ".pb": "pprof",
    ".pprof": "pprof",
}
_TEXT = ("", ".txt", ".folded", ".collapsed")
"""The format that a file's name asks for; any other is collapsed."""


def _form_for(output: str | None) -> str:
    """The form that a file's name asks for; text is collapsed stacks."""
    suffix = Path(output or "").suffix.lower()
    if suffix not in {*_NAMED, *_TEXT}:
        known = " ".join(_NAMED)
        raise UsageError(f"{output} tells no form; end it in one of {known}, or give --format")
    return _NAMED.get(suffix, "collapsed")


@click.command(
    epilog="""\b
Examples:
  profiler flame -o spend.html                        # to look at in a browser
  profiler flame --by feature,agent,model -o spend.svg
  profiler flame --since 7d -o week.speedscope.json   # for speedscope.app
  profiler flame -o week.pb.gz && go tool pprof -http : week.pb.gz
  profiler flame --measure tokens feature:search | flamegraph.pl > tokens.svg
"""
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS),
    help="Default: as the file is named, else collapsed.",
)  # fmt: skip
@click.option(
    "--by",
    default="stack",
    show_default=True,
    metavar="KIND[,KIND]…",
    help=f"What frames are, outermost first: stack, {', '.join(Dimension)}.",
)
@click.option(
    "--measure", type=click.Choice([one.value for one in Measure]), default=Measure.COST.value,
    show_default=True, help="What the width of a frame stands for.",
)  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write there instead of standard output.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@filtered
@click.pass_obj
def flame(
    home: Path | None,
    form: str | None,
    by: str,
    measure: str,
    output: str | None,
    *,
    force: bool,
    query: Query,
) -> None:
    """Write spend by call stack, or by labels, as a flame graph.

    FILTER words are those of the filter bar: feature:search model:gpt-5* status:error cost>0.01.
    """
    kinds = kinds_of(by)
    chosen = form or _form_for(output)
    if chosen == "pprof" and output in {None, STDOUT} and sys.stdout.isatty():
        raise UsageError("pprof is binary and no good to a terminal; name a file with -o")
    with read_home(home) as workspace:
        now = now_us()
        wanted = query.read(now, workspace.settings.zone)
        from profiler.analysis.sites import tree

        root = tree(workspace.store, kinds, wanted, Measure(measure))
        say_if_none(workspace, root.whole.calls, query)
        title = f"LLM {_WORDS[measure]} by {' › '.join(map(_word, kinds))}"
        if query.narrowed_by:
            title += f" · {query.narrowed_by}"
        span = _span(workspace, wanted, now) if chosen == "pprof" else wanted.span
    written = written_as(chosen, root, Measure(measure), title, span)
    write_bytes(written, output, force=force)
    if output not in {None, STDOUT}:
        from profiler import display

        told = f"{display.spend(root.whole)} in {display.calls(root.whole.calls)}"
        click.echo(f"profiler: wrote {output}: {told}", err=True)


_WORDS = {"cost": "spend", "calls": "calls", "tokens": "tokens"}


def _word(kind: "Kind") -> str:
    return "call stack" if kind == "stack" else kind.replace("_", " ")


def kinds_of(by: str) -> "tuple[Kind, ...]":
    """The kinds that `--by` names.

    Raises:
        UsageError: one of them is none; the message says which there are.

    """
    kinds: list[Kind] = []
    for word in by.split(","):
        name = word.strip()
        if name == "stack":
            kinds.append("stack")
        elif name in set(Dimension):
            kinds.append(Dimension(name))
        else:
            raise UsageError(f"--by {name!r} is none of stack, {', '.join(Dimension)}")
    return tuple(dict.fromkeys(kinds))


def _span(workspace: "Workspace", wanted: "Filter", now: int) -> Span:
    """From when to when: open ends are the first call and now."""
    start_us = wanted.span.start_us
    if start_us is None:
        first = next(workspace.each(wanted), None)
        start_us = now if first is None else first.started_at_us
    return Span(start_us, now if wanted.span.end_us is None else wanted.span.end_us)


def written_as(form: str, root: "Frame", measure: Measure, title: str, span: Span) -> bytes:
    """The tree as a file of that format."""
    if form == "pprof":
        from profiler.report.flame.pprof import as_pprof

        return as_pprof(root, measure, span.start_us or 0, span.end_us or 0)
    return _text(form, root, measure, title).encode("utf-8", "replace")


def _text(form: str, root: "Frame", measure: Measure, title: str) -> str:
    if form == "speedscope":
        from profiler.report.flame.speedscope import as_speedscope

        return as_speedscope(root, title, measure)
    if form == "svg":
        from profiler.report.flame.drawing import as_svg

        return as_svg(root, measure, title)
    if form == "html":
        from profiler import display
        from profiler.report.flame.page import as_flame_page

        told = f"{display.spend(root.whole)}, {display.calls(root.whole.calls)}"
        rests_on = f": {display.basis(root.whole)}" if root.whole.calls else ""
        return as_flame_page(root, measure, title, f"{told}{rests_on}.")
    from profiler.report.flame.collapsed import as_collapsed

    return as_collapsed(root, measure)
