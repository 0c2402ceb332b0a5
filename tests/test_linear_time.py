"""
Every reader of foreign text takes linear time: none is slow on a prefix and a repeated atom.

Each reader runs in a process of its own, which is killed at its deadline: an expression that backtracks holds the whole
process, so no thread could report it.
"""

import contextlib
import itertools
import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.formats import FORMATS, import_requests, method_of
from ipyasgi.formats.http_lines import read_comment, read_header
from ipyasgi.formats.response_values import try_read
from ipyasgi.formats.shell_words import read_ansi, split_commands
from ipyasgi.formats.volatile_fields import VolatileFields, read_path
from ipyasgi.history.differences import find_line_changes
from ipyasgi.history.history_filter import read_filter
from ipyasgi.magic.cells import split_cell
from ipyasgi.magic.cursor import find_place
from ipyasgi.magic.tokenizer import split_tokens
from ipyasgi.openapi.document import Document
from ipyasgi.openapi.json_cursor import find_json_place
from ipyasgi.openapi.pattern import Search, build_match
from ipyasgi.openapi.schema_check import find_errors
from ipyasgi.openapi.token_claims import read_claims
from ipyasgi.protocol.errors import IpyasgiError
from ipyasgi.protocol.event_stream import EventStreamDecoder
from ipyasgi.records import multipart
from ipyasgi.records.body_text import read_body
from ipyasgi.records.carried import find_pieces
from ipyasgi.records.exception_text import read_exception
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import build_spec, read_target
from ipyasgi.records.settings import Settings
from ipyasgi.routes.path_template import PathTemplate, read_angles
from ipyasgi.shown import VIEWS
from ipyasgi.tracing.statements import mask_parameters, mask_statement, reads, shape_of, shape_of_url
from ipyasgi.views.body.kinds import show_body
from ipyasgi.views.changes import exception_lines
from ipyasgi.views.markdown import read_markdown
from ipyasgi.views.view import visible

CHARS = 25_000
SLOWEST_S = 3.0  # of CPU time, which doubles where others share the core; what is not linear takes minutes
KILLED_S = 60.0
PREFIXES = [
    "",
    '"',
    "{",
    '{"a": "',
    "[",
    "<",
    "a=",
    "/",
    "curl ",
    "http://",
    "data: ",
    "{{",
    "GET /",
    "--b\r\n",
    "'",
    "P",
]
ATOMS = [
    *("<a(", "a(", "%%", "\\u00", ">", "<!--", "&lt;", "T1H", "1D"),
    *(
        "a",
        " ",
        "\n",
        "\t",
        '"',
        "'",
        "\\",
        '\\"',
        "\\\\",
        "{",
        "}",
        "[",
        "]",
        "{{",
        "}}",
        "(",
        "<",
        "<a ",
        "<a>",
        "</a>",
    ),
    *(
        "=",
        "a=",
        "=a ",
        "&",
        "a=&",
        ";",
        "; ",
        ":",
        ": ",
        "://",
        "://a@",
        "@",
        "a@",
        "a.",
        ".",
        "-",
        "--",
        "%",
        "%2",
        "/",
    ),
    *(
        "//",
        "/a",
        "?",
        "?a",
        "#",
        "###\n",
        "##",
        "$",
        "$(",
        "${",
        "`",
        "^",
        "^\n",
        "*",
        "**",
        "+",
        "|",
        "~",
        "1",
        "1.",
        "1e",
    ),
    *(
        "a:",
        "a: b\n",
        "\r\n",
        "\r",
        "\x00",
        "\x1b[",
        "é",
        "\u202e",
        "\ud83d",
        "password=",
        "Bearer ",
        "token: ",
        "ey.",
        "0x",
    ),
    *(
        '{"a":',
        '"a":',
        '"a",',
        "[]",
        "{},",
        "null ",
        "data: \n",
        "--b\r\n",
        "a,",
        ',"',
        '""',
        "&#",
        "name=",
        "not:",
        "a~",
    ),
]


async def _tail(scope: Any, receive: Any, send: Any) -> None:
    body = (await receive()).get("body", b"")
    kind = dict(scope["headers"]).get(b"content-type", b"")
    location = [(b"link", body[:20_000]), (b"set-cookie", body[:20_000])]
    headers = [(b"content-type", kind), *[pair for pair in location if not set(pair[1]) & set(b"\r\n\0")]]
    print(body.decode(errors="replace")[:20_000])
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def exchanged(kind: str) -> Callable[[str], None]:
    """Return a function that sends a text, and shows and exports the exchange."""

    def run(text: str) -> None:
        content = text.encode("utf-8", "replace")
        with Explorer(_tail, lifespan="off") as explorer:
            exchange = explorer.post("/", content=content, headers={"content-type": kind})
            VIEWS.view_of(exchange)
            exchange.to_dict()
            for form in FORMATS:
                with contextlib.suppress(ValueError, IpyasgiError):
                    getattr(exchange, method_of(form))()

    return run


def _events(text: str) -> None:
    decoder = EventStreamDecoder()
    content = text.encode("utf-8", "replace")
    for at in range(0, len(content), 1_000):
        decoder.feed(content[at : at + 1_000])
    decoder.finish()


def _parts(text: str) -> None:
    content = text.encode("utf-8", "replace")
    multipart.boundary_of(content, "multipart/form-data; boundary=b")
    multipart.split(content, b"b", 20)
    multipart.find_contents(text, "multipart/form-data; boundary=b")
    multipart.field_names(text)
    multipart.parameter(text, "charset")
    multipart.parameter(f"a/b; {text}", "name")


def _schemas(text: str) -> None:
    for name in ("email", "uri", "duration", "date-time", "time", "ipv6", "uuid"):
        find_errors(text, {"format": name}, Document().flatten)
        find_errors(text[:9_999], {"format": name}, Document().flatten)
    find_errors(text[:9_999], {"pattern": "^(a+)+$"}, Document().flatten)
    find_errors({text[:9_999]: 1}, {"patternProperties": {"(.*.*)*=": {}}}, Document().flatten)
    Search(100_000).try_search(text[:4_000], text)
    with contextlib.suppress(ValueError, IpyasgiError):
        build_match(text)


def _paths(text: str) -> None:
    read_angles("<a(" + text)
    for template in ("/{a}-{b}.{c}/{d:path}/{e:path}", "/{a}{b}{c}{d}x", "/{a:path}/{b:path}/{c:path}/x", text):
        PathTemplate(template).match(text)
        PathTemplate(template).match(f"/{text}!")
    PathTemplate(text).match("/" + "a" * 1_000)
    read_angles(text)
    with contextlib.suppress(ValueError, IpyasgiError):
        read_target(text)


def _filters(text: str) -> None:
    for one in (
        text,
        f"path:{text}",
        f"path:{text[:3_000]}*{text[:3_000]}",
        f"header:{text}",
        f"status:{text}",
        f"body~{text}",
    ):
        with contextlib.suppress(ValueError, IpyasgiError):
            read_filter(one)


def _redactor(text: str) -> None:
    redactor = Redactor()
    for kind in ("application/json", "text/xml", "application/yaml", "text/html", "text/plain", "text/csv"):
        redactor.spans(text, kind)
    redactor.spans(text, "application/x-www-form-urlencoded")
    redactor.spans(text, "multipart/form-data; boundary=b")
    for function in (redactor.text, redactor.json_text, redactor.url, redactor.query, redactor.value):
        function(text)
    redactor.is_secret(text)
    for name in (
        b"cookie",
        b"set-cookie",
        b"authorization",
        b"location",
        b"link",
        b"x",
        b"www-authenticate",
        b"accept",
    ):
        redactor.headers([(name, text.encode("latin-1", "replace"))])
    read_body(text.encode("utf-8", "replace"))


def _exceptions(text: str) -> None:
    error = ValueError(text)
    error.add_note(text)
    list(exception_lines(read_exception(error)))


def _volatile(text: str) -> None:
    fields = VolatileFields(build_spec("POST", "/a", content=text.encode("utf-8", "replace")), datetime.now(UTC))
    fields.is_stable_text(text)
    fields.is_stable_url(text)
    fields.is_volatile((text,), text)
    with contextlib.suppress(ValueError, IpyasgiError):
        read_path(text)


def _tokens(text: str) -> None:
    with contextlib.suppress(ValueError, IpyasgiError):
        split_tokens(f"GET /a {text}")
    with contextlib.suppress(ValueError, IpyasgiError):
        split_cell("POST /a", text)
    find_place(f"%asgi GET /a {text}", 14 + len(text))
    find_place(f"%%asgi POST /a\nA: b\n\n{text}", 21 + len(text))
    find_json_place(text)


def _shell(text: str) -> None:
    with contextlib.suppress(ValueError, IpyasgiError):
        split_commands(text, lambda name, written: written)
    with contextlib.suppress(ValueError):
        read_ansi(text)
    read_comment(text)
    read_header(text)


def _imports(text: str) -> None:
    for one in (text, f"curl {text}", f"curl -H '{text}' http://a/ -d \"{text}\"", f"GET /{text}\nA: {text}\n\n{text}"):
        with contextlib.suppress(ValueError, IpyasgiError):
            import_requests(one)
    with contextlib.suppress(ValueError, IpyasgiError):
        import_requests('{"log": {"entries": [' + text)


def _bodies(text: str) -> None:
    content = text.encode("utf-8", "replace")
    for kind in (
        "text/plain; charset=" + text[:200],
        "text/html",
        "text/csv",
        "text/event-stream",
        "application/json",
        "",
    ):
        show_body(content, kind, Settings())
    visible(text)
    list(find_line_changes(text, text + "\na"))


def _descriptions(text: str) -> None:
    read_markdown(text)
    read_markdown(f"|a|\n|-|\n|{text}|\n- {text}\n> {text}")
    read_claims(text)
    read_claims(f"a.{text}.b")


def _statements(text: str) -> object:
    redactor = Redactor()
    for one in (text, f"select password from {text}"):
        shape_of(one), reads(one), mask_statement(one, redactor), mask_parameters(one, (("", "x"),), redactor)
    return shape_of_url(text)


READERS: dict[str, Callable[[str], object]] = {
    "descriptions": _descriptions,
    "events": _events,
    "multipart": _parts,
    "schemas": _schemas,
    "paths": _paths,
    "filters": _filters,
    "redactor": _redactor,
    "exceptions": _exceptions,
    "volatile": _volatile,
    "tokens": _tokens,
    "shell": _shell,
    "imports": _imports,
    "bodies": _bodies,
    "statements": _statements,
    "carried values": lambda text: (find_pieces(text, {"a": 1, "ab": 2}), try_read(f"a.response.body.$.{text}")),
    "exchange of text": exchanged("text/plain"),
    "exchange of JSON": exchanged("application/json"),
    "exchange of a form": exchanged("application/x-www-form-urlencoded"),
}


def run(names: tuple[str, ...], step: int, connection: Any) -> None:
    """Run readers on each ``step``-th text, in a process of its own; report each text and its processor time."""
    texts = [(prefix, atom) for prefix in PREFIXES for atom in ATOMS]
    for name in names:
        for prefix, atom in texts[::step]:
            connection.send((name, prefix, atom, None))
            began_s = time.process_time()
            READERS[name](prefix + atom * (CHARS // len(atom)))
            connection.send((name, prefix, atom, time.process_time() - began_s))
    connection.send(None)


@pytest.mark.parametrize(
    ("names", "step"),
    [
        pytest.param(tuple(READERS)[:12], 101, id="some texts for the first readers"),
        pytest.param(tuple(READERS)[12:], 101, id="some texts for the last readers"),
        *(pytest.param((name,), 3, marks=pytest.mark.nightly, id=f"many texts for {name}") for name in READERS),
    ],
)
@pytest.mark.timeout(600)
def test_no_text_makes_a_reader_slow(names: tuple[str, ...], step: int) -> None:
    """A reader of 25 kB takes less than three seconds, whatever the text repeats; the process is killed if it hangs."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=run, args=(names, step, theirs))
    process.start()
    theirs.close()
    last: Any = ("", "", "", 0.0)
    try:
        while ours.poll(KILLED_S) and (last := ours.recv()) is not None:
            name, prefix, atom, took_s = last
            assert took_s is None or took_s < SLOWEST_S, f"{name}: {prefix!r} and many {atom!r} took {took_s:.1f} s"
        assert last is None, f"{last[0]} hangs at {last[1]!r} and many {last[2]!r}"
    except EOFError:
        pytest.fail(f"{last[0]} ended at {last[1]!r} and many {last[2]!r}")
    finally:
        process.kill()
        process.join()


def calls_of_export(count: int) -> int:
    """Return how many functions are called to export a list of which one value in each item changes."""
    numbers = itertools.count()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        items = [{"name": "cup", "shelf": {"left": next(numbers)}} for _ in range(count)]
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(items).encode()})

    called = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal called
        called += event == "call"

    with Explorer(app, lifespan="off") as explorer:
        explorer.get("/")
        exchange = explorer.get("/")
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            text = exchange.to_pytest(app="shop:app")
        finally:
            sys.setprofile(before)
    assert '{"name": "cup", "shelf": {"left": ANY}}' in text
    return called


def test_an_export_is_linear_in_what_changes() -> None:
    """A test of a list with twice as many changing values takes about twice as many steps, not four times."""
    once, twice = calls_of_export(150), calls_of_export(300)
    assert twice < 2.5 * once
