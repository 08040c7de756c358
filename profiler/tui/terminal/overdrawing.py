"""The app takes over a screen that shows something already, without wiping it first."""

from textual.driver import Driver

_ENTER = "\x1b[?1049h"


def drawing_over(kind: type[Driver]) -> type[Driver]:
    """Such a driver, for a terminal that shows the other screen by now.

    To enter it once more would clear it in xterm and others, and nothing would stand there for
    the quarter of a second until the app has drawn its first frame.
    """

    class Over(kind):  # type: ignore[misc,valid-type]  # known only at run time
        _is_entered = True

        def write(self, data: str) -> None:
            if data == _ENTER and self._is_entered:
                # only the first time: after Ctrl-Z it has to be entered again
                self._is_entered = False
                return
            super().write(data)

    return Over
