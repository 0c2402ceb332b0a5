"""curl commands: what is written runs in a shell, and reads back as the request it came from."""

import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import example, given, settings

from ipyasgi import Explorer
from ipyasgi.errors import RequestError
from ipyasgi.formats.curl import read_curl, render_curl
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec
from ipyasgi.testclient import TestClient

from . import commands, things
from .curl_words import as_sent
from .specs import BYTES, PLAIN, SECRET, SECRETS, VALUES, specs

FAKE_CURL = """#!{python} -I
import json, os, sys
with open(os.environ["CURL_LOG"], "w") as log:
    said = [os.fsencode(word).decode("latin-1") for word in sys.argv[1:]]
    given = sys.stdin.buffer.read().decode("latin-1") if "@-" in said else ""
    json.dump([said, given], log)
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Give a function that runs a text in bash, and returns the words and the input that curl got there."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "curl"
    program.write_text(FAKE_CURL.format(python=sys.executable), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    log = folder / "log.json"

    def run(text, **variables):
        environment = {**os.environ, **variables, "PATH": f"{folder}:{os.environ['PATH']}", "CURL_LOG": str(log)}
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-s"],
            input=os.fsencode(text),
            env=environment,
            capture_output=True,
            timeout=20,
        )
        assert (done.returncode, done.stderr) == (0, b""), text
        words, given = json.loads(log.read_text(encoding="utf-8"))
        return [word.encode("latin-1") for word in words], given.encode("latin-1")

    return run


@pytest.mark.parametrize("spec", [*PLAIN, *BYTES], ids=repr)
def test_exported_commands_run_in_a_shell(spec, shell):
    """bash hands curl the very URL, headers and bytes of the request."""
    words, given = shell(render_curl([spec]))
    method, url, headers, body = as_sent(words, given)

    assert (method, tuple(headers), body) == (spec.method, spec.headers, spec.body)
    place, _, query = url.partition("?")
    assert unquote(place.removeprefix("http://localhost:8000")) == unquote(spec.path)
    assert tuple(parse_qsl(query, keep_blank_values=True)) == spec.query


@pytest.mark.parametrize("spec", [*PLAIN, *BYTES], ids=repr)
def test_exports_read_back(spec):
    """A request is the same after a curl command."""
    assert read_curl(render_curl([spec])).specs == (spec,)


@settings(max_examples=150, deadline=None)
@given(spec=specs)
@example(spec=RequestSpec(method="GET", path="/", query=(("", ""),)))
def test_any_request_reads_back(spec):
    """Whatever a request holds, it is the same after a curl command."""
    assert read_curl(render_curl([spec], redactor=Redactor(show=True))).specs == (spec,)


def test_several_requests_are_several_commands(shell):
    """Each request is a command of its own, and all are read back in order."""
    text = render_curl(PLAIN)

    assert read_curl(text).specs == tuple(PLAIN)


def test_a_command_looks_as_a_person_would_write_it():
    """Short things stay on one line, options stand on their own, and quotes only where they are needed."""
    spec = build_spec("POST", "/items", json={"name": "Foo"}, headers={"X-Kind": "a b"})

    assert render_curl([build_spec("GET", "/items")]) == "curl http://localhost:8000/items"
    assert render_curl([spec], base_url="https://shop.example") == (
        "curl https://shop.example/items \\\n"
        "  -H 'X-Kind: a b' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        """  --data-raw '{"name":"Foo"}'"""
    )


def test_secrets_are_variables_of_the_shell(shell):
    """No secret is in the text; with the variables set, curl gets the whole request."""
    text = render_curl([SECRET])
    words, given = shell(text, **{name: str(value) for name, value in VALUES.items()})
    _, url, headers, body = as_sent(words, given)

    assert not [secret for secret in SECRETS if secret in text]
    assert '"Authorization: Bearer $TOKEN_2"' in text
    assert "token=q-tok" in url
    assert (b"authorization", b"Bearer b-tok") in headers
    assert (b"cookie", b"session=c-tok; theme=dark") in headers
    assert json.loads(body) == json.loads(SECRET.body)
    assert read_curl(text, variables=VALUES).specs == (SECRET,)
    assert read_curl(render_curl([SECRET], redactor=Redactor(show=True))).specs == (SECRET,)


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        (build_spec("GET", "/s", params=[("a", "1"), ("token", "a b&c"), ("z", "2")]), {"TOKEN": "a b&c"}),
        (build_spec("POST", "/l", data={"user": "a b", "password": "x y&z"}), {"PASSWORD": "x y&z"}),
        (
            RequestSpec(
                method="POST",
                path="/m",
                headers=((b"content-type", b"multipart/form-data; boundary=B"),),
                body=b'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\'y%z\r\n--B\r\n\xff\0\r\n--B--',
            ),
            {"PASSWORD": "x'y%z"},
        ),
    ],
    ids=["query", "form", "multipart"],
)
def test_a_secret_of_any_letters_is_sent_as_it_is(spec, values, shell):
    """Curl encodes a value where it has to be encoded, and only there."""
    text = render_curl([spec])
    _words, given = shell(text, **values)

    assert not [value for value in values.values() if value in text]
    assert read_curl(text, variables=values).specs == (spec,)
    if given:
        assert given == spec.body


def test_omissions_are_noted():
    """Options about the connection or the display, redirections and programs after a pipe are named in a note."""
    notes = read_curl("curl -k --compressed -so out http://localhost:8000/ > x | jq .").notes

    assert [note.split()[0] for note in notes if note.startswith("--")] == [
        "--insecure",
        "--compressed",
        "--silent",
        "--output",
    ]
    assert any("redirections" in note for note in notes)
    assert any("jq" in note for note in notes)


def test_variables_stay_until_they_have_a_value():
    """$NAME and {{name}} stay with a note, and take a value that is given; in single quotes a dollar is a dollar."""
    text = """curl "http://localhost:8000/{{path}}?a=$A" -H 'X-A: $A' -d "${B}" """
    left = read_curl(text)

    assert left.specs[0].target == "/{{path}}?a=$A"
    assert left.specs[0].body == b"${B}"
    assert len(left.notes) == 3
    filled = read_curl(text, variables={"path": "x", "A": 1, "B": "two"})
    assert (filled.specs[0].target, filled.specs[0].header("x-a"), filled.specs[0].body) == ("/x?a=1", "$A", b"two")
    assert filled.notes == ()


def test_several_urls_and_commands_are_several_requests():
    """Each URL and each command is a request of its own."""
    found = read_curl("curl http://localhost:8000/a http://localhost:8000/b -d x\ncurl localhost:8000/c -X PUT")

    assert [(spec.method, spec.path, spec.body) for spec in found.specs] == [
        ("POST", "/a", b"x"),
        ("POST", "/b", b"x"),
        ("PUT", "/c", b""),
    ]


def test_a_base_url_means_the_app():
    """Only the path is kept of a URL that is the app's own."""
    assert read_curl("curl https://shop.example/a", base_url="https://shop.example").specs[0].path == "/a"
    assert read_curl("curl https://shop.example/a", base_url="https://shop.example:1").specs[0].path.startswith("https")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no curl command"),
        ("wget http://localhost/", "leave 'wget' out"),
        ("TOKEN=s3cret", "leave 'TOKEN' out"),
        ("curl -s localhost:8000/x | jq . | curl -d @- localhost:8000/", "reads the file '-'"),
        ("curl", "has no URL"),
        ("curl http://localhost:8000/?a=1&b=2", "quote the URL"),
        ("curl 'http://localhost:8000/", "is not closed"),
        ('curl "http://localhost:8000/', "is not closed"),
        ("curl $'http://localhost:8000/", "is not closed"),
        ("curl http://localhost:8000/ -d @- <<EOF\na\nEOF", "here-documents are not supported"),
        ('curl -H "X: $(id)" http://localhost:8000/', "would run a command"),
        ("curl http://localhost:8000/`id`", "would run a command"),
        ("curl http://localhost:8000/${A:-b}", "not just a name"),
        ("curl ftp://localhost/x", "only http"),
        ("curl ws://localhost/x", "only http"),
        ("curl http://[::1", "is not a URL"),
        ("curl http:///x", "has no host"),
        ("printf %d 1 | curl -d @- localhost:8000/", "printf's %d"),
    ],
)
def test_unreadable_text_is_an_error(text, message):
    """Each is one `RequestError` with an instruction."""
    with pytest.raises(RequestError) as handled_exception:
        read_curl(text)
    assert message in str(handled_exception.value)
    assert "s3cret" not in str(handled_exception.value)


# What we read there is what its writer meant; bash or curl would make something else of it, or refuse.
MEANT_BETTER = {
    "docs, with a prompt",  # the prompt is not a command
    "docs, with comments and a pipe into jq",
    "docs, spaces after the backslash",  # ends the command there
    "chrome, bash, line ends and letters beyond ASCII",  # bash makes two characters of a pair of \\u
    "pieces of one word",  # curl rejects the blank in a URL
    "-b twice",  # curl joins them without the blank of RFC 6265
}


@contextmanager
def listening():
    """Give the port of a server on this machine, and the list of requests that it gets."""
    seen = []

    def answer(handler):
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = [(name.lower(), value) for name, value in handler.headers.items()]
        seen.append((handler.command, handler.path, headers, body))
        handler.send_response(204)
        handler.end_headers()

    methods = dict.fromkeys((f"do_{method}" for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")), answer)
    handler = type("Handler", (BaseHTTPRequestHandler,), {**methods, "log_message": lambda *args: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], seen
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def serving(app):
    """Give the URL of a server of an app on this machine, and the list of the responses that it sends."""
    seen = []

    def answer(handler):
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        response = client.request(handler.command, handler.path, headers=handler.headers.items(), content=body)
        client.cookies.clear()
        seen.append((response.status_code, f"{handler.command} {handler.path}"))
        handler.send_response(response.status_code)
        for name, value in response.headers.multi_items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(response.content)))
        handler.end_headers()
        handler.wfile.write(response.content)

    methods = dict.fromkeys((f"do_{method}" for method in ("GET", "POST", "DELETE")), answer)
    handler = type("Handler", (BaseHTTPRequestHandler,), {**methods, "log_message": lambda *args: None})
    with TestClient(app, lifespan="off") as client, ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", seen
        finally:
            server.shutdown()
            thread.join(5)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="there is no curl or no jq here")
@pytest.mark.parametrize("program", ["bash", "sh"])
def test_a_script_sends_the_values_of_its_own_run(program):
    """Tokens, ids and links that jq reads are those of a fresh app; what only a header has is said to be missing."""
    with Explorer(things.Things(), lifespan="off") as explorer, serving(things.Things()) as (url, seen):
        recorded = things.record(explorer, checks_csrf=False)
        text = explorer.history.to_curl(base_url=url)
        environment = {**os.environ, "PASSWORD": "s3cret", "CSRF": "x"}
        done = subprocess.run(
            [program, "-u"], input=text.encode(), capture_output=True, timeout=30, env=environment, cwd="/"
        )
        statuses = [one.status_code for one in explorer.history]
        del statuses[9]  # the link of the recorded job has the recorded host
        assert [status for status, _ in seen] == statuses, done
    assert not [one for one in recorded[:-3] if one.removeprefix("Bearer ") in text]
    assert "s3cret" not in text
    assert text.startswith("# jq reads from the responses what later requests need\n\nresponse=$(curl -sS ")
    assert "\naccess_token=$(printf '%s' \"$response\" | jq -r .access_token)\n" in text
    said = "# POST /jobs answered with the header location, which is not read here: set it yourself in the URL\n"
    assert text.count(said) == 1
    assert text.count("set it yourself in the header cookie\n") == 1
    assert seen[0][1] == "POST /login"


def test_a_script_reads_back_as_its_requests():
    """What reads the responses is left out, and the variables are left to be given, as those of secrets are."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        things.record(explorer, checks_csrf=False)
        found = read_curl(explorer.history.to_curl())
        assert [one.spec.method for one in found] == [one.spec.method for one in explorer.history]
        assert [found.requests[at].spec.target for at in (2, 7)] == ["/things/$thing_id", "/$next_url"]
        assert all(note.endswith("give its value as a variable") for note in found.notes)
        given = read_curl(explorer.history.to_curl(), variables={"next_url": "/pages/1/of?at=2", "thing_id": "7"})
        assert [given.requests[at].spec.target for at in (2, 7)] == ["/things/7", "/pages/1/of?at=2"]
    with pytest.raises(RequestError, match="would run a command"):
        read_curl("response=$(rm -rf /)\ncurl http://localhost/")


def test_names_in_a_script_are_one_line_each():
    """An odd key is a place of jq, and a name with a line end does not leave its comment."""
    made = "90d52fbd-1c55-4e6c-8f3a-0d2e9d1b7c11"

    async def app(scope, receive, send):
        headers = [(b"content-type", b"application/json"), (b"etag", b'"33a64df5"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps([{"it's \"id": made}]).encode()})

    with Explorer(app, lifespan="off") as explorer:
        explorer.post("/a")
        explorer.post("/b", params={"x\nrm -rf /; #": '"33a64df5"', "of": made})
        text = explorer.history.to_curl()
    assert (
        "\n# POST /a answered with the header etag, which is not read here: set it yourself in the query x rm -rf"
        in text
    )
    assert "\nrm" not in text
    place = shlex.split(text.partition("jq -r ")[2].partition("\n")[0].removesuffix(")"))
    assert place == ['.[0]["it\'s \\"id"]']


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
def test_curl_sends_the_imported_request():
    """For every command of a person that bash understands, the real curl sends what we read; it alone is the judge."""
    rows = [row for row in [*commands.BROWSERS, *commands.TOOLS, *commands.TYPED] if "api.example" not in row[1]]
    differing = []
    with listening() as (port, seen):
        for title, text, *_ in rows:
            if title in MEANT_BETTER:
                continue
            here = text.replace("localhost:8000", f"127.0.0.1:{port}").replace("127.0.0.1:8000", f"127.0.0.1:{port}")
            seen.clear()
            subprocess.run(["bash", "-s"], input=here.encode(), capture_output=True, timeout=20, cwd="/")
            spec = read_curl(here).specs[0]
            if seen and _differs(spec, *seen[0]):
                differing.append((title, seen[0], spec.method, spec.target, spec.headers, spec.body))
            elif not seen:
                differing.append((title, "curl sent nothing"))

    assert differing == []


def _differs(spec, method, target, headers, body):
    made_up = {"host", "content-length", "accept-encoding"}
    theirs = [pair for pair in headers if pair[0] not in made_up and not pair[1].startswith("curl/")]
    if spec.header("accept") != "*/*":
        theirs = [pair for pair in theirs if pair != ("accept", "*/*")]
    ours = [(name.decode(), value.decode()) for name, value in spec.headers]
    place, _, query = target.partition("?")
    return (
        (spec.method, spec.body, unquote(spec.path)) != (method, body, unquote(place))
        or spec.query != tuple(parse_qsl(query, keep_blank_values=True))
        or sorted(ours) != sorted(theirs)
    )
