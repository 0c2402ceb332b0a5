"""The board of requests under way: what it says while they run, its Cancel, and its end."""

import pytest

from ipyasgi import Explorer
from ipyasgi.panels.pending_board import PendingBoard


@pytest.mark.serial
def test_it_shows_how_far_each_has_come(explorer: Explorer, until) -> None:
    """One row for each request; a row that has ended says how, and keeps its time."""
    slow, quick = explorer.begin("GET", "/slow"), explorer.begin("GET", "/echo")
    quick.result(20)
    board = PendingBoard(explorer, [slow, quick])
    until(lambda: board.rows.rows[1]["done"])
    waiting, ended = board.rows.rows

    assert (waiting["target"], waiting["state"], waiting["done"]) == ("/slow", "waiting", False)
    assert (ended["state"], ended["tone"], ended["name"]) == ("200 OK", "good", quick.value.name)
    assert "1 chunk" in ended["progress"]
    slow.cancel()
    until(lambda: board.rows.rows[0]["done"])
    assert (board.rows.rows[0]["state"], board.rows.rows[0]["tone"]) == ("cancelled", "bad")
    elapsed = board.rows.rows[0]["elapsed_ms"]
    assert slow.progress.elapsed_s * 1000 - elapsed < 1000


def test_it_says_how_to_see_the_response(explorer: Explorer, until) -> None:
    """Below the row: what to do while it runs, then the command that shows the exchange."""
    pending = explorer.begin("GET", "/slow")
    board = PendingBoard(explorer, [pending])
    until(lambda: board.hint.value == "When it has ended: %asgi show. To wait for it: .result()")
    assert board.hint in board.children
    pending.cancel()
    until(lambda: board.hint.value == "")
    quick = explorer.begin("GET", "/echo")
    board = PendingBoard(explorer, [quick])
    name = quick.result(20).name
    until(lambda: board.hint.value == f"The response: %asgi show {name}")


def test_cancel_on_the_page_disconnects(explorer: Explorer, app, until, page_says) -> None:
    """The page's Cancel ends that request in the app, and no other; what makes no sense is not heard."""
    handles = [explorer.begin("GET", "/slow"), explorer.begin("GET", "/slow")]
    board = PendingBoard(explorer, handles)
    until(lambda: all(one._call is not None for one in handles))
    for nonsense in ({"ask": "cancel", "row": 7}, {"ask": "cancel", "row": "0"}, {"ask": "cancel"}, {}, {"row": 0}):
        page_says(board.rows, **nonsense)
    page_says(board.rows, ask="cancel", row=0)
    until(handles[0].done)

    assert not handles[1].done()
    handles[1].cancel()
    until(handles[1].done)


def test_it_speaks_only_when_something_has_changed(explorer: Explorer, until, monkeypatch) -> None:
    """While a request waits the board sends nothing: the page counts the seconds by itself."""
    pending = explorer.begin("GET", "/slow")
    board = PendingBoard(explorer, [pending])
    until(lambda: pending._call is not None)
    written: list[object] = []
    until(lambda: board.rows.rows[0]["state"] == "waiting")
    board.rows.observe(written.append, names="rows")
    until(lambda: pending.progress.elapsed_s > 0.8)

    assert len(written) <= 1
    pending.cancel()
    until(lambda: board.rows.rows[0]["done"])


def test_secrets_are_masked(explorer: Explorer, until) -> None:
    """A secret of the query is not on the page, nor in the texts."""
    pending = explorer.begin("GET", "/echo?token=s3cret")
    board = PendingBoard(explorer, [pending])
    pending.result(20)
    until(lambda: board.rows.rows[0]["done"])

    assert "s3cret" not in str(board.rows.rows) + board.view().text + board.view().html


def test_it_closes_with_its_explorer(app, until) -> None:
    """Detaching ends the watching and takes the widget away, with requests under way or without."""
    explorer = Explorer(app)
    board = PendingBoard(explorer, [explorer.begin("GET", "/slow")])
    explorer.close()

    until(lambda: board.closed)
    assert "text/plain" in board._repr_mimebundle_()


def test_what_an_experiment_found_is_shown(explorer: Explorer, until) -> None:
    """When it has ended its display stands below the row; one that failed or was cancelled has none."""
    explorer.get("/echo")
    pending = explorer.begin_load("r1", users=(1,), seconds=0.01)
    board = PendingBoard(explorer, [pending])
    until(lambda: "responses/s" in board.found.value)
    assert board.rows.rows[0]["target"] == "1 request"
    assert "responses/s" in board.view().text
    assert board.hint.value == "What it found: .result()"
    assert "ipyasgi-no-hint" not in board.hint._dom_classes
    cancelled = explorer.begin_load("r1", users=(1,), seconds=600)
    other = PendingBoard(explorer, [cancelled])
    cancelled.cancel()
    until(lambda: other.rows.rows[0]["state"] == "cancelled")
    until(lambda: "ipyasgi-no-hint" in other.hint._dom_classes)
    assert other.found.value == ""
