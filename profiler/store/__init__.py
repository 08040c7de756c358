"""The store: the only code that speaks SQLAlchemy."""
