"""Requests of every kind to a real app of each framework."""

import pytest

from ipyasgi import Exchange, Explorer, TestClient
from ipyasgi.protocol.errors import IpyasgiError

from .conftest import House

OFFER = [
    "GET /greet/{name}",
    "POST /items",
    "POST /form",
    "POST /upload",
    "GET /stream",
    "GET /fail",
    "GET /count",
    "GET /about",
]
TALKS = {
    "/greet/Ada?times=2": {"greeting": "hi Ada", "times": 2},
    "/greet/Ad%C3%A4%20L": {"greeting": "hi Adä L", "times": 1},
}


def check_rules(house: House, exchange: Exchange) -> None:
    """Fail where the app breaks other rules than its framework is known to break."""
    assert {violation.rule for violation in exchange.violations} == house.breaks


@pytest.mark.parametrize("target", TALKS)
def test_path_and_query(house: House, explorer: Explorer, target: str) -> None:
    """Places of the path and the query arrive, also in other letters."""
    exchange = explorer.get(target)

    assert exchange.json() == TALKS[target]
    check_rules(house, exchange)


def test_bodies(house: House, explorer: Explorer) -> None:
    """JSON, a form and a file are understood as what they are."""
    made = explorer.post("/items", json={"name": "Tea", "price": 3.5})
    filled = explorer.post("/form", data={"name": "Ada & Ben"})
    sent = explorer.post("/upload", files={"file": ("leaves.txt", b"12345", "text/plain")})

    assert (made.status_code, made.json()) == (201, {"id": 1, "name": "Tea", "price": 3.5})
    assert filled.json() == {"name": "Ada & Ben"}
    assert sent.json() == {"name": "leaves.txt", "size": 5}
    for exchange in (made, filled, sent):
        check_rules(house, exchange)


def test_a_stream(house: House, explorer: Explorer) -> None:
    """An answer in pieces comes whole, and its pieces can be told apart."""
    exchange = explorer.get("/stream")
    pieces = [event.message.get("body") for event in exchange.events if event.type == "http.response.body"]

    assert exchange.text == "piece 0\npiece 1\npiece 2\n"
    assert [piece for piece in pieces if piece] == [b"piece 0\n", b"piece 1\n", b"piece 2\n"]
    check_rules(house, exchange)


def test_an_endpoint_that_raises(house: House, explorer: Explorer) -> None:
    """The exception is there with the user's line, whether the framework lets it out or answers 500 by itself."""
    exchange = explorer.get("/fail", raise_exceptions=False)
    told = exchange.exception if house.lets_out else exchange.handled_exception and exchange.handled_exception.exception

    assert exchange.status_code == 500
    assert (exchange.handled_exception is None) is house.lets_out
    assert isinstance(told, LookupError)
    assert explorer.last_exception is told
    frame = told.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    assert frame is not None
    assert frame.tb_frame.f_code.co_filename.endswith(f"{house.framework}_app.py")
    check_rules(house, exchange)
    if house.lets_out:
        with pytest.raises(LookupError, match="no tea"):
            explorer.get("/fail")
    else:
        assert explorer.get("/fail").status_code == 500


def test_cookies_are_kept(house: House, explorer: Explorer) -> None:
    """What the app remembers of its visitor, by a session or a cookie of its own, goes on to the next request."""
    visits = [explorer.get("/count").json()["visits"] for _ in range(3)]

    assert visits == [1, 2, 3]


def test_who_asks_and_where(house: House, explorer: Explorer) -> None:
    """An app that makes a link to itself, and asks who its client is, gets sensible answers."""
    told = explorer.get("/about").json()

    assert told["url"].startswith("http://localhost:8000/")
    assert told["client"] == "127.0.0.1"


def test_its_links_follow_the_base_url(house: House) -> None:
    """Host, port and scheme of the base URL are those of the app's own links."""
    with Explorer(house.app, base_url="https://tea.example:8443") as explorer:
        told = explorer.get("/about").json()

    assert told["url"].startswith("https://tea.example:8443/")


def test_methods_and_paths_that_it_has_not(house: House, explorer: Explorer) -> None:
    """Each says 404 and 405 in its own words."""
    assert explorer.get("/nowhere").status_code == 404
    assert explorer.put("/items").status_code == 405


def test_its_routes(house: House, explorer: Explorer) -> None:
    """The routes that the user wrote are read, with their docstrings, before those that the framework added."""
    routes = explorer.routes
    own = [route for route in routes.values() if not route.installed]
    keys = [route.key.replace("{name:str}", "{name}") for route in own]

    assert [key for key in keys if key in OFFER] == OFFER
    assert ("WS /echo" in keys) is house.websocket
    greet = next(route for route in own if route.path.startswith("/greet"))
    assert greet.doc == "Greet somebody."
    assert f"{house.framework}_app.py:" in greet.source


def test_examples_of_its_routes_can_be_sent(house: House, explorer: Explorer) -> None:
    """What a route gives as its example is understood by the app."""
    greet = next(route for route in explorer.routes.values() if route.path.startswith("/greet"))

    assert explorer.send(greet.example()).status_code == 200


def test_a_task_after_the_answer(house: House, explorer: Explorer) -> None:
    """What the app does after its answer is done when the answer is here."""
    if house.framework == "django":
        pytest.skip("Django has none")
    assert explorer.get("/later").text == "soon"
    explorer.lifespan.shutdown()  # Quart and Falcon run it beside the request

    assert "washed up" in house.log


def test_a_websocket(house: House, explorer: Explorer) -> None:
    """A WebSocket is talked with, without breaking a rule; Django says that it has none."""
    if not house.websocket:
        with pytest.raises(ValueError, match="not websocket"):
            explorer.websocket_exchange("/echo", "tea")
        return
    run = explorer.websocket_exchange("/echo", "tea", "more", wait_s=0.2)

    assert [event.message["text"] for event in run.events if event.type == "websocket.send"] == ["TEA", "MORE"]
    assert run.violations == ()
    with explorer.client.websocket_connect("/echo") as session:
        session.send_text("tea")
        assert session.receive_text(timeout=5) == "TEA"


def test_a_websocket_that_is_not_there(house: House, explorer: Explorer) -> None:
    """A path without a WebSocket is refused, and that is no exception of the app."""
    if not house.websocket:
        pytest.skip("Django refuses all of them")
    run = explorer.websocket_exchange("/nowhere", "tea", wait_s=0.1)

    assert "websocket.accept" not in [event.type for event in run.events]
    assert run.exception is None


def test_client_explorer_and_magic_agree(house: House, shell) -> None:
    """The plain client, the explorer and the magic get the same answer."""
    with TestClient(house.app, lifespan="auto") as client:
        plain = client.post("/items", json={"name": "Tea", "price": 3.5})
    shell.ip.user_ns["house"] = house.app
    made = shell.run("%asgi house\nr = %asgi POST /items name=Tea price:=3.5\nr")

    assert (plain.status_code, plain.json()) == (made.status_code, made.json())
    assert shell.run("%asgi routes").keys() == Explorer(house.app, lifespan="off").routes.keys()
    assert "no tea" in str(shell.error("%asgi GET /fail")) if house.lets_out else shell.run("%asgi GET /fail")
    assert isinstance(shell.run("explorer = %asgi house\nexplorer.last_exception"), LookupError)
    assert not isinstance(shell.run("explorer.last_exception"), IpyasgiError)
