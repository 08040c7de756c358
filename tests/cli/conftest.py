from pathlib import Path

import pytest

from tests.support.cli import a_sample_home, profiler


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample data loaded; tests that change it make their own."""
    home = a_sample_home(tmp_path_factory.mktemp("sample"))
    loaded = profiler("ingest", home=home)
    assert loaded.returncode == 0, loaded.stderr
    return home
