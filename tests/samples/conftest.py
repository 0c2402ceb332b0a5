"""The shop on each backend, with a file of its own."""

import pytest

from ipyasgi.samples.shop import app
from ipyasgi.testclient import TestClient

BACKENDS = ["asyncio", "trio"]


@pytest.fixture(params=BACKENDS)
def backend(request):
    """Return the name of the async backend to run on."""
    return request.param


@pytest.fixture
def shop_file(tmp_path, monkeypatch):
    """Return the path of the shop's file, which is not there yet."""
    path = tmp_path / "shop.sqlite3"
    monkeypatch.setenv("IPYASGI_SHOP_DB", str(path))
    return path


@pytest.fixture
def client(backend, shop_file):
    """Return a client of the shop, inside its lifespan."""
    with TestClient(app, backend=backend) as client:
        yield client
