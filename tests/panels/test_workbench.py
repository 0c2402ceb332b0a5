"""The workbench: the panels together, a history to go back in, and several of them in step."""

from collections.abc import Callable

import pytest

from ipyasgi import Explorer
from ipyasgi.panels import Workbench


@pytest.fixture
def bench(explorer: Explorer) -> Workbench:
    """Give a workbench; it closes with its explorer."""
    return Workbench(explorer)


def test_whatever_is_sent_is_in_the_history(bench: Workbench, until: Callable) -> None:
    """Requests of the panel and of cells are listed, newest first, with secrets masked."""
    bench.request.send().result(20)
    bench.explorer.get("/echo", params={"token": "quiet"})
    until(lambda: len(bench.history.table.rows) == 2)
    newest, first = bench.history.table.rows
    assert (newest["name"], first["name"]) == ("r2", "r1")
    assert (first["outcome"], first["tone"]) == ("200 OK", "good")
    assert "quiet" not in repr(bench.history.table.rows)


def test_an_exchange_is_shown_again_or_put_into_the_form(
    bench: Workbench, page_says: Callable, until: Callable
) -> None:
    """A press shows the answer and leaves the form alone; edit fills the form too."""
    bench.explorer.get("/items/7")
    bench.explorer.get("/echo")
    page_says(bench.history.table, ask="show", name="r1")
    until(lambda: bench.history.table.shown == "r1")
    until(lambda: "/items/7" in bench.request.response.sections.value)
    assert bench.request.to_spec().path == "/echo"
    page_says(bench.history.table, ask="fill", name="r1")
    until(lambda: bench.request.to_spec().path == "/items/7")


def test_only_what_is_shown_is_marked(bench: Workbench, until: Callable) -> None:
    """The row of a response, while it is beside the form; no row beside a WebSocket's console."""
    bench.request.send().result(20)
    until(lambda: bench.history.table.shown == "r1")
    bench.request.choose("WS /chat")
    until(lambda: bench.history.table.shown == "")
    bench.request.choose("GET /items/{item_id}")
    until(lambda: bench.history.table.shown == "r1")


def test_one_that_is_gone_is_said_to_be(bench: Workbench, page_says: Callable, until: Callable) -> None:
    """The history is bounded: pressing a row that has left it is answered in words."""
    bench.explorer.get("/echo")
    until(lambda: bench.history.table.rows)
    bench.explorer.history.clear()
    page_says(bench.history.table, ask="show", name="r1")
    until(lambda: "r1" in bench.history.notice.text)


def test_several_stay_in_step(bench: Workbench, until: Callable) -> None:
    """Two workbenches show the same history and the same lifespan; each keeps its own form and answer."""
    other = Workbench(bench.explorer)
    bench.request.choose("GET /items/{item_id}")
    bench.explorer.lifespan.shutdown()
    other.request.send().result(20)
    until(lambda: [row["name"] for row in bench.history.table.rows] == ["r1"])
    until(lambda: other.request.response.sections.value)
    until(lambda: bench.lifespan.bar.status == other.lifespan.bar.status == "stopped")
    assert not bench.request.response.sections.value
    assert other.request.to_spec().path == "/echo"


def test_the_bar_has_the_app_s_own_title(app, until: Callable) -> None:
    """Title and version are those of its document, beside the explorer's name; a framework's default title is none."""
    about = {"title": "Small things", "version": "2.3.1"}
    app.openapi = lambda: {"openapi": "3.1.0", "paths": {}, "info": about}
    with Explorer(app, name="small") as explorer:
        bar = Workbench(explorer).lifespan.bar
        until(lambda: bar.version)
        assert (bar.title, bar.version, bar.name) == ("Small things", "2.3.1", "small")
        other = type(app)()
        other.openapi = lambda: {"openapi": "3.1.0", "paths": {}, "info": {"title": "FastAPI", "version": "0.1.0"}}
        explorer.replace_app(other)
        until(lambda: bar.version != "2.3.1")
        assert (bar.title, bar.version, bar.name) == ("small", "", "")


def test_its_text_is_the_card_and_the_answer(bench: Workbench, until: Callable) -> None:
    """What a terminal and a saved notebook show: the app, and what was answered last."""
    assert "small" in bench.view().text
    bench.request.send()
    until(lambda: bench.request.shown)
    assert "GET /echo" in bench.view().text
    assert "200 OK" in bench.view().html
