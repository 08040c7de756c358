"""Budgets as the user set them."""

import json

from sqlalchemy import delete, select

from profiler.domain.budgets import Budget
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Match
from profiler.errors import NotFound
from profiler.store import digests
from profiler.store.engine import Store
from profiler.store.tables import budgets
from profiler.store.upsert import upsert


def all_budgets(store: Store) -> list[Budget]:
    """Every budget, by name."""
    query = select(
        budgets.c.name, budgets.c.limit_pusd, budgets.c.period, budgets.c.zone, budgets.c.scope
    ).order_by(budgets.c.name)
    with store.reading() as connection:
        return [
            Budget(name, limit, Period(period), zone, _scope_of(scope))
            for name, limit, period, zone, scope in connection.execute(query)
        ]


def save(store: Store, budget: Budget) -> None:
    """Keep `budget`, in place of the one of that name."""
    values = {
        "limit_pusd": budget.limit_pusd,
        "period": budget.period.value,
        "zone": budget.zone,
        "scope": json.dumps([[one.dimension.value, one.pattern] for one in budget.scope]),
    }
    with store.writing() as connection:
        statement = upsert(connection, budgets).values(name=budget.name, **values)
        connection.execute(
            statement.on_conflict_do_update(index_elements=[budgets.c.name], set_=values)
        )
        digests.seal(connection, budgets)


def remove(store: Store, name: str) -> None:
    """Forget the budget of that name.

    Raises:
        NotFound: there is none.

    """
    with store.writing() as connection:
        gone = connection.execute(delete(budgets).where(budgets.c.name == name)).rowcount
        digests.seal(connection, budgets)
    if not gone:
        raise NotFound(f"there is no budget {name!r}; `profiler budget list` shows them")


def _scope_of(text: str) -> tuple[Match, ...]:
    return tuple(Match(Dimension(dimension), pattern) for dimension, pattern in json.loads(text))
