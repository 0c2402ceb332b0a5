"""Where hypothesis may write while schemathesis uses it."""

import pytest


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    """Make a folder for caches, one for all tests of a process, because what is in it takes seconds to make."""
    return tmp_path_factory.mktemp("caches")
