"""The code line: the magic reads it as the same request, and it has no secret."""

import json

import pytest

from ipyasgi.formats.magic_line import render_magic, render_magic_socket
from ipyasgi.formats.placeholders import hide_secrets
from ipyasgi.formats.python_code import render_python
from ipyasgi.magic.cells import split_cell
from ipyasgi.magic.grammar import parse_line
from ipyasgi.magic.request_line import read_request
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec
from ipyasgi.records.template import Placeholder, Template

from ..magic.meaning import Recorder

SECRETS = ("Bearer x", "k-1", 'p"w')
FORM_TYPE = "application/x-www-form-urlencoded"
FORM = build_spec("POST", "/x", data={"password": "pw-9", "n": "1"})
PARTS = '--cut\r\nContent-Disposition: form-data; name="password"\r\n\r\npw-9\r\n--cut--\r\n'

SPECS = {
    "plain": build_spec("GET", "/items"),
    "query": build_spec("GET", "/items", params=[("limit", "10"), ("limit", "a b"), ("q", "it's =:@ {{x}} \\ ?")]),
    "odd query names": build_spec("GET", "/items", params=[("a=b", "1"), (" c", "2"), ("", "3")]),
    "empty query value": build_spec("GET", "/items", params=[("a", "")]),
    "headers": build_spec("GET", "/", headers={"X-A": "1", "X-B": "=odd", "X-C": ""}),
    "flat JSON": build_spec("POST", "/items", json={"name": "Foo", "price": 3.5, "on": True, "gone": None, "n": "=x"}),
    "JSON text that looks like a header": build_spec("POST", "/items", json={"a": "b:c==d", "e": "--f", "g": ""}),
    "nested JSON": build_spec("POST", "/items", json={"pet": {"lives": 9}, "tags": ["a", "b"]}),
    "JSON braces": build_spec("POST", "/x", json={"a": {"b": {"c": 1}}, "t": "{{not an expression}}"}),
    "odd JSON names": build_spec("POST", "/items", json={"a=b": 1, "": 2, "--x": 3}),
    "long JSON": build_spec("POST", "/items", json={f"field_{n}": "v" * 20 for n in range(9)}),
    "JSON list": build_spec("PUT", "/items", json=[1, "two", {"three": 3}]),
    "JSON word": build_spec("PUT", "/items", json="word"),
    "JSON empty": build_spec("POST", "/items", json={}),
    "text": build_spec("POST", "/x", content="a\n\nb: c", headers={"Content-Type": "text/plain"}),
    "text with an expression": build_spec("POST", "/x", content="{{1 + 1}}", headers={"Content-Type": "text/plain"}),
    "form": build_spec("POST", "/x", data={"a": "1"}),
    "secrets": build_spec("POST", "/x", json={"password": 'p"w', "n": 1}, headers={"Authorization": "Bearer x"}),
    "form with a secret": FORM,
    "form with odd values": build_spec(
        "POST", "/x", data={"a": "=1", "b": "x & y+z", "c": "", "d": "@e", "f": "{{1}}"}
    ),
    "form with odd names": build_spec("POST", "/x", data={"a=b": "1", "c d": "2"}),
    "form with a name twice": build_spec("POST", "/x", data={"a": ["1", "2"]}, headers={"X-A": "1"}),
    "form as it was written": build_spec("POST", "/x", content="a=%7e", headers={"Content-Type": FORM_TYPE}),
    "secret query": build_spec("GET", "/x", params={"api_key": "k-1"}),
    "at signs": build_spec("POST", "/x", params={"q": "@a"}, json={"h": "@b", "i": "\\@c"}, headers={"X-A": "@d"}),
    "path with a semicolon": build_spec("GET", "/x;"),
    "query as it was written": build_spec("GET", "/x?q=a%20b&x={{1}}[2]&d"),
    "secret in a query as it was written": build_spec("GET", "/x?q=a%20b&api_key=k-1"),
    "secrets inside": build_spec("POST", "/x", json={"user": {"token": "t"}}),
}


def build_code(spec: RequestSpec, redactor: Redactor = Redactor()) -> str:
    """Return the line, the cell or the Python of a request."""
    return render_magic(hide_secrets([spec], redactor)[0][0])


def understood(code: str, spec: RequestSpec) -> RequestSpec:
    """Return the request that the magic makes of the code, with the secrets as variables."""
    hidden = hide_secrets([spec])[1]
    names = {one.lower(): value for one, value in hidden.secrets.items()}
    names = {one: int(value) if value.isdigit() else value for one, value in names.items()}

    def evaluate(expression: str) -> object:
        return eval(expression, {}, names)

    if code.startswith("%%asgi "):
        line, _, cell = code.removeprefix("%%asgi ").partition("\n")
        (part,) = split_cell(line, cell)
        return read_request(parse_line(part.line, evaluate, part.rest))[0]
    return read_request(parse_line(code.removeprefix("%asgi "), evaluate))[0]


def in_python(code: str, spec: RequestSpec, monkeypatch: pytest.MonkeyPatch) -> RequestSpec:
    """Return the request that Python sends, with the secrets in the environment."""
    hidden = hide_secrets([spec])[1]
    for name, value in hidden.secrets.items():
        monkeypatch.setenv(name, value)
    head, _, call = code.rpartition("explorer.")
    names: dict = {"explorer": Recorder()}
    exec(head, names)
    return eval(f"explorer.{call}", names)


def same(one: RequestSpec) -> tuple[object, ...]:
    """Return what must be equal: of a JSON body its value."""
    body: object = one.body
    if one.header("content-type") == "application/json" and not one.body.startswith(b"{'"):
        body = json.loads(one.body)
    return one.method, one.path, one.query, sorted(one.headers), body


@pytest.mark.parametrize("show_secrets", [False, True])
@pytest.mark.parametrize("name", SPECS)
def test_the_magic_understands_the_same_request(name: str, show_secrets: bool) -> None:
    """Read back by the grammar, the code gives the request that it was made from."""
    code = build_code(SPECS[name], Redactor(show=show_secrets))
    assert code.startswith("%"), code
    assert same(understood(code, SPECS[name])) == same(SPECS[name]), code


@pytest.mark.parametrize("name", SPECS)
def test_no_secret_is_in_the_code(name: str) -> None:
    """Where a secret stood there is the name of a variable."""
    code = build_code(SPECS[name])
    assert not any(secret in code or json.dumps(secret)[1:-1] in code for secret in SECRETS)


def test_the_common_case_reads_well() -> None:
    """One short line, names as people know them."""
    spec = build_spec("POST", "/items", json={"name": "Foo", "price": 3.5}, headers={"X-Kind": "abc"})
    assert build_code(spec) == "%asgi POST /items X-Kind:abc name=Foo price:=3.5"


@pytest.mark.parametrize(
    "spec",
    [
        build_spec("POST", "/x", content=b"\xff\x00"),
        build_spec("POST", "/x", content="a\n### b", headers={"Content-Type": "text/plain"}),
        build_spec("POST", "/x", content="\n\n", headers={"Content-Type": "text/plain"}),
        build_spec("PURGE", "/x", headers={"Authorization": "Bearer x"}),
        build_spec("GET", "/x", params={"a": "line\nbreak"}),
        build_spec("POST", "/x", data={"password": "pw-9", "n": ["1", "2"]}),
        build_spec(
            "POST", "/x", content='{"token": "pw-9"}\n{"a": 1}', headers={"Content-Type": "application/x-ndjson"}
        ),
        build_spec("POST", "/text", content='{"token": "pw-9"}', headers={"Content-Type": "text/plain"}),
        build_spec("POST", "/x", content="{'token': 'pw-9',}", headers={"Content-Type": "application/json"}),
        build_spec("POST", "/x", content=PARTS, headers={"Content-Type": "multipart/form-data; boundary=cut"}),
        build_spec("GET", "/x", params={"a=b": "1", "api_key": "k-1"}, headers={"Referer": "/?token=t-5"}),
        build_spec("GET", "http://ada:pw-9@testserver/x"),
    ],
    ids=lambda spec: f"{spec.method} {spec.path} {len(spec.query)} {spec.body[:20]!r}",
)
def test_inexpressible_requests_become_python(spec: RequestSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call is the same request too, with its secrets in the environment."""
    code = build_code(spec)

    assert same(in_python(code, spec, monkeypatch)) == same(spec)
    assert not any(secret in code for secret in ("pw-9", "k-1", "t-5", "Bearer x"))


def test_a_query_stays_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the code sends has the same bytes in its query; line and call have them in the path."""
    spec = build_spec("GET", "/x?q=a%20b&x=[1]&d")
    python = render_python(hide_secrets([spec])[0][0])

    assert "/x?q=a%20b&x=[1]&d" in build_code(spec)
    assert "/x?q=a%20b&x=[1]&d" in python
    assert understood(build_code(spec), spec).target == spec.target
    assert in_python(python, spec, monkeypatch).target == spec.target


def test_a_form_is_a_line() -> None:
    """Its secrets are variables, as in JSON."""
    assert build_code(FORM) == "%asgi POST /x --form password={{password}} n=1"
    assert build_code(FORM, Redactor(show=True)) == "%asgi POST /x --form password=pw-9 n=1"


def test_secrets_of_json_are_variables_where_they_stand() -> None:
    """In a cell JSON is laid out; a text keeps its quotes, another value has none."""
    spec = build_spec("POST", "/x", json={"user": {"token": "t", "pin": 1234}, "tags": ["a"]})

    assert build_code(spec) == (
        '%%asgi POST /x\n\n{\n  "user": {\n    "token": "{{token}}",\n    "pin": {{pin}}\n  },\n'
        '  "tags": [\n    "a"\n  ]\n}'
    )
    assert same(understood(build_code(spec), spec)) == same(spec)


def test_a_websocket_is_a_line() -> None:
    """It opens the path that was asked for; with a secret in that it has no words."""
    target = Template.of("/chat?room=1")

    assert render_magic_socket(target) == "%asgi ws '/chat?room=1' '\"hello\"'"
    assert render_magic_socket(Template.of("/chat?token=", Placeholder("TOKEN"))) is None
