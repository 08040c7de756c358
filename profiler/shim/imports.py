"""Hears of an SDK's chokepoint module at the moment it has been imported."""

from __future__ import annotations

import sys

from profiler.shim.guard import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


class Watcher:
    """A finder that finds nothing itself: it lets the others find, and listens to their loader.

    The module's spec and its loader stay the objects they would have been.
    """

    __slots__ = ("_names", "_tell")

    def __init__(self, names: frozenset[str], tell: Callable[[str], object]) -> None:
        self._names = names
        self._tell = tell

    def start(self) -> None:
        """Stands before the other finders."""
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Steps out."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The spec the other finders give a module we wait for; `None` for every other."""
        return self._overheard(name, path, target) if name in self._names else None

    @quiet
    def _overheard(self, name: str, path: Any, target: Any) -> Any:
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find is not None and finder is not self else None
            if spec is not None:
                self._listen(name, spec.loader)
                return spec
        return None

    def _listen(self, name: str, loader: Any) -> None:
        tell = self._tell
        load = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            vars(loader).pop("exec_module", None)
            load(module)
            tell(name)

        loader.exec_module = exec_module
