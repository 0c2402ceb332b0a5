"""The threads of other libraries in a browser's page: asgiref's, which Django has, and those of an app."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async

from ipyasgi.client.testclient import TestClient

from .calls import START, body
from .fake_page import FakePage

pytestmark = pytest.mark.usefixtures("may_block")


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePage]:
    """Have a browser's page; what it reports would be shown under a cell that raised nothing."""
    with FakePage().open(monkeypatch) as fake:
        yield fake
        assert fake.reported == []


def test_asgiref_ends_a_request_without_a_thread() -> None:
    """Django calls functions in such a context, at whose end asgiref starts a thread to wait for those that it had."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        async with ThreadSensitiveContext():
            text = await sync_to_async(lambda: b"from a function")()
        await send(START)
        await send(body(text))

    with closing(TestClient(app)) as client:
        assert client.get("/").text == "from a function"


def test_a_thread_of_the_app_is_refused() -> None:
    """It might wait for a lock, which would hold the page for good: Python says that none can be started."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        threading.Thread(target=print).start()

    with closing(TestClient(app)) as client, pytest.raises(RuntimeError, match="can't start new thread"):
        client.get("/")
