"""Settings of all tests."""

import os

from hypothesis import settings

# Every example has as much time as it needs: a busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("thorough" if os.environ.get("STRESS") == "full" else "unhurried")
