"""Results to bytes: rows for machines, documents for people."""
