"""What an explorer tells its subscribers, when, and that none of them can disturb it or the others."""

from collections.abc import Iterator

import pytest

from ipyasgi import Explorer
from ipyasgi.explorer.events import EventBus, ExplorerEvent


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/boom":
        raise RuntimeError("boom")
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    """Give an explorer of a small app."""
    with Explorer(app) as explorer:
        yield explorer


def test_every_exchange_is_told_once_it_is_in_the_history(explorer: Explorer) -> None:
    """The subscriber finds the exchange in the history already; one that raised is told too."""
    heard: list[str] = []

    def hear(event: ExplorerEvent) -> None:
        assert event.exchange is explorer.history[-1]
        heard.append(event.exchange.name)

    explorer.subscribe(hear)
    explorer.get("/")
    with pytest.raises(RuntimeError, match="boom"):
        explorer.get("/boom")
    assert heard == ["r1", "r2"]


def test_each_move_of_the_lifespan_is_told(explorer: Explorer) -> None:
    """A subscriber that looks at each event sees every status, the last one included."""
    seen: list[str] = []
    explorer.subscribe(lambda event: seen.append(explorer.lifespan.status))
    explorer.lifespan.shutdown()
    explorer.lifespan.step()
    assert "stopped" in seen
    assert seen[-1] == "starting"


def test_another_app_and_the_end_are_told(explorer: Explorer) -> None:
    """Adopting tells `app` when the new one is in place; closing tells `closed`, last and only once."""
    kinds: list[str] = []
    explorer.subscribe(lambda event: kinds.append(event.kind))

    async def other(scope, receive, send):
        await app(scope, receive, send)

    explorer.replace_app(other)
    assert "app" in kinds
    explorer.close()
    explorer.close()
    assert kinds[-1] == "closed"
    assert kinds.count("closed") == 1


def test_who_unsubscribes_hears_no_more(explorer: Explorer) -> None:
    """Ending a subscription is final, harmless twice, and leaves the others."""
    first: list[ExplorerEvent] = []
    second: list[ExplorerEvent] = []
    end_first = explorer.subscribe(first.append)
    explorer.subscribe(second.append)
    explorer.get("/")
    end_first()
    end_first()
    explorer.get("/")
    assert (len(first), len(second)) == (1, 2)


def test_a_subscriber_s_failure_is_its_own() -> None:
    """The teller goes on, the others are told, and the failure is kept."""
    bus = EventBus()
    heard: list[str] = []

    def fail(event: ExplorerEvent) -> None:
        raise ValueError("mine")

    bus.subscribe(fail)
    bus.subscribe(lambda event: heard.append(event.kind))
    bus.publish("lifespan")
    assert heard == ["lifespan"]
    assert [str(error) for error in bus.errors] == ["mine"]
