"""Screens that let the event loop take breath while they open."""

import asyncio
from typing import TypeVar

from textual import events
from textual.screen import ModalScreen, Screen

Given = TypeVar("Given")


class Unhurried(Screen[Given]):
    """Does one thing at a time.

    Textual works off all that waits for a screen in one go: when one opens, its styles, its
    layout and two drawings. Here others have their turn in between, and what has just been
    mounted gets its styles once.
    """

    _is_open = False

    async def on_event(self, event: events.Event) -> None:
        """After each event it is others' turn."""
        if isinstance(event, events.ScreenResume) and not self._is_open:
            self._is_open = True
            event.refresh_styles = False
        await super().on_event(event)
        await asyncio.sleep(0)


class Dialog(ModalScreen[Given], Unhurried[Given]):
    """A dialog on top of a screen."""

    # a class has the styles of the first it is made from: a dialog must look like one
