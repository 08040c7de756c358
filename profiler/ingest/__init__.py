"""Segments to store: follows the log and loads it exactly once."""
