"""The terminal app: the only code that speaks Textual and plotext."""
