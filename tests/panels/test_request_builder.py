"""The request builder on real explorers: it sends without waiting, shows what came, and can be cancelled."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.explorer.explored_app import background_loop_of
from ipyasgi.panels import RequestBuilder
from ipyasgi.protocol.errors import LoopError, RequestError
from ipyasgi.records.requests import build_spec


@pytest.fixture
def builder(explorer: Explorer) -> Iterator[RequestBuilder]:
    """Give a request builder on the small app."""
    builder = RequestBuilder(explorer)
    yield builder
    builder.close()


def typed(builder: RequestBuilder, **fields: object) -> dict[str, object]:
    """Return a draft as the page would send it."""
    return {**builder.form.draft, "seq": builder.form.draft["seq"] + 1, **fields}


def test_it_opens_on_the_first_route_with_every_route_to_choose(builder: RequestBuilder) -> None:
    """The form holds a request at once; WebSocket routes are among the choices."""
    assert builder.to_spec() == build_spec("GET", "/echo")
    assert [f"{one['method']} {one['path']}" for one in builder.form.choices] == list(builder.explorer.routes)
    assert builder.form.checked["code"] == "%asgi GET /echo"


def test_an_app_without_a_route_table_can_be_called_too() -> None:
    """Where nothing is known, the form holds GET / and takes any path."""

    async def bare(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with Explorer(bare) as explorer:
        builder = RequestBuilder(explorer)
        assert builder.send().result(20).status_code == 204


def test_the_place_of_an_endpoint_is_offered_and_not_saved(
    app: Any, explorer: Explorer, page_says: Callable, until: Callable
) -> None:
    """The page gets the path of the file and the line when it asks; what is in no file is an error."""
    app.routes[0].endpoint = test_it_opens_on_the_first_route_with_every_route_to_choose
    builder = RequestBuilder(explorer)

    def ask(number: int, key: str) -> Any:
        page_says(builder.form, ask="place", id=number, key=key)
        until(lambda: builder.form.place.get("id") == number)
        found = builder.form.place
        return builder._code._bodies[found["offer"]["key"]].decode() if "offer" in found else found["error"]

    path, _, line = ask(1, "GET /echo").rpartition(":")
    assert path == __file__
    assert Path(__file__).read_text("utf-8").splitlines()[int(line) - 1].startswith("def test_it_opens_on_the_first")
    assert __file__ not in str(builder.form.get_state())
    for number, key in enumerate(("POST /items", "GET /nowhere"), 2):
        assert "file is not there" in ask(number, key)


def test_the_answer_is_shown(builder: RequestBuilder, until: Callable) -> None:
    """What the route's form was filled with is sent, and the exchange's view is on the page."""
    builder.fill(build_spec("GET", "/items/a b".replace(" ", "%20"), params={"limit": "2"}))
    builder.send()
    until(lambda: "limit=2" in builder.response.sections.value)
    assert builder.form.run["text"].startswith("r1  200 OK")
    assert builder.form.run["tone"] == "good"
    assert builder.form.run["beside"]
    assert not builder.form.run["busy"]
    assert builder.shown is builder.explorer.history["r1"]
    assert "GET /items/a%20b?limit=2" in builder.view().text


def test_a_filled_form_holds_the_same_request(builder: RequestBuilder) -> None:
    """`to_spec` gives back what `fill` took, on the route's template where one fits."""
    for spec in (
        build_spec("GET", "/items/7", params=[("a", "1"), ("a", "2")], headers={"X-Token": "abc"}),
        build_spec("POST", "/items", json={"name": "Foo"}),
        build_spec("PUT", "/nobody/knows", content="plain", headers={"Content-Type": "text/plain"}),
        build_spec("GET", "/items/%2e%2E"),
    ):
        builder.fill(spec)
        assert builder.to_spec() == spec
    builder.fill(build_spec("GET", "/items/7"))
    assert builder._page.draft.path == "/items/{item_id}"


def test_a_body_of_bytes_does_not_fit_the_form(builder: RequestBuilder) -> None:
    """What an editor cannot hold is refused in words, and the form stays as it was."""
    with pytest.raises(RequestError, match="not text"):
        builder.fill(build_spec("POST", "/items", content=b"\xff\xfe"))
    assert builder.to_spec().path == "/echo"


def test_the_page_is_heard(builder: RequestBuilder, page_says: Callable, until: Callable) -> None:
    """A draft that is typed is judged, with code or a problem; what is sent is what came along with Send."""
    page_says(builder.form, ask="draft", draft=typed(builder, path="/items/{item_id}", path_values=[["item_id", ""]]))
    until(lambda: builder.form.checked["where"] == "path_values.item_id")
    assert builder.form.checked["missing"]
    draft = typed(builder, method="POST", path="/items", path_values=[], body='{"a": 1 2}')
    page_says(builder.form, ask="draft", draft=draft)
    until(lambda: builder.form.checked["line"] == 1)
    assert (builder.form.checked["where"], builder.form.checked["column"]) == ("body", 9)
    assert builder.form.checked["seq"] == draft["seq"]
    page_says(builder.form, ask="send", draft={**draft, "body": '{"a": 1}'})
    until(lambda: builder.shown)
    assert builder.shown.text.endswith('{"a": 1}')


def test_what_cannot_be_sent_is_said_and_not_sent(
    builder: RequestBuilder, page_says: Callable, until: Callable
) -> None:
    """Send on a form with a problem answers with the problem; the history stays empty."""
    page_says(builder.form, ask="send", draft=typed(builder, path="items"))
    until(lambda: builder.form.run["turn"] == 1)
    assert builder.form.run["refused"]
    assert not builder.form.run["beside"]
    assert "write '/items'" in builder.form.run["text"]
    assert len(builder.explorer.history) == 0


def test_nonsense_from_the_page_does_no_harm(builder: RequestBuilder, page_says: Callable, until: Callable) -> None:
    """Messages of any shape are survived; the form still sends afterwards."""
    for draft in (None, 7, {}, {"fill": 0, "seq": "x", "headers": [1, ["a"], {}], "path_values": {"a": 1}, "body": []}):
        page_says(builder.form, ask="draft", draft=draft)
        page_says(builder.form, ask="send", draft=draft)
    page_says(builder.form, nothing="known")
    until(lambda: builder.form.run["turn"] == 4)
    assert len(builder.explorer.history) == 0
    builder.choose("GET /echo")
    assert builder.send().result(20).status_code == 200


def test_what_was_typed_before_a_fill_is_not_taken(
    builder: RequestBuilder, page_says: Callable, until: Callable
) -> None:
    """A draft that crosses a fill on its way is of the old form, and stays out of the new one."""
    late = typed(builder, path="/typed")
    builder.fill(build_spec("GET", "/filled"))
    page_says(builder.form, ask="draft", draft=late)
    until(lambda: builder.form.draft["path"] == "/filled")
    assert builder.to_spec().path == "/filled"
    page_says(builder.form, ask="send", draft=late)
    until(lambda: "was changed" in builder.form.run["text"])
    assert len(builder.explorer.history) == 0


@pytest.mark.serial
def test_sending_waits_for_nothing_and_says_so(builder: RequestBuilder, until: Callable) -> None:
    """The caller is free at once while an endpoint sleeps, and the page is told that it is busy."""
    builder.choose("GET /slow")
    pending = builder.send()
    until(lambda: builder.form.run["busy"])
    assert builder.form.run["text"] == "Waiting for the app"
    until(lambda: builder.response.page.stale)
    assert not pending.done()
    assert builder.explorer.get("/echo").status_code == 200


def test_cancel_ends_the_app_s_task(builder: RequestBuilder, app, page_says: Callable, until: Callable) -> None:
    """The endpoint's `finally` runs, the page says how long it took, and the next request works."""
    builder.choose("GET /slow")
    builder.send()
    until(lambda: builder.form.run["busy"] and app.slow_begun)
    page_says(builder.form, ask="cancel")
    until(lambda: "cancelled after" in builder.form.run["text"])
    assert app.notes == ["slow ended"]
    assert not builder.form.run["busy"]
    builder.choose("GET /echo")
    assert builder.send().result(20).status_code == 200


def test_sending_again_cancels_the_older_run(builder: RequestBuilder, app, until: Callable) -> None:
    """Of two requests of one panel only the newer is waited for and shown."""
    builder.choose("GET /slow")
    older = builder.send()
    until(lambda: app.slow_begun)
    builder.choose("GET /echo")
    builder.send()
    until(lambda: builder.shown)
    until(older.done)
    assert app.notes == ["slow ended"]
    time.sleep(0.1)
    assert "GET /echo" in builder.shown.text
    assert "200 OK" in builder.form.run["text"]


def test_the_app_s_exception_is_on_the_page(builder: RequestBuilder, until: Callable) -> None:
    """The view shows its text; nothing is raised on a thread where nobody looks."""
    builder.fill(build_spec("GET", "/boom"))
    builder.send()
    until(lambda: "the app broke" in builder.response.sections.value)
    assert builder.form.run["tone"] == "bad"


def test_an_error_of_the_panel_itself_is_on_the_page(
    builder: RequestBuilder, monkeypatch: pytest.MonkeyPatch, until: Callable
) -> None:
    """What a callback raises goes to the panel's notice, with its frames."""
    monkeypatch.setattr(builder.response, "show", lambda exchange: 1 / 0)
    builder.send()
    until(lambda: "ZeroDivisionError" in builder.notice.text)
    assert builder.notice.detail


def test_secrets_stay_out_of_the_widget_s_state(builder: RequestBuilder, page_says: Callable, until: Callable) -> None:
    """Widget state is saved in notebooks: no trait holds a secret that was typed, and it is sent all the same."""
    draft = typed(
        builder,
        method="POST",
        path="/items",
        query=[["api_key", "hush-1"]],
        headers=[["Authorization", "Bearer hush-2"]],
        body='{"password": "hush-3"}',
    )
    page_says(builder.form, ask="draft", draft=draft)
    until(lambda: builder.form.checked["seq"] == draft["seq"])
    builder.send().result(20)
    until(lambda: builder.shown)
    until(lambda: builder.response.sections.value)
    saved = repr(builder.form.get_state()) + builder.response.sections.value.partition("Response body")[0]
    assert "hush" not in saved
    assert builder.shown.request.headers["authorization"] == "Bearer hush-2"
    reloaded = {**builder.form.draft, "seq": draft["seq"] + 1}
    assert reloaded["headers"] == [["Authorization", None]]
    assert reloaded["body"] == '{"password": "•••"}'
    page_says(builder.form, ask="send", draft=reloaded)
    until(lambda: len(builder.explorer.history) == 2)
    again = builder.explorer.history["r2"].spec
    assert again == builder.explorer.history["r1"].spec


def test_a_name_the_user_calls_secret_stays_in_the_kernel(
    builder: RequestBuilder, page_says: Callable, until: Callable
) -> None:
    """Its value is on the page neither in the form nor in the code, and sent from a page that does not have it."""
    builder.explorer.configure(secret_names=["x-plan"])
    draft = typed(builder, query=[["x_plan", "hush-1"]], headers=[["X-Plan", "hush-2"]], body="")
    page_says(builder.form, ask="draft", draft=draft)
    until(lambda: builder.form.checked["seq"] == draft["seq"])
    assert "hush" not in repr(builder.form.get_state())
    held = {**builder.form.draft, "seq": draft["seq"] + 1}
    assert (held["query"], held["headers"]) == ([["x_plan", None]], [["X-Plan", None]])
    page_says(builder.form, ask="send", draft=held)
    until(lambda: len(builder.explorer.history) == 1)
    sent = builder.explorer.history["r1"].spec
    assert (sent.query, sent.header("x-plan")) == ((("x_plan", "hush-1"),), "hush-2")


def test_a_websocket_route_brings_its_console(builder: RequestBuilder, until: Callable) -> None:
    """It is not sent as something else: the console stands beside the form, and the code says how it goes in a cell."""
    builder.choose("WS /chat")
    with pytest.raises(RequestError, match="websocket_connect"):
        builder.send()
    until(lambda: builder.socket in builder._column.children)
    until(lambda: builder.form.checked["code"].startswith("%asgi ws /chat "))
    assert builder.socket.path == "/chat"
    builder.choose("GET /slow")
    until(lambda: builder.response in builder._column.children)


def test_the_console_is_built_for_an_app_that_has_a_websocket(app: Any, until: Callable) -> None:
    """Most apps have none, and their first form does not wait for it; the app that replaces one may have some."""
    rows, app.routes = app.routes, app.routes[:-1]
    with Explorer(app) as explorer:
        builder = RequestBuilder(explorer)
        assert builder._console is None
        app.routes = rows
        explorer.replace_app(app)
        until(lambda: any(one["method"] == "WS" for one in builder.form.choices))
        builder.choose("WS /chat")
        until(lambda: builder.socket in builder._column.children)
        assert builder.socket.page.path == "/chat"
        console = builder.socket
        builder.choose("GET /slow")
        until(lambda: builder.response in builder._column.children)
        builder.choose("WS /chat")
        until(lambda: console in builder._column.children)
    assert console.closed
    builder._console = None
    with pytest.raises(LoopError, match="closed"):
        builder.socket  # noqa: B018  (a property)


def test_the_response_of_another_operation_is_labelled(
    builder: RequestBuilder, page_says: Callable, until: Callable
) -> None:
    """It is dimmed until its own operation is chosen again, or the last response of the form's operation is shown."""
    builder.send().result(20)
    builder.choose("GET /items/{item_id}")
    until(lambda: "ipyasgi-other" in builder._column._dom_classes)  # the last that is written
    assert builder.other.operation == "GET /echo"
    assert (builder.other.wanted, builder.other.last) == ("GET /items/{item_id}", "")
    builder.explorer.get("/items/7")
    builder.choose("GET /echo")
    until(lambda: "ipyasgi-other" not in builder._column._dom_classes)
    assert builder.other.operation == ""
    builder.choose("GET /items/{item_id}")
    until(lambda: builder.other.last == "r2")
    page_says(builder.other, ask="show", name="r2")
    until(lambda: builder.shown is builder.explorer.history["r2"] and builder.other.operation == "")


def test_while_a_request_runs_no_response_is_labelled(builder: RequestBuilder, until: Callable) -> None:
    """The viewer shows the progress of the form's request, so the label of the response before would contradict it."""
    builder.send().result(20)
    builder.choose("GET /slow")
    until(lambda: builder.other.operation == "GET /echo")
    builder.send()
    until(lambda: builder.other.operation == "")
    builder.cancel()
    until(lambda: not builder.form.run["busy"])
    assert builder.other.operation == ""


def test_a_new_app_brings_its_routes(builder: RequestBuilder, app, until: Callable) -> None:
    """When the explorer adopts another app, the panel follows."""
    other = type(app)()
    other.routes = other.routes[:1]
    builder.explorer.replace_app(other)
    until(lambda: len(builder.form.choices) == 1)


def test_only_the_panel_s_thread_writes_widgets(builder: RequestBuilder, until: Callable) -> None:
    """Whoever asks, and on whatever thread: traits are written on the painting loop."""
    writers: set[threading.Thread] = set()
    for widget in (builder.form, builder.response.page, builder.response.sections):
        widget.observe(lambda change: writers.add(threading.current_thread()))
    for _ in range(3):
        builder.send().result(20)
    until(lambda: builder.form.run["turn"] == 3 and not builder.form.run["busy"])
    assert writers == {background_loop_of(builder.explorer).thread}


def test_a_closed_explorer_has_no_panel(explorer: Explorer) -> None:
    """Making a panel on it says so; a panel closed with it refuses to send, in words."""
    builder = RequestBuilder(explorer)
    explorer.close()
    assert builder.closed
    with pytest.raises(LoopError, match="detached"):
        builder.send()
    with pytest.raises(LoopError, match="detached"):
        RequestBuilder(explorer)


def test_the_editor_is_sent_when_a_page_asks_for_it(
    builder: RequestBuilder, until: Callable, page_says: Callable
) -> None:
    """Its code is offered then, and is in no widget's state."""
    assert not builder.form.editor
    page_says(builder.form, ask="editor")
    until(lambda: bool(builder.form.editor))
    code = builder._code._bodies[builder.form.editor["key"]]
    assert b"createJsonEditor" in code
    state = builder.form.get_state()
    assert max(len(str(value)) for name, value in state.items() if name not in ("_esm", "_css")) < 20_000
