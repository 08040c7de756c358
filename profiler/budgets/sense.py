"""Whether what defines budgets makes sense: every line of the files, and every model's name."""

from pathlib import Path
from typing import NamedTuple

from profiler.budgets.detail import BY_COMMAND
from profiler.budgets.models import misfits, unknown_models
from profiler.budgets.registry import Registry
from profiler.domain.budgets import Budget
from profiler.domain.remedy import about
from profiler.errors import UsageError
from profiler.ledger.definitions import COMMAND
from profiler.ledger.sources import budgets_of
from profiler.options import places
from profiler.options.keys import KNOWN
from profiler.options.read import read_files
from profiler.pricing.card import Card


class Sense(NamedTuple):
    """What was found."""

    faults: tuple[str, ...]
    """Each names the file and the line, or the budget, and what would make sense."""
    budgets: int
    """How many the files define; 0 where they cannot be read."""


def misread(home: Path) -> tuple[str, ...]:
    """What makes no sense in the files in force where this program runs."""
    files = read_files(home, places.here())
    return tuple(str(fault) for file in files for fault in file.faults(KNOWN))


def sense(home: Path, zone: str, registry: Registry, card: Card) -> Sense:
    """The same; else whether the budgets they define, and those set by command, do."""
    if said := misread(home):
        return Sense(said, 0)
    faults: list[str] = []
    defined: list[Budget] = []
    for file in read_files(home, places.here()):
        try:
            budgets = budgets_of(file, zone)
            faults += [str(fault) for fault in misfits(file, budgets, card)]
            defined += budgets
        except UsageError as error:
            faults.append(str(error))
    return Sense((*faults, *_unmatched(registry, card), *_twice(registry)), len(defined))


def _unmatched(registry: Registry, card: Card) -> list[str]:
    """Budgets set by command that name models nobody knows."""
    return [
        f"budget {one.budget.name!r} names {pattern!r}, which matches no model that has rates; "
        "`profiler prices find` lists them"
        for one in registry.defined()
        if one.source == COMMAND
        for _, pattern in unknown_models(one.budget, card)
    ]


def _twice(registry: Registry) -> list[str]:
    """Budgets of one name that were set by command and are defined by a file as well."""
    defined = registry.defined()
    by_command = {one.budget.name for one in defined if one.source == COMMAND}
    return [
        f"budget {one.budget.name!r} is defined in {registry.place_of(one)}, and {BY_COMMAND}: "
        f"both hold; `{about('rm', one.budget.name)}` removes the latter, "
        "`edit … --rename` gives it another name"
        for one in defined
        if one.source != COMMAND and one.budget.name in by_command
    ]
