"""A home full of made-up calls."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from profiler.cli.clock import now_us
from profiler.config import Settings, read_settings
from profiler.errors import UsageError
from profiler.tui.terminal.signals import ended_by_signals

if TYPE_CHECKING:
    from profiler.keeping.kept import Kept


@contextmanager
def demo_home(home: Path | None) -> Iterator[Settings]:
    """The settings of a home with a month of made-up calls, up to now, and three budgets.

    Without `home` it is a temporary folder that is gone afterwards.

    Raises:
        UsageError: `home` holds calls already.

    """
    if home is not None:
        yield _filled(home)
        return
    made = tempfile.TemporaryDirectory(prefix="profiler-demo-", ignore_cleanup_errors=True)
    with ended_by_signals(), made as folder:
        yield replace(_filled(Path(folder)), keys=read_settings().keys)


@contextmanager
def demo_on_demand() -> Iterator[Callable[[], "Kept"]]:
    """Opens a home of made-up calls, made when it is first asked for and gone at the end."""
    with ExitStack() as stack:

        @cache
        def made_up() -> Settings:
            return stack.enter_context(demo_home(None))

        def open_demo() -> "Kept":
            from profiler.keeping.kept import Kept

            return Kept.open(made_up())

        yield open_demo


def _filled(home: Path) -> Settings:
    from profiler.budgets.changes import Save
    from profiler.cli.home import read_by
    from profiler.demo import demo_budgets, write_demo
    from profiler.store import reads

    settings = replace(read_settings(home), is_demo=True)
    if settings.database.exists() or any(settings.log_folder.glob("*")):
        raise UsageError(
            f"{home} holds calls already, and made-up ones would mix with them; name an empty "
            f"folder, or leave --home out"
        )
    until_us = now_us()
    write_demo(settings.log_folder, until_us=until_us)
    with read_by(settings) as workspace:
        budgets = demo_budgets(
            lambda wanted: reads.totals(workspace.store, wanted).spend_pusd,
            until_us,
            settings.zone,
        )
        for budget in budgets:
            workspace.change_budget(Save(budget))
    return settings
