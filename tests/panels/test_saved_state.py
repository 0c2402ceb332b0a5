"""What a saved notebook holds of a panel: no secret, whatever slot of the request it was typed into."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import Workbench
from ipyasgi.panels.request_builder.code_kinds import CODE_KINDS
from ipyasgi.records.requests import build_spec

SECRET = "s3cret"
MULTIPART = f'--x\r\ncontent-disposition: form-data; name="password"\r\n\r\n{SECRET}\r\n--x--\r\n'

SLOTS: dict[str, dict[str, Any]] = {
    "path query": {"method": "GET", "path": f"/x?token={SECRET}"},
    "path query that cannot be sent": {"method": "GET", "path": f"x?token={SECRET}"},
    "path query of a socket": {"method": "WS", "path": f"/chat?token={SECRET}"},
    "user of a URL": {"method": "GET", "path": f"http://ada:{SECRET}@testserver/x"},
    "query": {"method": "GET", "query": [["api_key", SECRET]]},
    "query beside an odd name": {"method": "GET", "query": [["a=b", "1"], ["api_key", SECRET]]},
    "header": {"method": "GET", "headers": [["Authorization", f"Bearer {SECRET}"]]},
    "URL in a header": {"method": "GET", "headers": [["Referer", f"/?token={SECRET}"]]},
    "cookie": {"method": "GET", "headers": [["Cookie", f"session={SECRET}"]]},
    "JSON": {"body": f'{{"user": {{"password": "{SECRET}"}}}}'},
    "JSON with several": {"body": f'[{{"token": "{SECRET}-1"}}, {{"token": "{SECRET}-2"}}, {{"token": "{SECRET}-1"}}]'},
    "JSON in an object": {"body": f'{{"credentials": {{"user": "ann", "code": "{SECRET}"}}, "pin": 1234}}'},
    "URL in JSON": {"body": f'{{"db": "postgres://ann:{SECRET}@db/clinic"}}'},
    "fields of a form": {"media": "application/x-www-form-urlencoded", "body": f'{{"a": "1", "password": "{SECRET}"}}'},
    "fields of a multipart": {"media": "multipart/form-data", "body": f'{{"a": "1", "password": "{SECRET}"}}'},
    "broken JSON": {"body": f'{{"password": "{SECRET}",}}'},
    "form": {"headers": [["Content-Type", "application/x-www-form-urlencoded"]], "body": f"a=1&password={SECRET}"},
    "form as text": {"headers": [["Content-Type", "text/plain"]], "body": f"password={SECRET}"},
    "NDJSON": {"headers": [["Content-Type", "application/x-ndjson"]], "body": f'{{"token": "{SECRET}"}}\n{{"a": 1}}'},
    "multipart": {"headers": [["Content-Type", "multipart/form-data; boundary=x"]], "body": MULTIPART},
    "JSON as text": {"headers": [["Content-Type", "text/plain"]], "body": f'{{"token": "{SECRET}"}}'},
}
# Cannot be sent as they stand.
UNSENT = {"path query that cannot be sent", "path query of a socket", "broken JSON"}


async def quiet(scope: Any, receive: Any, send: Any) -> None:
    """Answer nothing, so that what is found was the panel's own."""
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def bench() -> Iterator[Workbench]:
    """Give the workbench of an app that echoes nothing."""
    with Explorer(quiet, lifespan="off") as explorer:
        yield Workbench(explorer)


def saved(panel: ipywidgets.Widget) -> str:
    """Return all that a notebook keeps of the panel: every widget's state, and the forms for other readers."""
    widgets, found = [panel], {}
    while widgets:
        widget = widgets.pop()
        found[widget.model_id] = widget.get_state()
        widgets += getattr(widget, "children", ())
    assert len(found) > 6
    bundle = panel._repr_mimebundle_()
    return repr(found) + bundle["text/html"] + bundle["text/plain"]


@pytest.mark.parametrize("slot", SLOTS)
def test_no_secret_is_saved(bench: Workbench, slot: str, page_says: Callable, until: Callable) -> None:
    """Typed, judged, sent, shown, put back into the form and sent again: it is sent each time, and saved never."""
    form = bench.request.form
    blank = {"method": "POST", "path": "/x", "path_values": [], "query": [], "headers": [], "body": ""}
    draft = {**blank, **SLOTS[slot], "fill": form.draft["fill"], "seq": 1}
    page_says(form, ask="draft", draft=draft)
    until(lambda: form.checked["seq"] == 1)
    assert SECRET not in saved(bench)
    page_says(form, ask="send", draft={**draft, "seq": 2})
    until(lambda: form.run["turn"] == 1 and not form.run["busy"])
    if slot in UNSENT:
        assert SECRET not in saved(bench)
        return
    until(lambda: bench.history.table.total == 1 and bench.request.response.sections.value)
    assert SECRET not in saved(bench)
    page_says(bench.history.table, ask="fill", name="r1")
    until(lambda: form.draft["fill"] == 1)
    page_says(form, ask="send", draft={**form.draft, "seq": 1})
    until(lambda: form.run["turn"] == 2 and not form.run["busy"])
    assert SECRET not in saved(bench)
    first, again = (bench.explorer.history[name].spec for name in ("r1", "r2"))
    assert again == first
    sent = (first.path, first.target, first.headers, first.body)
    assert SECRET in repr(sent)


class Door:
    """Answer nothing; of its routes one has a secret in its path, and one a path that looks like it."""

    def __init__(self) -> None:
        self.routes = [
            self.Route("GET", "/door/open"),
            self.Route("GET", "/door/{token}"),
            self.Route("WS", "/w/{pin}"),
        ]

    class Route:
        """A row of the route table."""

        def __init__(self, method: str, path: str) -> None:
            self.methods, self.path, self.name, self.endpoint = (method,), path, path, self
            self.kind = "websocket" if method == "WS" else "http"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await quiet(scope, receive, send)


def test_no_secret_of_a_path_is_saved(page_says: Callable, until: Callable) -> None:
    """A field of the path is secret by its name: in the form, in every code, in the history and in the address."""
    with Explorer(Door(), lifespan="off") as explorer:
        bench = Workbench(explorer)
        form = bench.request.form
        draft = {"query": [], "headers": [], "body": "", "fill": form.draft["fill"]}
        draft |= {"method": "GET", "path": "/door/{token}", "path_values": [["token", SECRET]]}
        for seq, kind in enumerate(CODE_KINDS, 1):
            page_says(form, ask="send", draft={**draft, "seq": seq, "code": kind})
            until(lambda seq=seq: form.checked["seq"] == seq and form.run["turn"] == seq and not form.run["busy"])
            assert form.checked["code_kind"] == kind
            assert SECRET not in saved(bench)
        until(lambda: bench.history.table.total == len(CODE_KINDS) and bench.request.response.sections.value)
        assert SECRET not in saved(bench)
        assert bench.history.table.rows[0]["target"] == "/door/•••"
        assert form.draft["path"] == "/door/{token}"
        assert explorer.history["r1"].spec.path == f"/door/{SECRET}"
        explorer.get("/door/open")
        until(lambda: bench.history.table.rows[0]["target"] == "/door/open")
        socket = {"method": "WS", "path": "/w/{pin}", "path_values": [["pin", SECRET]], "seq": len(CODE_KINDS) + 1}
        page_says(form, ask="draft", draft={**draft, **socket})
        until(lambda: bench.request.socket.page.path == "/w/•••")
        assert SECRET not in saved(bench)


class Locked:
    """Answer nothing; the document, which cannot be had before the gate is open, calls three names keys."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def openapi(self) -> dict[str, Any]:
        self.gate.wait(20)
        keys = {"header": "X-Sluice", "query": "sluice_q", "cookie": "sluice_c"}
        schemes = {place: {"type": "apiKey", "in": place, "name": name} for place, name in keys.items()}
        return {"openapi": "3.1.0", "paths": {}, "components": {"securitySchemes": schemes}}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await quiet(scope, receive, send)


def test_no_key_of_the_document_is_saved(page_says: Callable, until: Callable) -> None:
    """A key whose name says nothing goes out of the form as soon as the document is there, and out of every code."""
    app = Locked()
    with Explorer(app, lifespan="off") as explorer:
        bench = Workbench(explorer)
        form = bench.request.form
        draft = {"method": "GET", "path": "/x", "path_values": [], "body": "", "fill": form.draft["fill"]}
        draft |= {"query": [["sluice_q", SECRET]], "headers": [["X-Sluice", SECRET], ["Cookie", f"sluice_c={SECRET}"]]}
        page_says(form, ask="draft", draft={**draft, "seq": 1})
        until(lambda: form.checked["seq"] == 1)
        app.gate.set()
        until(lambda: SECRET not in saved(bench))
        for seq, kind in enumerate(CODE_KINDS, 2):
            page_says(form, ask="send", draft={**draft, "seq": seq, "code": kind})
            until(lambda seq=seq: form.checked["seq"] == seq and form.run["turn"] == seq - 1 and not form.run["busy"])
            assert form.checked["code_kind"] == kind
            assert SECRET not in saved(bench)
        assert SECRET in repr(explorer.history["r1"].spec.headers) + repr(explorer.history["r1"].spec.query)


def test_it_is_there_when_asked_for(bench: Workbench, until: Callable) -> None:
    """With `show_secrets` the form and its code hold it, so the test above looks where it would be."""
    bench.explorer.settings = bench.explorer.settings.__class__(show_secrets=True)
    bench.request.fill(build_spec("POST", "/x", data={"password": SECRET}))
    until(lambda: bench.request.form.draft["fill"] == 1)
    assert SECRET in bench.request.form.draft["body"]
    assert SECRET in bench.request.form.checked["code"]
