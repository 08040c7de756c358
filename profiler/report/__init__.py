"""Results -> bytes: rows for machines (exports) and documents for people (reports)."""
