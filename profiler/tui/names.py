"""The screens, by name; light to import, as the first frame names them."""

SCREENS = ("overview", "calls", "models", "cache", "sites", "sessions", "budgets")
"""In the order of their number keys."""

TITLES = {name: name.capitalize() for name in SCREENS}

BYS = ("model", "feature", "user", "provider", "project")
"""What the overview tells spend apart by, the usual first."""
