"""Sending again from a panel: in order, to the end, and stopped when asked."""

from collections.abc import Callable
from typing import Any

from ipyasgi import Exchanges, Explorer, Settings
from ipyasgi.explorer.explorer import background_loop_of
from ipyasgi.panels.history_table.replaying import Replaying


class Ends:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.ended: list[tuple[Exchanges, Exception | None]] = []

    def begin(self, explorer: Explorer, exchanges: Exchanges) -> Replaying:
        """Begin to send these again."""
        return Replaying(
            explorer,
            exchanges,
            background_loop_of(explorer),
            on_step=self.steps.append,
            on_end=lambda done, failure: self.ended.append((done, failure)),
        )


def test_each_is_sent_again_and_named(explorer: Explorer, until: Callable) -> None:
    """In order, each new exchange naming the one it replays; what the app raises does not keep the next."""
    explorer.get("/echo")
    explorer.send(explorer.history["r1"].spec.__class__(method="GET", path="/boom"), raise_exceptions=False)
    explorer.get("/items/7")
    ends = Ends()
    ends.begin(explorer, explorer.history.filter(""))
    until(lambda: ends.ended)
    ((done, failure),) = ends.ended
    assert failure is None
    assert [(one.name, one.replay_of) for one in done] == [("r4", "r1"), ("r5", "r2"), ("r6", "r3")]
    assert ends.steps == ["replaying r1, 1 of 3", "replaying r2, 2 of 3", "replaying r3, 3 of 3"]


def test_a_deadline_ends_one_of_them_only(app: Any, until: Callable) -> None:
    """The one that took too long is among the results, and the next is sent."""
    with Explorer(app, settings=Settings(timeout_s=0.2)) as explorer:
        slow = explorer.begin("GET", "/slow")
        until(slow.done)
        explorer.get("/echo")
        ends = Ends()
        ends.begin(explorer, explorer.history.filter(""))
        until(lambda: ends.ended)
        ((done, failure),) = ends.ended
    assert failure is None
    assert [one.outcome for one in done] == ["AppReadTimeout", "200 OK"]


def test_stopping_disconnects_the_one_under_way(app: Any, explorer: Explorer, until: Callable) -> None:
    """The app is told, no further request is sent, and it ends at once."""
    pending = explorer.begin("GET", "/slow")
    until(lambda: app.slow_begun)
    pending.cancel()
    until(lambda: app.notes == ["slow ended"] and len(explorer.history) == 1)
    explorer.get("/echo")
    ends = Ends()
    replaying = ends.begin(explorer, explorer.history.filter(""))
    until(lambda: ends.steps and app.slow_begun == 2)
    replaying.stop()
    until(lambda: ends.ended and len(app.notes) == 2)
    assert ends.steps == ["replaying r1, 1 of 2"]
    assert len(ends.ended) == 1
    until(lambda: explorer.history[-1].replay_of == "r1")
