"""Keeping what was recorded: backed up, verified, rebuilt, archived, removed when it is time."""
