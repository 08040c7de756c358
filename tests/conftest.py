"""Settings of all tests."""

from hypothesis import settings

# Every example has as much time as it needs: a busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
