"""`profiler estimate`: what a prompt would cost, before it is sent."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler.cli.home import now_us
from profiler.cli.output import STDOUT
from profiler.config import read_settings
from profiler.errors import NotFound, UsageError

if TYPE_CHECKING:
    from profiler.domain.calibration import Calibration
    from profiler.domain.calls import Cost
    from profiler.pricing.card import Card
    from profiler.report.estimates import Estimate


@click.command(
    epilog="""\b
Examples:
  profiler estimate --model gpt-5.1 prompt.txt
  profiler estimate --model gpt-5.1 --model claude-sonnet-4-5 --output-tokens 800 prompt.txt
  git diff | profiler estimate --model anthropic/claude-opus-4-5 --json
"""
)
@click.option(
    "--model",
    "-m",
    "names",
    multiple=True,
    required=True,
    metavar="MODEL",
    help="Such as gpt-5.1 or anthropic/claude-opus-4-5; several stand side by side.",
)
@click.option(
    "--output-tokens",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How long the answer will be; 0 prices the prompt alone.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.argument("file", required=False, metavar="[FILE|-]")
@click.pass_obj
def estimate(
    home: Path | None,
    names: tuple[str, ...],
    output_tokens: int,
    file: str | None,
    *,
    as_json: bool,
) -> None:
    """Count the tokens of FILE, or of standard input, and price them. Nothing is sent anywhere."""
    from profiler.pricing.installed import card_in
    from profiler.report.estimates import of_estimate, sheet_of_estimates

    text = _text(file)
    settings = read_settings(home)
    card = card_in(settings.home)
    cache = settings.home / "tokens"
    known = _known(settings.database)
    estimates = [_estimate(card, name, text, output_tokens, known, cache) for name in names]
    if as_json:
        from profiler.report import structured

        rows = [of_estimate(found) for found in estimates]
        sys.stdout.write(structured.encoded({"estimates": rows}))
        return
    from profiler.report.terminal import draw

    draw(sheet_of_estimates(estimates), sys.stdout)


def _known(database: Path) -> "Calibration":
    """What the user's own calls taught; nothing where none were ever loaded."""
    from profiler.domain.calibration import UNCALIBRATED

    if not database.exists():
        return UNCALIBRATED
    from profiler.store import calibration
    from profiler.store.engine import Store

    with Store.open(database) as store, store.reading() as connection:
        return calibration.known(connection)


def _estimate(
    card: "Card", name: str, text: str, output_tokens: int, known: "Calibration", cache: Path
) -> "Estimate":
    from profiler.domain.usage import Usage
    from profiler.pricing.makers import listed_as
    from profiler.report.estimates import Estimate
    from profiler.tokens.prompt import prompt_tokens

    listed = listed_as(card, name)
    provider, model = (listed.provider, listed.model) if listed else ("", name)
    counted = prompt_tokens(text, provider, model, known, cache)
    found, at_us = counted.expected, now_us()

    def cost(tokens: int) -> "Cost":
        usage = Usage(input=tokens, output=output_tokens)
        return card.cost(provider, [model], usage, at_us, is_estimated=not counted.is_exact)

    return Estimate(
        provider=provider,
        model=model,
        counted=counted,
        output_tokens=output_tokens,
        cost=cost(found.tokens),
        low_pusd=cost(found.low).pusd,
        high_pusd=cost(found.high).pusd,
        context_window=listed.context_window if listed else None,
    )


def _text(file: str | None) -> str:
    """What the file, or standard input, holds.

    Raises:
        NotFound: there is no such file.
        UsageError: it cannot be read, or is not text.

    """
    try:
        content = (
            sys.stdin.buffer.read() if file in {None, STDOUT} else Path(str(file)).read_bytes()
        )
        return content.decode("utf-8")
    except FileNotFoundError:
        raise NotFound(f"there is no file {file}; - reads standard input") from None
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError:
        name = "standard input" if file in {None, STDOUT} else file
        raise UsageError(f"{name} is not UTF-8 text; only text can be counted") from None
