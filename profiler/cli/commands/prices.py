"""`profiler prices`: the rates in force, where they come from, and the user's own."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.home import now_us
from profiler.config import home_folder
from profiler.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiler.pricing.card import Card, Listed
    from profiler.pricing.check import Leap
    from profiler.pricing.listing import Change
    from profiler.pricing.sheet import Sheet

MOST_SHOWN = 20
_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_YES = click.option("--yes", "-y", is_flag=True, help="Do not ask.")


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  profiler prices show gpt-5.1
  profiler prices find sonnet
  profiler prices override openai/gpt-5.1 input_mtok=1.10 output_mtok=8.80 --from 2026-12-01
  profiler prices alias 'ft:gpt-4o:acme*' openai/gpt-4o
  profiler prices plan my-gateway free
  profiler prices diff
  profiler prices update --from rates.json

Prices of your own are lines of profiler.toml in the home folder; edit or remove them there.
""",
)
def prices() -> None:
    """Show the rates that calls are priced by, and set your own.

    Whatever changes here holds for calls that are loaded from now on; `profiler reprice` is for
    those already priced.
    """


@prices.command("show")
@click.argument("model")
@_JSON
@click.pass_obj
def show(home: Path | None, model: str, *, as_json: bool) -> None:
    """Show every rate of MODEL: since when, at what tier, above how much input.

    MODEL is a name such as gpt-5.1 or, of a certain provider, azure/gpt-5.1.
    """
    from profiler.pricing.listing import rows
    from profiler.report.prices import of_rates, sheet_of_rates

    card = _card(home)
    listed = _listed(card, model)
    found = card.found(listed.provider, listed.model)
    if found is None:
        raise NotFound(f"{model} has no rates")
    rates = [*rows(found, card.units)]
    source = card.source + found.amended
    if as_json:
        _write_json(
            {
                "provider": found.owner.id,
                "model": found.model.id,
                "context_window": found.model.window,
                "source": source,
                "sha256": card.sha256,
                "rates": of_rates(rates),
            }
        )
        return
    from profiler.report.terminal import draw

    window = f" · {display.count(found.model.window)} tokens" if found.model.window else ""
    title = f"{found.owner.id}/{found.model.id}{window}"
    subtitle = f"{source}, sha256 {card.sha256[:12]}"
    draw(sheet_of_rates(title, subtitle, rates), sys.stdout)


@prices.command("find")
@click.argument("text")
@_JSON
@click.pass_obj
def find(home: Path | None, text: str, *, as_json: bool) -> None:
    """List the models whose provider or name has TEXT in it."""
    from profiler.report.prices import sheet_of_models

    card = _card(home)
    models = [(one.provider, one.model) for one in card.models()]
    models += [
        (o.provider, o.model) for o in card.overrides.rates if (o.provider, o.model) not in models
    ]
    named = [pair for pair in models if text.lower() in "/".join(pair).lower()]
    if not named:
        raise NotFound(f"no model has {text!r} in its name; `profiler prices override` adds one")
    found = [(*pair, *_small(card, *pair)) for pair in named]
    if as_json:
        names = ("provider", "model", "input_mtok", "output_mtok")
        _write_json({"models": [dict(zip(names, one, strict=True)) for one in found]})
        return
    from profiler.report.terminal import draw

    draw(sheet_of_models(found), sys.stdout)


@prices.command("diff")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@_JSON
@click.pass_obj
def diff(home: Path | None, file: Path | None, *, as_json: bool) -> None:
    """Show how the prices in force differ from the package's own, or how FILE's do from them."""
    from profiler.pricing.file import packaged
    from profiler.pricing.installed import card_in, sheet_in
    from profiler.pricing.listing import changes, overridden

    folder = home_folder(home)
    in_force, own = sheet_in(folder)[0], packaged()[0]
    if file:
        found, title = [*changes(in_force, _read(file))], f"{in_force.source} → {file.name}"
    else:
        found = [*changes(own, in_force), *overridden(card_in(folder))]
        title = f"{own.source} → in force"
    _write_changes(title, found, as_json=as_json)


@prices.command("update")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    help="A rates.json of ours, or genai-prices' own data.json.",
)
@click.option("--package", is_flag=True, help="Go back to the prices that came with the package.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@_YES
@click.pass_obj
def update(
    home: Path | None, file: Path | None, *, package: bool, dry_run: bool, yes: bool
) -> None:
    """Install a price file: kept, hashed and pinned in the home folder.

    Calls already priced keep their costs and the names of their rates; earlier files stay.
    """
    from profiler.pricing.check import leaps_between
    from profiler.pricing.file import packaged
    from profiler.pricing.installed import checked_overrides, install, sheet_in, unpin
    from profiler.pricing.listing import changes

    if package == bool(file):
        raise UsageError("say which prices: --from FILE, or --package for those of this version")
    folder = home_folder(home)
    before, _ = sheet_in(folder)
    after = _read(file) if file else packaged()[0]
    checked_overrides(folder, after)
    found = [*changes(before, after)]
    _write_changes(f"{before.source} → {after.source}", found[:MOST_SHOWN], as_json=False)
    if len(found) > MOST_SHOWN:
        click.echo(f"profiler: and {display.count(len(found) - MOST_SHOWN)} more rates", err=True)
    if dry_run:
        click.echo("profiler: nothing was installed", err=True)
        return
    _ask(list(leaps_between(before, after)), yes=yes)
    if file:
        install(folder, after)
    else:
        unpin(folder)
    card = _card(home)
    click.echo(
        f"profiler: {display.plain(card.source)}, sha256 {card.sha256[:12]}, is in force for calls "
        "loaded from now on; earlier files are kept",
        err=True,
    )


@prices.command("override")
@click.argument("model")
@click.argument("rates", nargs=-1, required=True, metavar="RATE=USD...")
@click.option("--from", "start", default="", metavar="DATE", help="The first day, in UTC.")
@click.option("--tier", default="", help="Only calls served at this tier: batch, flex, priority.")
@_YES
@click.pass_obj
def override(
    home: Path | None, model: str, rates: tuple[str, ...], start: str, tier: str, *, yes: bool
) -> None:
    """Set rates of PROVIDER/MODEL, in dollars: input_mtok=1.25 is for a million tokens.

    Rates not named stay as they are listed. * in the model stands for any text.
    """
    from profiler.pricing.check import Leap, leaps_of
    from profiler.pricing.overrides import Override
    from profiler.pricing.writing import add, an_override

    provider, slash, name = model.partition("/")
    if not slash or not provider or not name:
        raise UsageError(f"{model!r} names no provider; write it like openai/gpt-5.1")
    usd = dict(_amount(rate) for rate in rates)
    card = _sheet_card(home)
    far = [
        Leap(provider, listed, key, old, new)
        for listed, key, old, new in leaps_of(Override(provider, name, usd), card)
    ]
    _ask(far, yes=yes)
    _check_date(start)
    table = an_override(provider, name, usd, start=start, tier=tier, is_sure=bool(far))
    path = add(home_folder(home), table, card)
    _say_written(path)


@prices.command("alias")
@click.argument("name")
@click.argument("means", metavar="PROVIDER/MODEL")
@click.option("--provider", default="", help="Only where this provider is called.")
@click.pass_obj
def alias(home: Path | None, name: str, means: str, provider: str) -> None:
    """Bill calls of NAME, a private or fine-tuned model, by the rates of PROVIDER/MODEL."""
    from profiler.pricing.writing import add, an_alias

    table = an_alias(name, means, provider)
    _say_written(add(home_folder(home), table, _sheet_card(home)))


@prices.command("plan")
@click.argument("provider")
@click.argument("plan", type=click.Choice(["free", "flat-rate"]))
@click.pass_obj
def plan(home: Path | None, provider: str, plan: str) -> None:
    """Say that PROVIDER bills nothing for a call: it is free, or paid by the month."""
    from profiler.pricing.writing import add_plan

    _say_written(add_plan(home_folder(home), provider, plan, _sheet_card(home)))


def _card(home: Path | None) -> "Card":
    from profiler.pricing.installed import card_in

    return card_in(home_folder(home))


def _sheet_card(home: Path | None) -> "Card":
    """The card of what is listed, against which the user's own prices are checked."""
    from profiler.pricing.card import Card
    from profiler.pricing.installed import sheet_in

    return Card(*sheet_in(home_folder(home)))


def _listed(card: "Card", model: str) -> "Listed":
    from profiler.pricing.makers import listed_as

    listed = listed_as(card, model)
    if listed is None:
        part = model.rpartition("/")[2]
        raise NotFound(f"{model} has no rates; `profiler prices find {part}` looks for parts of it")
    return listed


def _small(card: "Card", provider: str, model: str) -> tuple[str, str]:
    """Today's dollars per million tokens of a small call's input and output."""
    from profiler.domain.usage import Usage

    at_us = now_us()

    def rate(usage: Usage) -> str:
        lines = card.lines(provider, [model], usage, at_us)
        return f"{lines[0].rate_usd:f}" if lines else "–"

    return rate(Usage(input=1_000_000, output=0)), rate(Usage(input=0, output=1_000_000))


def _read(file: Path) -> "Sheet":
    from profiler.pricing.installed import read_sheet

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    return read_sheet(content, file.name)


def _amount(rate: str) -> tuple[str, str]:
    key, equals, dollars = rate.partition("=")
    if not equals:
        raise UsageError(f"{rate!r} sets nothing; write it like input_mtok=1.25")
    return key.strip(), dollars.strip().removeprefix("$")


def _check_date(start: str) -> None:
    try:
        datetime.strptime(start or "2026-11-22", "%Y-%m-%d")  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        raise UsageError(f"{start!r} is no date; write it like 2026-11-22") from None


def _ask(far: "Sequence[Leap]", *, yes: bool) -> None:
    """Have rates confirmed that are far from those they replace.

    Raises:
        UsageError: nobody is there to ask.

    """
    if not far or yes:
        return
    for leap in far[:MOST_SHOWN]:
        click.echo(f"profiler: {display.plain(str(leap))}: 100 times apart or more", err=True)
    if not sys.stdin.isatty():
        raise UsageError("rates change 100 times or more; if they are meant, say --yes")
    click.confirm("profiler: are they meant?", abort=True, err=True)


def _write_changes(title: str, found: "Sequence[Change]", *, as_json: bool) -> None:
    from profiler.report.prices import of_changes, sheet_of_changes

    if as_json:
        _write_json({"changes": of_changes(found)})
    elif found:
        from profiler.report.terminal import draw

        draw(sheet_of_changes(title, found), sys.stdout)
    else:
        click.echo(f"profiler: {display.plain(title)}: no rate differs", err=True)


def _write_json(document: dict[str, object]) -> None:
    from profiler.report.structured import encoded

    sys.stdout.write(encoded(document))


def _say_written(path: Path) -> None:
    click.echo(
        f"profiler: written to {display.plain(str(path))}; it holds for calls loaded from now on, "
        "`profiler reprice` is for the others",
        err=True,
    )
