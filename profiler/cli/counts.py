"""Whole numbers that options take, no greater than what the database can be asked."""

import click

ROWS = click.IntRange(1, 1_000_000)
"""How many rows are shown."""
NUMBER = click.IntRange(1, 2**63 - 1)
"""What an alert or an override is called by."""
