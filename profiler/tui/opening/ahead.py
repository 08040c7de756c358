"""What is got ready behind the first screen, so that no key has to wait for it."""

import gc
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from textual.app import App
from textual.worker import get_current_worker

from profiler.tui import screens

TIDY_S = 60.0
"""How often, by default, all that may have become garbage is looked at."""
_YOUNG, _MIDDLE = 700, 10
"""As Python has them; the command line is in less of a hurry than whoever types."""
_NEVER = 10_000


class Ahead:
    """Gets ready for what comes next, whenever a screen is drawn for the first time."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._drawn: set[str] = set()
        self.is_alone = False
        """Whether the process does nothing else: then the app may say how memory is kept."""
        self.tidy_s = TIDY_S

    def drawn(self, screen: str) -> None:
        """A screen's figures are drawn; behind the first one all others are imported."""
        if screen in self._drawn:
            return
        if self._drawn:
            self._spare_the_collector()
        else:
            if self.is_alone:
                self._app.set_interval(self.tidy_s, self._tidy)
            self._app.run_worker(self._import, thread=True, group="ahead", exit_on_error=False)
        self._drawn.add(screen)

    def _tidy(self) -> None:
        gc.collect()  # Textual cannot call a builtin back: it asks for its signature

    def _import(self) -> None:
        if self.is_alone:
            gc.disable()  # imports make no garbage, and each look at them is longer
        try:
            self._import_screens()
        finally:
            self._spare_the_collector()
            gc.enable()

    def _import_screens(self) -> None:
        for found in iter_modules(screens.__path__, f"{screens.__name__}."):
            if get_current_worker().is_cancelled:
                return
            import_module(found.name)

    def _spare_the_collector(self) -> None:
        """Let the garbage collector look no more at what is there by now.

        Modules, styles and screens live as long as the app. Each look at all of them held up
        the event loop for 100 to 300 ms, whoever was typing. What comes and goes since is looked
        at once a minute, not in the midst of a drawing.
        """
        if self.is_alone:
            gc.freeze()
            gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
