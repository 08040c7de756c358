"""Opening a call: it has to be read first, and one may have gone on by then."""

from profiler.domain.calls import Call
from profiler.tui.messages import DetailRead, DetailWanted
from profiler.tui.screens.call_detail import CallDetailScreen
from profiler.tui.screens.face import Face


class CallOpeningFace(Face):
    """Opens the call that was asked for, where one still stands on it when it is read."""

    _opening = ""
    """The id of the call that is to be opened."""

    def ask_to_open(self, call: Call) -> None:
        """Have a call read, to open it."""
        self._opening = call.id
        self.post_message(DetailWanted(self, call.id))

    def go_on(self, current: Call | None = None) -> None:
        """Forget what was to be opened, unless one stands on it."""
        if current is None or current.id != self._opening:
            self._opening = ""

    def on_screen_suspend(self) -> None:
        """Whoever leaves, or opens a dialog, wants nothing on top of that."""
        self.go_on()

    def on_detail_read(self, message: DetailRead) -> None:
        """Open a call that was read, if it is what is waited for."""
        message.stop()
        detail = message.detail
        if detail.call.id == self._opening:
            self.go_on()
            if self.app.screen is self:
                self.app.push_screen(CallDetailScreen(detail, self.view.zone))
