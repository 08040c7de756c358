"""A cursor in a list that changes: it stays on the same thing, wherever its row is now."""

from collections.abc import Hashable, Sequence

from textual.reactive import var
from textual.scroll_view import ScrollView


class KeptCursor(ScrollView):
    """What is known of the rows: what each stands for, and whether anybody chose one."""

    cursor = var(0)
    """The highlighted row."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._names: Sequence[Hashable] = ()
        self._of: Hashable = None
        self._is_led = False
        """Whether the cursor was moved in this list."""

    @property
    def is_at_its_top(self) -> bool:
        """Whether it stands on its first row, whichever that is, as nobody moved the cursor."""
        return self.cursor == 0 and not self._is_led

    def name_rows(self, names: Sequence[Hashable], of: Hashable = None) -> None:
        """Before other rows are drawn, put the cursor on the row of what it stood on.

        It stays at its place where that is gone, where the list is of something else than before,
        and at the top of a list that nobody has moved in.

        Args:
            names: what each row stands for, as long as the list is of the same.
            of: what the list is of.

        """
        current = self._names[self.cursor] if self.cursor < len(self._names) else None
        if of != self._of:
            self._is_led = False
        elif not self.is_at_its_top and current in names:
            self.set_reactive(KeptCursor.cursor, names.index(current))
        self._names, self._of = names, of
