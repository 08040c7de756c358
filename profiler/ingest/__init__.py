"""Segments of the log into the store, each line exactly once, priced as it arrives."""
