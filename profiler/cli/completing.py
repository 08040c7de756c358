"""What a shell is offered for a word: names that there are. It fails to nothing, at once."""

import re
import sqlite3
from collections.abc import Iterable

import click

_ONE_WORD = re.compile(r"[\w@%+=:,./-]+")
"""What a shell takes for one word as it stands."""
_NAMES = "SELECT name, source FROM budgets WHERE removed_at_us IS NULL ORDER BY name"


def budget_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001  click's signature
    """The budgets in force here that begin so, as the ledger has them."""
    from profiler.config import read_settings
    from profiler.errors import ProfilerError
    from profiler.ledger import LEDGER
    from profiler.ledger.sources import sources_in_force
    from profiler.options.places import here

    try:
        home = read_settings(ctx.find_root().params.get("home")).home
        sources = sources_in_force(str(home), here())
        connection = sqlite3.connect(f"{(home / LEDGER).as_uri()}?mode=ro", uri=True, timeout=0)
        try:
            found = [name for name, source in connection.execute(_NAMES) if source in sources]
        finally:
            connection.close()
    except (sqlite3.Error, OSError, ProfilerError):
        return []
    return _beginning(dict.fromkeys(found), incomplete)


def template_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001  click's signature
    """The templates that begin so."""
    from profiler.budgets.templates import TEMPLATES

    return _beginning((one.name for one in TEMPLATES), incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [one for one in names if one.startswith(incomplete) and _ONE_WORD.fullmatch(one)]
