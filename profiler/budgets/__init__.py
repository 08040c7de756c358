"""Limits at run time: where each budget stands."""
