"""One exchange, and several, as text and HTML."""

import logging
import re
import traceback
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from ipyasgi import Exchange, Explorer, Settings
from ipyasgi.views.exchange import view_exchange, view_exchanges, view_history
from ipyasgi.views.run import view_run
from ipyasgi.views.tabs import TABS, view_tabs
from ipyasgi.views.view import View

from .conftest import Markup


async def shop(scope, receive, send):
    """Answer a few paths."""
    if scope["type"] == "lifespan":
        raise RuntimeError("none")
    await receive()
    path, headers = scope["path"], [(b"content-type", b"application/json")]
    if path == "/items":
        shop.state.count += 1
        print("adding an item")
        logging.getLogger("shop").warning("added")
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"id": 7, "name": "Foo"}'})
    elif path == "/old":
        await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/new")]})
        await send({"type": "http.response.body"})
    elif path == "/boom":
        raise ValueError("it broke")
    elif path == "/silent":
        return
    elif path == "/long":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"line\n" * 100})
    else:
        await send({"type": "http.response.start", "status": 204, "headers": [(b"X-Big", b"1")]})
        await send({"type": "http.response.body"})


def seen(path: str, method: str = "GET", **options: object) -> tuple[Exchange, View, Markup]:
    """Return the exchange, its view and its markup."""
    shop.state = SimpleNamespace(count=3)
    with Explorer(shop) as explorer:
        exchange = explorer.request(method, path, raise_exceptions=False, **options)
    view = view_exchange(exchange, Settings())
    return exchange, view, Markup(view.html)


def sections(view: View) -> list[str]:
    """Return the titles of the sections that are there, in order."""
    return [re.sub("<.*", "", found).strip() for found in re.findall("<summary>(.*?)</summary>", view.html)]


def test_the_summary_line() -> None:
    """Method, target, outcome, time, size and the first change stand in one line, the same in both forms."""
    _, view, markup = seen("/items?x=1", "POST", json={"name": "Foo"})
    pattern = r"POST /items\?x=1 → 201 Created  [\d.]+ [µm]s  24 B  app.state.count 3 → 4"
    assert re.fullmatch(pattern, view.text.split("\n")[0])
    assert re.search(pattern.replace("  ", r"\s+"), re.sub(r"\s+", " ", markup.text))


def test_the_time_is_that_to_the_complete_response() -> None:
    """Background tasks stand beside it, in every form and in the history; the public numbers include them."""
    exchange, _, _ = seen("/items", "POST")
    assert exchange.run is not None
    run = replace(exchange.run, duration_ns=566_000_000, response_end_ns=49_000_000)
    exchange = replace(exchange, run=run, elapsed_ns=567_000_000)
    views = [view_exchange(exchange, Settings()), view_exchanges([exchange], Settings()), view_run(run, Settings())]
    for view in (*views, view_history([exchange], Settings())):
        assert re.search(r"(?<=  )(49|50)\.0 ms \+ 517 ms background", view.text), view.text
        assert re.search(r'<(span|td) class="i-figure">(49|50)\.0 ms \+ 517 ms background</', view.html)
    assert exchange.to_dict()["ms"] == 567


def test_every_section_that_has_something() -> None:
    """Each part has a section; the response's body is open, the others are folded."""
    _, view, markup = seen("/items", "POST", json={"name": "Foo"})
    assert sections(view) == ["Body", "Headers", "Request", "Timeline", "State", "Output"]
    opened = [attributes for tag, attributes in markup.elements if tag == "details"]
    assert ["open" in attributes for attributes in opened] == [True, False, False, False, False, False]
    assert '"name": "Foo"' in markup.text
    assert "adding an item" in markup.text
    assert "WARNING shop" in markup.text
    assert "http.response.start" in markup.text


def test_sections_with_nothing_are_left_out() -> None:
    """State, output, exception and violations have no section without contents; an empty body is noted."""
    exchange, view, markup = seen("/nothing")
    assert sections(view) == ["Headers", "Request", "Timeline", "Protocol"]
    assert "The response body is empty" in markup.text
    assert exchange.violations[0].rule in markup.text
    assert exchange.violations[0].section in markup.text


def test_an_exception_comes_first_and_the_stand_in_is_not_shown() -> None:
    """The app's exception is the first section; a response that the app never sent is not shown as one."""
    _, view, markup = seen("/boom")
    assert sections(view)[:1] == ["Exception"]
    assert "Body" not in sections(view)
    assert "ValueError: it broke" in markup.text
    assert "in shop" in view.text
    assert 'raise ValueError("it broke")' in view.text
    _, silent, _ = seen("/silent")
    assert "The app sent no response" in silent.html
    assert "The app sent no response" in silent.text


def test_the_folds_of_an_exchange_are_the_tabs_of_the_panel() -> None:
    """All are in one element, in the order of the tabs, and none is inside of another: a style sheet makes a row."""
    exchange, view, markup = seen("/items", "POST", json={"name": "Foo"})
    row = view.html.partition('<div class="i-folds">')[2]
    assert [title.lower() for title in sections(View(text="", html=row))] == [
        name for name in TABS if view_tabs(exchange, Settings()).about[name]
    ]
    assert markup.wrong == []


def test_redirects_are_listed() -> None:
    """The exchanges of a redirect are listed, and its start is named."""
    _, view, markup = seen("/old")
    assert "from GET /old" in view.text.split("\n")[0]
    assert "redirected by GET /old → 302 Found" in view.text
    assert "302 Found" in markup.text


def test_notes_are_shown() -> None:
    """A note reports that a request was sent before startup."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        view = view_exchange(explorer.get("/"), Settings())
    assert "sent while the lifespan was" in view.text
    assert "sent while the lifespan was" in view.html


def test_the_text_is_cut_for_terminals() -> None:
    """A long body shows its first lines in a terminal, and how many there are beyond."""
    _, view, _ = seen("/long")
    assert len(view.text.split("\n")) < 60
    assert "… 61 more lines" in view.text


def test_several_fold_open() -> None:
    """Several exchanges are rows, each with its own sections inside."""
    shop.state = SimpleNamespace(count=0)
    with Explorer(shop) as explorer:
        for _ in range(20):
            explorer.get("/nothing")
        view = view_exchanges(explorer.history[:], Settings())
    assert view.text.split("\n")[0] == "20 exchanges"
    assert len(view.text.split("\n")) == 22
    assert view.text.split("\n")[-1].startswith("median ")
    markup = Markup(view.html)
    rows = [
        attributes for tag, attributes in markup.elements if tag == "details" and attributes.get("class") == "i-row"
    ]
    assert len(rows) == 20
    assert all("open" not in row for row in rows)
    assert "r20" in markup.text
    assert view.html.count("<style>") == 1


@pytest.mark.parametrize(("path", "tone"), [("/items", "good"), ("/boom", "failed")])
def test_the_outcome_has_a_colour(path: str, tone: str) -> None:
    """The outcome is coloured by its hundred."""
    _, _, markup = seen(path)
    assert markup.elements[6] == ("b", {"class": f"i-{tone}"})


def test_an_older_exception_is_shown_as_it_was() -> None:
    """An exchange that has let its exception go shows the same frames as before, and the same summary."""
    with Explorer(shop) as explorer:
        for _ in range(5):
            explorer.get("/boom", raise_exceptions=False)
        older, newer = explorer.history[0], explorer.history[-1]
        assert (older.exception, newer.raised) == (None, None)
        texts = [view_exchange(one, Settings()).text.split("\n") for one in (older, newer)]
    assert texts[0][1:] == texts[1][1:]
    assert "ValueError: it broke" in "\n".join(texts[0])
    assert any("test_exchange.py" in line for line in texts[0])
    assert texts[0][0].endswith("  ValueError")


def test_of_many_exchanges_the_last_are_shown() -> None:
    """A long list shows its last hundred rows, counts the earlier ones, and lets only the very last fold open."""
    shop.state = SimpleNamespace(count=3)
    with Explorer(shop) as explorer:
        explorer.get("/items")
        explorer.replay([explorer.history[0]] * 104)
        view = view_exchanges(explorer.history[:], Settings())
    lines = view.text.split("\n")
    assert lines[:2] == ["105 exchanges", "       … 5 earlier ones left out"]
    assert lines[2].split()[0] == "r6"
    assert lines[-2].endswith("replay of r1  app.state.count 107 → 108")
    assert lines[-1].startswith("median ")
    markup = Markup(view.html)
    assert "5 earlier ones left out" in markup.text
    assert sum(attributes.get("class") == "i-row" for _, attributes in markup.elements) == 5


def test_a_logged_traceback_is_shown_once() -> None:
    """What the app caught and logged stands under Exception, so a terminal's Output does not repeat its frames."""

    async def app(scope, receive, send):
        try:
            raise LookupError("no tea")
        except LookupError:
            print("before\n", traceback.format_exc(), "after", sep="")
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"x"})

    with Explorer(app, lifespan="off") as explorer:
        view = view_exchange(explorer.get("/"), Settings())

    assert "Output\n  before\n  … its traceback\n  LookupError: no tea\n  after\n" in view.text
    assert "Traceback (most recent call last)" in view.html


def test_a_rule_broken_several_times_is_one_line() -> None:
    """Django names each header with capitals: a terminal says that once, with how often, below other violations."""

    async def app(scope, receive, send):
        headers = [(b"A", b"1"), (b"B", b"2"), (b"c", b"3"), (b"D", b"4"), *extra]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x"})

    extra = []
    with Explorer(app, lifespan="off") as explorer:
        view = view_exchange(explorer.get("/"), Settings())
        extra += [(b"e", b"1\n2"), (b"f", b"1\n2")]
        other = view_exchange(explorer.get("/"), Settings())
        run = explorer.history[-1].run.to_text()
        found = [one.name for one in explorer.history.filter("violation")]

    assert "violation" not in view.text
    assert "remark on style, http.header-case: the header name b'A' is not lower-case, and 2 more (HTTP" in view.text
    assert "  1 protocol violation" in other.text
    assert "Protocol: 1 rule violated\n  http.header-value" in other.text
    assert "Protocol: 1 rule violated\n  http.header-value" in run
    assert found == ["r2"]
    assert "b'D'" in Markup(view.html).text
    assert "b'B'" not in view.text


async def app(scope, receive, send):
    """Answer everything."""
    if scope["type"] == "lifespan":
        raise RuntimeError("none")
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"hi"})


def test_newest_last_and_the_oldest_left_out() -> None:
    """Rows stand in the order of the history; of many the newest are shown and the others counted."""
    with Explorer(app) as explorer:
        for number in range(105):
            explorer.get(f"/{number}?token=abc")
        view = view_history(explorer.history, explorer.settings)
    lines = view.text.split("\n")
    assert lines[:2] == ["105 exchanges", "       … 75 older ones"]
    assert len(lines) == 32
    assert "GET /104?token=•••" in lines[-1]
    markup = Markup(view.html)
    assert sum(tag == "tr" for tag, _ in markup.elements) == 101
    assert "5 older are not shown" in markup.text


def test_an_empty_history_suggests_a_request() -> None:
    """Before the first request the view names one."""
    with Explorer(app) as explorer:
        view = view_history(explorer.history, explorer.settings)
    assert view.text == "No exchange yet\ntry: %asgi GET /"
    assert "%asgi GET /" in view.html


def test_an_empty_history_suggests_what_the_app_has() -> None:
    """It is a request to one of its routes, and none once the explorer is closed."""
    api = FastAPI()
    api.get("/pets")(lambda: None)
    with Explorer(api) as explorer:
        view = view_history(explorer.history, explorer.settings)
        assert view.text == "No exchange yet\ntry: %asgi GET /pets"
        assert "%asgi GET /pets" in view.html
    assert view_history(explorer.history, explorer.settings).text == "No exchange yet"


def test_the_history_leaves_out_what_every_request_changes() -> None:
    """From the third request on the counter that all of them increment is no mark; another change still is one."""

    async def counting(scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        counting.state.count += 1
        if scope["path"] == "/open":
            counting.state.door = "open"
        await app(scope, receive, send)

    counting.state = SimpleNamespace(count=0, door="shut")
    with Explorer(counting) as explorer:
        explorer.get("/a")
        explorer.get("/b")
        few = view_history(explorer.history, explorer.settings).text
        explorer.get("/open")
        many = view_history(explorer.history, explorer.settings).text
        newest = view_exchange(explorer.history[-1], explorer.settings).text
    assert few.count("app.state.count") == 2
    assert "app.state.count" not in many
    assert "app.state.door" in many
    assert "app.state.count 2 → 3" in newest
