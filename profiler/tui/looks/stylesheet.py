"""Style sheets are parsed once for each theme, not again for every screen that opens."""

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_Key = tuple[str, CSSLocation, bool, int, str]


class KeptStylesheet(Stylesheet):
    """Keeps what it parsed.

    Textual's forgets it whenever a screen is shown for the first time, and parses every widget's
    rules again, twice, while the event loop waits: 50 to 100 ms for a screen of a few rules.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._kept: dict[_Key, list[RuleSet]] = {}

    def set_variables(self, variables: dict[str, str]) -> None:
        """Only other colours need parsing."""
        if variables != self._variables:
            self._kept = {}
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what is new."""
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = css, read_from, is_default_rules, tie_breaker, scope
        if key not in self._kept:
            self._kept[key] = super()._parse_rules(*key)
        return self._kept[key]
