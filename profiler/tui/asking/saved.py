"""Filters that were given a name, remembered between two runs."""

from profiler.tui.memory import Memory

_KEY = "filters"


class SavedFilters:
    """Names and the filters they stand for, in the order they were kept."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> dict[str, str]:
        """Every filter by its name."""
        pairs = (line.partition("\t") for line in self._memory.texts(_KEY))
        return {name: query for name, tab, query in pairs if tab}

    def keep(self, name: str, query: str) -> None:
        """Keep a filter, in place of one of that name."""
        self._write(self.all() | {name.replace("\t", " "): query})

    def forget(self, name: str) -> None:
        """Let go of one."""
        self._write({kept: query for kept, query in self.all().items() if kept != name})

    def _write(self, filters: dict[str, str]) -> None:
        self._memory.keep(_KEY, [f"{name}\t{query}" for name, query in filters.items()])
