"""The app's second layer: it reads and writes for the screens, in threads."""

import asyncio
from collections.abc import Callable, Sequence
from importlib import import_module

from textual import on
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import get_current_worker

from profiler.display import plain
from profiler.domain.scopes import Dimension
from profiler.errors import ProfilerError
from profiler.tui import messages
from profiler.tui.layers.following import FollowingApp
from profiler.tui.view import trouble_of

SUGGESTIONS = 20


class AnsweringApp(FollowingApp):
    """Answers with messages; whatever fails is answered too."""

    async def labels(self, dimension: Dimension, prefix: str) -> Sequence[str]:
        """Values of a label that begin so; none while the store is not open."""
        try:
            source = self.feed.source
            return (await asyncio.to_thread(source.labels, dimension, prefix))[:SUGGESTIONS]
        except ProfilerError:
            return ()

    def _answer(self, asker: MessagePump, group: str, read: Callable[[], Message]) -> None:
        """Read in a thread; a newer question in the same group makes the answer void."""

        def run() -> None:
            worker = get_current_worker()
            try:
                with self.feed.source.until(lambda: worker.is_cancelled):
                    answer = read()
            except Exception as error:  # noqa: BLE001  # top of a worker: becomes a message
                answer = messages.ReadFailed(trouble_of(error))
            if not worker.is_cancelled:
                asker.post_message(answer)

        self.run_worker(run, thread=True, exclusive=True, group=group, exit_on_error=False)

    @on(messages.PageWanted)
    def _read_page(self, asked: messages.PageWanted) -> None:
        def read() -> Message:
            source = self.feed.source
            page = source.page(asked.wanted, asked.cursor, asked.limit, asked.towards, asked.order)
            return messages.PageRead(asked, page)

        self._answer(asked.asker, "page", read)

    @on(messages.DetailWanted)
    def _read_detail(self, asked: messages.DetailWanted) -> None:
        def read() -> Message:
            detail = self.feed.source.detail(asked.call_id, self.now_us())
            # here it holds up no key; the first one opened pays for it
            import_module("profiler.tui.screens.call_detail")
            return messages.DetailRead(detail)

        self._answer(asked.asker, "detail", read)

    @on(messages.Inquired)
    def _inquire(self, asked: messages.Inquired) -> None:
        inquiry = asked.inquiry

        def read() -> Message:
            answer = self.feed.source.consult(inquiry, self.now_us())
            return messages.Answered(inquiry, answer)

        self._answer(asked.asker, f"inquiry {type(inquiry).__name__}", read)

    @on(messages.BudgetChanged)
    def _change_budget(self, asked: messages.BudgetChanged) -> None:
        """Change it in a thread, then look at the standings again."""
        by = self.start.memory.text("who")

        def run() -> None:
            try:
                done = self.feed.source.change_budget(asked.change, by)
            except Exception as error:  # noqa: BLE001  # top of a worker: becomes a message
                self.post_message(messages.ReadFailed(trouble_of(error)))
            else:
                self.post_message(messages.Done(done))
                if asked.asker is not None:
                    asked.asker.post_message(messages.Changed())
                self.feed.stir()

        self.run_worker(run, thread=True, group="write", exit_on_error=False)

    @on(messages.Done)
    def _tell_done(self, message: messages.Done) -> None:
        self.notify(plain(message.words), markup=False)

    @on(messages.Noticed)
    def _tell_notice(self, message: messages.Noticed) -> None:
        self.notify(plain(message.words), severity="warning", markup=False)

    @on(messages.ReadFailed)
    def _tell_failure(self, message: messages.ReadFailed) -> None:
        trouble = message.trouble
        self.notify(plain(trouble.message), title=trouble.title, severity="error", markup=False)
