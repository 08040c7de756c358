"""The version, once: the package, the wheel and the log's headers read it here."""

__version__ = "0.1.0"
