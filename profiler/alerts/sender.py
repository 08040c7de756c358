"""Sending what is due: claim, send, mark; again until nothing is due."""

import threading
from collections.abc import Mapping

from profiler.alerts import posting
from profiler.alerts.channel import TIMEOUT_S, Channel, send
from profiler.alerts.posting import Message
from profiler.alerts.targets import Plan
from profiler.alerts.wording import body_of, title_of
from profiler.errors import UsageError
from profiler.ledger.book import Ledger


class Hung(Exception):
    """A channel does not answer, and its thread cannot be ended."""


class Sender:
    """One sender; any number of them share an outbox."""

    def __init__(
        self,
        ledger: Ledger,
        plan: Plan,
        environment: Mapping[str, str],
        channel: Channel = send,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._ledger = ledger
        self._plan = plan
        self._environment = environment
        self._channel = channel
        self._timeout_s = timeout_s

    def send_due(self) -> int:
        """Send everything that is due; how many messages were sent.

        Raises:
            LedgerError: the ledger is out of reach; nothing is lost.
            Hung: a channel hangs; that is written down, and this program should end.

        """
        count = 0
        with self._ledger.writing() as (connection, _, now_us):
            posting.address(connection, self._plan, now_us)
        while (message := self._claimed()) is not None:
            count += self._send(message)
        return count

    def next_due_us(self) -> tuple[int | None, int]:
        """When somebody is to be told next, `None` where nobody is, and what time it is."""
        with self._ledger.reading() as (connection, _, now_us):
            return posting.next_due_us(connection), now_us

    def _claimed(self) -> Message | None:
        with self._ledger.writing() as (connection, _, now_us):
            return posting.claim(connection, self._plan, now_us)

    def _send(self, message: Message) -> bool:
        target = self._plan.target(message.target)
        is_seen = message.is_escalation and not any(alert.is_open for alert in message.alerts)
        if target is None or is_seen:
            with self._ledger.writing() as (connection, _, now_us):
                if is_seen:
                    posting.withdraw(connection, message, "acknowledged before")
                else:
                    posting.redirect(connection, self._plan, message, now_us)
            return False
        try:
            fault = self._sent_to(target.address(self._environment), message)
        except UsageError as error:
            fault = str(error)
        said = f"no answer in {self._timeout_s:g} s" if fault is None else fault
        with self._ledger.writing() as (connection, _, now_us):
            posting.settle(connection, message, said, now_us)
        if fault is None:
            raise Hung
        return not fault

    def _sent_to(self, address: str, message: Message) -> str | None:
        """Why it could not be sent, empty where it was; `None`: the channel hangs."""
        found: list[str] = []
        body = body_of(message.alerts, message.id, is_escalation=message.is_escalation)

        def work() -> None:
            found.append(self._channel(address, title_of(message.alerts), body))

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self._timeout_s)
        if thread.is_alive():
            return None
        return found[0] if found else "the channel failed"
