"""What differs, as text and HTML."""

import dataclasses
import json
import re
import time

import pytest

from ipyasgi import Explorer
from ipyasgi.history.comparison import Comparison
from ipyasgi.tracing import Call, Finding, Layer, Trace
from ipyasgi.tracing.trace import TraceRecord
from ipyasgi.views.comparison import view_comparison, view_recheck
from ipyasgi.views.view import View

from .conftest import Markup
from .test_escape import HOSTILE, VOCABULARY


class Changing:
    """Answers each request with the next of its bodies, and puts a text wherever an app can put one."""

    def __init__(self, *bodies: bytes, text: str = "", raises: bool = False) -> None:
        self.bodies = [*bodies]
        self.text = text.encode("utf-8", "surrogatepass")
        self.raises = raises

    async def __call__(self, scope, receive, send) -> None:
        body = self.bodies.pop(0)
        kind = b"application/json" if body[:1] in (b"{", b"[") else b"text/plain"
        headers = [(b"content-type", kind), (b"x-text", self.text * min(len(self.bodies), 1))]
        if self.raises and not self.bodies:
            raise ValueError(self.text.decode("utf-8", "surrogatepass"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def views_of(before: bytes, after: bytes, *, text: str = "", raises: bool = False, show: bool = False) -> list[View]:
    """Return the views of a recheck and of its comparison, of an app that answered otherwise before."""
    with Explorer(Changing(before, after, text=text, raises=raises), lifespan="off") as explorer:
        settings = dataclasses.replace(explorer.settings, show_secrets=show)
        explorer.get("/", params={"q": text.encode("utf-8", "replace").decode()}, raise_exceptions=False)
        found = explorer.recheck(send_twice="never")
        both = explorer.compare("r1", "r2")  # nothing is ignored
        return [
            view_comparison(both, settings),
            view_recheck(dataclasses.replace(found, comparisons=(both,)), settings),
        ]


def test_members_of_json() -> None:
    """Each member that differs is shown with its path, in the text and in the HTML."""
    views = views_of(b'{"a": 1, "b": [1, 2], "c": 0}', b'{"a": 2, "b": [2], "d": "x"}')
    for line in ("$.a 1 → 2", "$.b[0] removed (was 1)", "$.c removed (was 0)", '$.d = "x"', "Body  JSON, 29 B → 28 B"):
        assert line in views[0].text
    for view in views:
        assert "$.b[0]" in Markup(view.html).text
        assert "changed" in view.text
    assert re.search(r"r1 → r2: changed  200 OK  [\d.]+ [mµ]?s → [\d.]+ [mµ]?s, × [\d.e+]+\n", views[0].text)


def test_lines_of_text() -> None:
    """Removed and added lines are marked, with the lines around them."""
    view, _ = views_of(b"one\ntwo\nthree", b"one\n2\nthree")
    assert "  - two\n  + 2\n" in view.text
    assert "- two\n+ 2\n" in Markup(view.html).text


def test_no_difference_is_one_line() -> None:
    """Without differences there is one line."""
    for view in views_of(b'{"a": 1}', b'{"a":1}'):
        assert "same" in view.text
        assert "Body" not in view.text


def test_two_different_requests() -> None:
    """Where the earlier request was another one, both are named, with secrets masked."""
    with Explorer(Changing(b"{}", b"{}"), lifespan="off") as explorer:
        explorer.get("/first?token=s3cret")
        explorer.post("/second")
        view = view_comparison(explorer.compare("r1", "r2"), explorer.settings)

    assert view.text.startswith("GET /first?token=")
    assert " → POST /second  r1 → r2: " in view.text
    assert "s3cret" not in view.text + view.html
    assert "/first" in view.html


def test_failures_come_first() -> None:
    """The rows of a recheck begin with what now fails, and the summary counts each verdict."""
    with Explorer(Changing(b"a", b"b", b"a", b"x"), lifespan="off") as explorer:
        explorer.get("/first")
        explorer.get("/second")
        explorer.app.raises = True
        text = view_recheck(explorer.recheck(send_twice="never"), explorer.settings).text
    title, *rows = text.split("\n")
    assert title == "2 requests sent again: 1 now fails, 1 same"
    assert [row[:9].strip() for row in rows] == ["now fails", "same"]
    assert "GET /second  200 OK → 500 Internal Server Error  ValueError" in rows[0]


@pytest.mark.parametrize("show", [False, True])
def test_secrets(show: bool) -> None:
    """Secrets that differ are masked in members and lines, and shown on request."""
    json_views = views_of(b'{"token": "s3c-1"}', b'{"token": "s3c-2", "in": {"password": "s3c-3"}}', show=show)
    text_views = views_of(b'x\n"password": "s3c-1"', b'x\n"password": "s3c-2"', show=show)
    form_views = views_of(b"a=1&password=s3c-1", b"a=1&password=s3c-2", show=show)
    for views in (json_views, text_views, form_views):
        assert ("s3c-2" in views[0].html) is ("s3c-2" in views[0].text) is show
        assert "changed" in views[0].text
        assert show or not any("s3c" in form for view in views for form in (view.html, view.text))
    assert ("they differ only in masked values" in text_views[0].text) is not show


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_but_the_templates_own_markup(text: str) -> None:
    """Keys, values, lines, headers and exceptions stay text and have no effect."""
    data = text.encode("utf-8", "replace")
    before, after = (
        json.dumps({text: [text]}).encode(),
        json.dumps({text: [1, text], "x" + text: {text: text}}).encode(),
    )
    views = views_of(before, after, text=text) + views_of(b"x\n" + data, data + b"\ny", text=text)
    views += views_of(b"x", b"y", text=text, raises=True)
    for view in views:
        markup = Markup(view.html)
        assert markup.wrong == []
        for tag, attributes in markup.elements:
            assert set(attributes) <= VOCABULARY[tag]
            assert all(
                re.fullmatch("i-[a-z]+|ipyasgi|tex2jax_ignore|mathjax_ignore", name)
                for name in (attributes.get("class") or "").split()
            )
        for form in (view.html, view.text):
            form.encode("utf-8")
            assert not set(form) & {"\x1b", "\x00", "\x7f", "\x9b", "\r", "\u202e", "\u2066", "\u2028"}


def test_much_is_cut() -> None:
    """However much differs, a view stays small, says what it leaves out and takes a moment."""
    began = time.monotonic()
    many = views_of(json.dumps([*range(5000)]).encode(), json.dumps([str(n) * 100 for n in range(5000)]).encode())
    lines = views_of(b"\n".join(b"%d" % n for n in range(50_000)), b"\n".join(b"x%d" % n for n in range(50_000)))
    assert "… 80 more, 400 more differences at least" in many[0].text
    assert "more lines differ" in lines[0].text
    for view in many + lines:
        assert len(view.text) < 20_000
        assert len(view.html) < 100_000
    assert time.monotonic() - began < 20


def traced(*calls: Call, findings: tuple[Finding, ...] = (), **more: object) -> Trace:
    return Trace(calls=calls, findings=findings, **more)  # type: ignore[arg-type]


def record_of(trace: Trace | None) -> TraceRecord | None:
    return TraceRecord(lambda settings: dataclasses.replace(trace, settings=settings)) if trace is not None else None


def compared(before: Trace | None, after: Trace | None) -> Comparison:
    """Return the comparison of two exchanges with these traces."""
    with Explorer(Changing(b"{}", b"{}"), lifespan="off") as explorer:
        one, other = (dataclasses.replace(explorer.get("/"), traced=record_of(trace)) for trace in (before, after))
        return explorer.compare(one, other)


def select(text: str) -> Call:
    return Call(kind="sql", library="x", statement=text, began_ns=0, total_ns=10)


def test_two_traces() -> None:
    """Findings, calls and times that differ are one table; what is masked stays so."""
    loop = Finding(kind="n+1", text="N+1: books() sends too many.", place="shop.py:7", remedy="Send one.", count=12)
    slow = [Layer(name="Auth", began_ns=0, total_ns=0, own_ns=number * 1_000_000) for number in (2, 44)]
    before = traced(select("select 1"), layers=(slow[0],))
    after = traced(*[select("select 1")] * 12, select("<b>&"), findings=(loop,), layers=(slow[1],))
    comparison = compared(before, after)
    lines = comparison.to_text().splitlines()
    at = lines.index("Trace")
    assert [" ".join(line.split()) for line in lines[at + 1 : at + 5]] == [
        "finding new N+1: books() sends too many.",
        "SQL 1 → 12 × select 1",
        "SQL 0 → 1 × <b>&",
        "layer 2.00 ms → 44.0 ms, × 22 Auth",
    ]
    markup = Markup(view_comparison(comparison, comparison.settings).html)
    assert markup.wrong == []
    assert "1 → 12 ×" in markup.text
    assert "<b>&" in markup.text
    assert comparison.verdict == "same"
    assert comparison.to_dict()["trace"]["changes"][0] == {
        "kind": "finding",
        "change": "new",
        "text": "N+1: books() sends too many.",
    }


def test_no_traces_and_one() -> None:
    """Without traces nothing is said; with one, that the other request was not traced; equal ones do not differ."""
    assert "Trace" not in compared(None, None).to_text()
    assert compared(None, None).to_dict()["trace"] is None
    assert "Trace  r1 was not traced, so there is nothing to compare" in compared(None, traced()).to_text()
    assert "Trace  no difference" in compared(traced(), traced()).to_text()
