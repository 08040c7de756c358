"""Text to token count, offline."""
