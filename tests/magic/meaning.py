"""What a line means, in one line of text: for the tables of the magic's grammar. Sends nothing."""

import json
import re
from dataclasses import replace
from typing import Any

from ipyasgi.formats.python_code import PythonCode
from ipyasgi.magic.grammar import Line, parse_line
from ipyasgi.magic.python_call import PythonCall, run, write
from ipyasgi.magic.request_line import write_request
from ipyasgi.magic.tokenizer import GrammarError
from ipyasgi.records.requests import RequestSpec, build_spec

NAMES: dict[str, Any] = {
    "n": 7,
    "price": 3.5,
    "name": 'Foo "Bar"',
    "path": "a b/c",
    "items": [1, {"a": None}],
    "token": "t0k",
    "yes": True,
    "nothing": None,
    "base": "http://other.test",
    "place": "/items/7?x=1",
    "data": b"\x00\xff",
    "many": {"limit": 5},
}


class Recorder:
    """Stands where an explorer would: gives the request that a call asks for, and notes the rest of its arguments."""

    def __init__(self) -> None:
        self.more: dict[str, Any] = {}

    def request(self, method: str, path: str, **options: Any) -> RequestSpec:
        kept = ("params", "headers", "json", "data", "files", "content")
        more = {name: value for name, value in options.items() if name not in kept}
        spec = build_spec(method, path, **{name: value for name, value in options.items() if name in kept})
        return self.send(spec, **more)

    begin = request

    def send(self, spec: RequestSpec, **options: Any) -> RequestSpec:
        self.more = options
        return spec

    submit = send

    def __getattr__(self, verb: str) -> Any:
        if verb.upper() not in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
            raise AttributeError(verb)
        return lambda path, **options: self.request(verb.upper(), path, **options)


def evaluate(expression: str) -> Any:
    """Give the value of ``{{expr}}`` as the magic does."""
    try:
        return eval(expression, {}, NAMES)
    except Exception as exc:
        raise GrammarError(f"{{{{{expression}}}}}: {type(exc).__name__}: {exc}") from None


def read(line: str, cell: str | None = None) -> Line:
    """Give the parts of a line."""
    return parse_line(line, evaluate, cell)


def spec_of(line: str, cell: str | None = None) -> RequestSpec:
    """Give the request that a line and a cell come to."""
    return run(write_request(PythonCall(), read(line, cell)), Recorder())


def spec_in_python(line: str, cell: str | None = None) -> RequestSpec:
    """Give the request that the Python of a line comes to, and check that it needs nothing but its imports."""
    python = write_request(PythonCall(), read(line, cell))
    code = PythonCode()
    source = write(python, code)
    names: dict[str, Any] = {}
    exec("\n".join(sorted(code.imports)), names)
    return eval(source, {**names, **NAMES, "explorer": Recorder()})


def respelled(spec: RequestSpec) -> RequestSpec:
    """Give a request with its JSON as ``json=`` sends it, which is how Python says JSON that was typed as a text."""
    if spec.header("content-type") != "application/json":
        return spec
    return replace(spec, body=json.dumps(json.loads(spec.body), ensure_ascii=False, separators=(",", ":")).encode())


def told(spec: RequestSpec) -> str:
    """Give a request as ``METHOD target Header: value ... body``; the content type of JSON goes without saying."""
    headers = [
        f"{name.decode('latin-1').title()}: {value.decode('latin-1')}"
        for name, value in spec.headers
        if (name, value) != (b"content-type", b"application/json")
    ]
    boundary = re.search("boundary=(.*)", spec.header("content-type"))
    text = " ".join([spec.method, spec.target, *headers, spec.body.decode("latin-1")]).rstrip(" ")
    return text.replace(boundary[1], "B").replace("\r\n", "|") if boundary is not None else text


def told_line(line: Line) -> str:
    """Give the parts of a line as ``name << head 'word' --option=value ;``."""
    options = [f"--{name}={text.fill()}" if text else f"--{name}" for name, text in line.options.items()]
    words = [repr(text) for text in line.texts()]
    assign = [line.assign, "<<"] if line.assign else []
    return " ".join([*assign, line.head, *words, *options, *([";"] if line.quiet else [])])
