"""Python code: literals that mean what they stand for, and calls that send the request they came from."""

import ast
import json
import os
import subprocess
import sys
from functools import partial
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi import Explorer
from ipyasgi.client.httpx import httpx
from ipyasgi.formats.placeholders import hide_secrets
from ipyasgi.formats.python_code import Name, PythonCode, build_code, quoted, read_carried, render_httpx, try_json
from ipyasgi.records.carried import Carried, Source
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec
from ipyasgi.records.template import Placeholder, Template
from ipyasgi.testclient import TestClient

from . import things
from .specs import BYTES, JSON, PLAIN, SECRET, SECRETS, VALUES, specs

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@settings(max_examples=60, deadline=None)
@given(_json, st.binary())
def test_literals_mean_their_value(value, raw):
    """On one line or laid out over many, a literal is the value."""
    code = PythonCode()

    assert ast.literal_eval(code.literal(value)) == value
    assert ast.literal_eval(code.literal(value, 4, 60)) == value
    assert ast.literal_eval(code.literal(raw)) == raw


def test_literals_look_as_a_formatter_lays_them_out():
    """What fits stays on its line; what does not has one member a line, and double quotes where they need no escape."""
    value = {"name": "it's", "said": 'a "b"', "tags": ["x" * 30, "y" * 30, "z" * 30], "n": None, "any": Name("ANY")}

    assert PythonCode().literal(value, 4) == (
        "{\n"
        '        "name": "it\'s",\n'
        '        "said": \'a "b"\',\n'
        '        "tags": [\n'
        f'            "{"x" * 30}",\n'
        f'            "{"y" * 30}",\n'
        f'            "{"z" * 30}",\n'
        "        ],\n"
        '        "n": None,\n'
        '        "any": ANY,\n'
        "    }"
    )
    assert [quoted("a"), quoted("it's"), quoted('"'), quoted("\u202e\n")] == ['"a"', '"it\'s"', "'\"'", '"\\u202e\\n"']


def code_of(spec):
    """Return the arguments that send a request, secrets and all."""
    return build_code(hide_secrets([spec], Redactor(show=True))[0][0])


def sent_by(code, **names):
    """Run a call with httpx and return the request that it sends."""
    seen = []
    transport = httpx.MockTransport(lambda request: seen.append(request) or httpx.Response(204))
    with httpx.Client(transport=transport, base_url="http://testserver") as client:
        exec(code, {"client": client, **names})
    (request,) = seen
    return request


def assert_sends(request, spec):
    """Compare what httpx sends with a request: bytes, or the same JSON."""
    headers = tuple((name.lower(), value) for name, value in request.headers.raw)
    assert request.method == spec.method
    assert tuple(request.url.params.multi_items()) == spec.query
    # What json= and data= add comes last.
    assert sorted(pair for pair in headers if pair in spec.headers) == sorted(spec.headers)
    if try_json(spec.body) and spec.header("content-type") == "application/json":
        assert try_json(request.read()) == try_json(spec.body)
    else:
        assert request.read() == spec.body


@pytest.mark.parametrize("spec", [*PLAIN, *BYTES], ids=repr)
def test_a_call_sends_the_request(spec):
    """Method, query, headers and body of the call are those of the request."""
    assert_sends(sent_by(PythonCode().call(code_of(spec), "")), spec)


@settings(max_examples=150, deadline=None)
@given(spec=specs)
def test_any_request_is_sent_by_its_call(spec):
    """Whatever a request holds, its call sends it."""
    assert_sends(sent_by(PythonCode().call(code_of(spec), "response = ")), spec)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (build_spec("GET", "/items"), 'client.get("/items")'),
        (build_spec("GET", "/s?limit=10&x=007"), 'client.get("/s", params={"limit": 10, "x": "007"})'),
        (build_spec("GET", "/s?a=1&a=2"), 'client.get("/s", params=[("a", 1), ("a", 2)])'),
        (build_spec("POST", "/", json={"a": [True, None]}), 'client.post("/", json={"a": [True, None]})'),
        (build_spec("POST", "/", data={"a": ["1", "2"]}), 'client.post("/", data={"a": ["1", "2"]})'),
        (build_spec("DELETE", "/", json=[]), 'client.request("DELETE", "/", json=[])'),
        (build_spec("QUERY", "/"), 'client.request("QUERY", "/")'),
        (
            RequestSpec(method="PUT", path="/", headers=(JSON,), body=b"null"),  # json=None would send nothing
            'client.put("/", headers={"Content-Type": "application/json"}, content="null")',
        ),
        (build_spec("PUT", "/", content=b"\xff"), 'client.put("/", content=b"\\xff")'),
        (
            RequestSpec(method="POST", path="/", headers=(JSON,), body=b'{"a": 1, "a": 2}'),
            (
                'client.post(\n    "/",\n    headers={"Content-Type": "application/json"},\n'
                '    content=\'{"a": 1, "a": 2}\',\n)'
            ),
        ),
    ],
)
def test_calls_look_as_a_person_would_write_them(spec, expected):
    """json= and data= where they send the same, content= where they would not."""
    assert PythonCode().call(code_of(spec), "") == expected


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b"NaN",
        b"[1e999]",
        b'"\\ud800"',
        b"[" * 60 + b"]" * 60,
        b"[" * 10_000,
        b"{",
        b"\xff",
        b"9" * 5000,
    ],
)
def test_json_that_python_would_not_say_the_same_way(body):
    """Doubled names, numbers beyond floats, lone surrogates and deep nesting are left as text."""
    assert try_json(body) is None


def test_secrets_are_read_from_the_environment():
    """No secret is in the code; with the environment set the call sends the whole request."""
    (hidden,), _ = hide_secrets([SECRET])
    code = PythonCode()
    text = code.call(build_code(hidden), "")

    environment = {name: str(value) for name, value in VALUES.items()}
    assert not [secret for secret in SECRETS if secret in text]
    assert code.imports == {"import os", "import json"}
    assert '"Bearer " + os.environ["TOKEN_2"]' in text
    assert_sends(sent_by(text, os=SimpleNamespace(environ=environment), json=json), SECRET)


# Stands where httpx is imported: the script's client gets a transport that prints what it is given.
FAKE_HTTPX = """
from {httpx} import *
from {httpx} import Client as _Client


def Client(**options):
    def answer(request):
        print(request.method, request.url, request.headers.get("authorization", "-"), request.read())
        return Response(200, text="fine")

    return _Client(transport=MockTransport(answer), **options)
"""


def run_script(script, folder, **variables):
    """Run a script in an interpreter of its own and return what it printed, line by line."""
    (folder / "fake.py").write_text(FAKE_HTTPX.format(httpx=httpx.__name__), encoding="utf-8")
    (folder / "script.py").write_text(script.replace("import httpx", "import fake as httpx"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_script_sends_the_values_of_its_own_run(monkeypatch, capsys):
    """A login, and what needs its token and the new ids, have the recorded statuses with an app that knows none."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        recorded = things.record(explorer)
        script = explorer.history.to_httpx()
        statuses = [str(one.status_code) for one in explorer.history]
    monkeypatch.setenv("PASSWORD", "s3cret")
    module = SimpleNamespace(Client=partial(TestClient, things.Things(), lifespan="off"))
    exec(script.replace("import httpx\n", ""), {"httpx": module})

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == statuses
    assert not [one for one in recorded if one.removeprefix("Bearer ") in script]


def test_a_script_runs_as_it_stands(tmp_path):
    """Each request is sent to the base URL, one after the other, and what came back is printed."""
    specs = [build_spec("GET", "/items", params={"limit": "2"}), build_spec("POST", "/items", json={"name": "Foo"})]

    assert run_script(render_httpx(specs, base_url="http://localhost:1"), tmp_path) == [
        "GET http://localhost:1/items?limit=2 - b''",
        "200 fine",
        """POST http://localhost:1/items - b'{"name":"Foo"}'""",
        "200 fine",
    ]


def test_a_script_of_every_request_runs(tmp_path):
    """None of the odd requests breaks the script."""
    assert run_script(render_httpx(PLAIN), tmp_path).count("200 fine") == len(PLAIN)


def test_secrets_come_from_the_environment(tmp_path):
    """No secret is in the script; with the environment set it sends them."""
    script = render_httpx([SECRET])
    printed = run_script(script, tmp_path, **{name: str(value) for name, value in VALUES.items()})

    assert not [secret for secret in SECRETS if secret in script]
    assert script.startswith("import json\nimport os\n\nimport httpx\n")
    assert "token=q-tok" in printed[0]
    assert "Bearer b-tok" in printed[0]
    assert '"pin":7301948265' in printed[0]


def test_redirects_are_followed_where_they_were():
    """The client has follow_redirects, which is off by default in httpx."""

    async def app(scope, receive, send):
        headers = [(b"location", b"/b")] if scope["path"] == "/a" else []
        await send({"type": "http.response.start", "status": 302 if headers else 200, "headers": headers})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        assert "follow_redirects=True" in explorer.get("/a").to_httpx()
        assert "--location" in explorer.history[-1].to_curl()
        assert "follow_redirects" not in explorer.get("/a", follow_redirects=False).to_httpx()
        assert "--location" not in explorer.history[-1].to_curl()


def test_texts_and_carried_values_are_one_f_string():
    """Braces, quotes and line ends beside a variable stay as they are; a number is text in a text."""
    text = Carried("it", source=Source(exchange="r1", part="json", steps=("it",)))
    number = Carried("n", True, Source(exchange="r1", part="json", steps=("n",), is_text=False))
    names = {"it": "{x}", "n": 7, "os": SimpleNamespace(environ={"S": "s"})}
    for pieces, written, value in (
        ((text,), "it", "{x}"),
        ((number,), 'f"{n}"', "7"),
        (("/a/", text, "/", number), 'f"/a/{it}/{n}"', "/a/{x}/7"),
        (("{\"'", text, "}\n\\"), None, "{\"'{x}}\n\\"),
        ((text, Placeholder("S"), "!", number), 'it + os.environ["S"] + f"!{n}"', "{x}s!7"),
    ):
        code = PythonCode().literal(Template.of(*pieces))
        assert written in (code, None)
        assert eval(code, names) == value
    assert PythonCode().literal({"a": text, "b": [number]}) == '{"a": it, "b": [n]}'
    for part, steps, written in (
        ("json", ("a", 0, 'b"'), """it = response.json()["a"][0]['b"']"""),
        ("header", ("etag",), 'it = response.headers["etag"]'),
        ("location", ("location",), 'it = response.headers["location"].rpartition("/")[2]'),
        ("cookie", ("csrf",), 'it = client.cookies["csrf"]'),
    ):
        assert read_carried(Carried("it", source=Source(exchange="r1", part=part, steps=steps))) == written
