"""cURL commands for Windows: cmd.exe and both PowerShells hand curl the request, whatever is in it."""

import shlex
import shutil
import subprocess
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given, settings

from ipyasgi import Explorer
from ipyasgi.errors import RequestError
from ipyasgi.formats.curl import read_curl, render_curl
from ipyasgi.formats.curl_cmd import render_curl_cmd
from ipyasgi.formats.curl_powershell import render_curl_powershell
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec

from . import things
from .curl_words import as_sent
from .specs import BYTES, JSON, PLAIN, SECRET, SECRETS, TEXT, UPLOADS, VALUES, specs
from .test_curl import listening
from .windows_shells import PowerShell, read_cmd

SIGNS = [
    '{"a":"b c"}',
    '{"a": "100%", "b": "%PATH%", "c": "%PATH:~0,1%%TOKEN%"}',
    '" & calc & "',
    "& calc | calc > x < y; calc #",
    "^ ^^ ^& ^\" !PATH! 'x' ''",
    "$HOME $(calc) ${env:PATH} `calc` `n @'",
    r"C:\dir\ "[:-1],
    r"with blanks \\"[:-1],
    r'\\"\ \"',
    "--%",
    "@file",
    "-x",
    "a  b ",
    "%",
    "%%PATH%%^",
    "(a) {b} [c] , ~ * ?",
]
UNPASSED = ["line\nend\r\n", "tab\t", "caf\u00e9 \u2018\u201cx\u201d\u2019 \u0100", "\U0001f600", "nul\x00", "\x1b[0m"]
POSTED = [RequestSpec(method="POST", path="/", headers=(TEXT,), body=text.encode()) for text in [*SIGNS, *UNPASSED]]
TITLED = [
    RequestSpec(method="GET", path="/", headers=((b"x-a", text.strip().encode()), (b"x-b", b"1"))) for text in SIGNS
]
PATHS = [build_spec("GET", f"/{text.strip()}", params={"q": text}) for text in SIGNS]
HOSTILE = [*POSTED, *TITLED, *PATHS]
SET = {"PATH": r"C:\Windows", "HOME": "x", "TOKEN": "t"}


def read_config(content):
    """Return the words of a file for ``--config``, by curl's manual."""
    words = []
    for line in content.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n"):
        name, _, value = line.partition(" ")
        words += [name] if name != "--url" else []
        if value:
            assert (value[0], value[-1]) == ('"', '"')
            escaped = value[1:-1].replace("\\\\", "\x00").replace('\\"', '"').replace("\\t", "\t")
            words.append(escaped.replace("\\n", "\n").replace("\\r", "\r").replace("\x00", "\\"))
    return words


def powershell(text, *, is_51, **variables):
    """Return the words and the body that curl gets from the only command of a text."""
    session = PowerShell(is_51=is_51, **variables)
    ((program, *words),) = session.run(text)
    assert program == "curl.exe"
    body, found = b"", []
    for word in words:
        if word.startswith("@C:"):
            body = session.files[word[1:]]
        found += read_config(session.files[word]) if word in session.files else [word]
    return [word.encode("utf-8", "surrogateescape") for word in found if word != "--config"], body


def check_sent(spec, words, body):
    """Fail if another request than that of the spec was sent."""
    method, url, headers, body = as_sent(words, body)
    assert (method, tuple(headers), body) == (spec.method, spec.headers, spec.body)
    place, _, query = url.partition("?")
    assert unquote(place.removeprefix("http://localhost:8000")) == unquote(spec.path)
    assert tuple(parse_qsl(query, keep_blank_values=True)) == spec.query


@pytest.mark.parametrize("is_51", [True, False], ids=["5.1", "7"])
def test_powershell_passes_any_request(is_51):
    """curl gets the very URL, headers and bytes in either version, and nothing is run beside it."""
    for spec in [*PLAIN, *BYTES, *HOSTILE]:
        check_sent(spec, *powershell(render_curl_powershell([spec]), is_51=is_51, **SET))


def test_cmd_passes_any_request():
    """curl gets the very URL, headers and bytes, at the prompt and in a batch file with doubled percent signs."""
    for spec in [*PLAIN, *BYTES, *HOSTILE]:
        try:
            text = render_curl_cmd([spec])
        except RequestError:
            assert not all(value.isascii() for _, value in spec.headers)
            continue
        body = spec.body if "@body.bin" in text else b""
        for is_batch in (False, True):
            written = text.replace("^%", "^%%") if is_batch else text
            ((program, *words),) = read_cmd(written, is_batch=is_batch, **SET)
            assert program == "curl"
            check_sent(spec, [word.encode() for word in words], body)


@settings(max_examples=30, deadline=None)
@given(spec=specs)
def test_any_request_is_passed(spec):
    """Whatever a request holds, curl gets it; cmd.exe says what it cannot."""
    redactor = Redactor(show=True)
    for is_51 in (True, False):
        check_sent(spec, *powershell(render_curl_powershell([spec], redactor=redactor), is_51=is_51, **SET))
    if not all(value.isascii() and value.decode().isprintable() for _, value in spec.headers):
        with pytest.raises(RequestError, match="curl-powershell"):
            render_curl_cmd([spec], redactor=redactor)
    else:
        text = render_curl_cmd([spec], redactor=redactor)
        ((_, *words),) = read_cmd(text, **SET)
        check_sent(spec, [word.encode() for word in words], spec.body if "@body.bin" in text else b"")


def test_commands_look_as_a_person_would_write_them():
    """Quotes only where they are needed, options on lines of their own, and a comment that says why there is a file."""
    get = build_spec("GET", "/items")
    post = build_spec("POST", "/items", json={"name": "Foo"}, headers={"X-Kind": "a b"})

    assert render_curl_powershell([get]) == "curl.exe http://localhost:8000/items"
    assert render_curl_powershell([post], base_url="https://shop.example/") == (
        "# curl reads from a file what Windows PowerShell 5.1 changes in an argument, such as quotation marks\n"
        "$body = (New-TemporaryFile).FullName\n"
        """[IO.File]::WriteAllText($body, '{"name":"Foo"}')\n"""
        "curl.exe https://shop.example/items `\n"
        "  -H 'X-Kind: a b' `\n"
        "  -H 'Content-Type: application/json' `\n"
        '  --data-binary "@$body"\n'
        "Remove-Item $body"
    )
    assert render_curl_cmd([get]) == "curl http://localhost:8000/items"
    assert render_curl_cmd([post]) == (
        "curl http://localhost:8000/items ^\n"
        '  -H "X-Kind: a b" ^\n'
        '  -H "Content-Type: application/json" ^\n'
        r'  --data-raw ^"{\^"name\^":\^"Foo\^"}^"'
    )


def test_uploads_have_the_options_of_the_posix_command():
    """The parts of an upload are those that bash would pass, in their order."""
    plain = build_spec("POST", "/upload", files={"f": ("n.txt", b"50% off")}, data={"a": "1", "b": '"x" ^'})
    for spec in [*UPLOADS, plain]:
        _, *expected = shlex.split(render_curl([spec]).replace("\\\n", ""), comments=True)
        for is_51 in (True, False):
            words, _ = powershell(render_curl_powershell([spec]), is_51=is_51)
            assert sorted(words) == sorted(word.encode() for word in expected)
            parts = [word.decode() for word in words if b"=" in word]
            assert parts == [word for word in expected if "=" in word]
    ((_, *words),) = read_cmd(render_curl_cmd([plain]))
    assert words == expected


def test_secrets_are_variables():
    """No secret is in a text; with the variables set, curl gets the whole request."""
    values = {name: str(value) for name, value in VALUES.items()}
    text = render_curl_powershell([SECRET])
    batch = render_curl_cmd([SECRET])

    assert not [secret for secret in SECRETS if secret in text + batch]
    for is_51 in (True, False):
        check_sent(SECRET, *powershell(text, is_51=is_51, **values))
    ((_, *words),) = read_cmd(batch, **values)
    check_sent(SECRET, [word.encode() for word in words], b"")
    assert "rem Write a caret before each sign that cmd.exe reads, such as an ampersand, in PASSWORD, PIN\n" in batch


def test_secrets_of_any_letters():
    """A value is passed as it is where quotation marks are enough, and within a body that is written to a file."""
    value = "x y&z|^'$`%"
    header = RequestSpec(method="GET", path="/", headers=((b"authorization", f"Bearer {value}".encode()),))
    quoted = RequestSpec(
        method="GET", path="/", headers=((b"x-a", b'"q"'), (b"authorization", f'Bearer "\\{value}'.encode()))
    )
    body = RequestSpec(method="POST", path="/", headers=(JSON,), body=b'{"password": "x y&z|^\'$`%", "n": "\xc3\xa9"}')
    for spec in (header, quoted, body):
        text = render_curl_powershell([spec])
        assert value not in text
        given = {"TOKEN": spec.header("authorization").removeprefix("Bearer "), "PASSWORD": value}
        for is_51 in (True, False):
            check_sent(spec, *powershell(text, is_51=is_51, **given))
    ((_, *words),) = read_cmd(render_curl_cmd([header]), TOKEN=value)
    check_sent(header, [word.encode() for word in words], b"")


def test_a_secret_between_bytes():
    """A body that is not text is written from its bytes, with the value of the variable between them."""
    content = b'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\'y%z\r\n--B\r\n\xff\0\r\n--B--'
    kind = (b"content-type", b"multipart/form-data; boundary=B")
    spec = RequestSpec(method="POST", path="/m", headers=(kind,), body=content)
    text = render_curl_powershell([spec])

    assert "UTF8.GetBytes($env:PASSWORD)" in text
    check_sent(spec, *powershell(text, is_51=True, PASSWORD="x'y%z"))


def test_what_cmd_cannot_pass_is_said():
    """A comment says which file to write for a body; a header or field is an error that names another format."""
    body = RequestSpec(method="POST", path="/", headers=(TEXT,), body=b"one\ntwo")
    with Explorer(_hello, lifespan="off") as explorer:
        exchange = explorer.send(body)
        explorer.send(RequestSpec(method="POST", path="/", headers=(TEXT,), body=b"x" * 9_000))
        text, long = exchange.to_curl_cmd(), explorer.history["r2"].to_curl_cmd()
    assert text.startswith(
        "rem cmd.exe cannot pass this body, 7 bytes: it has line ends or characters beyond ASCII. "
        "Write explorer.history['r1'].spec.body to r1-body.bin first\n"
    )
    assert '--data-binary "@r1-body.bin"' in text
    assert "it is too long" in long
    with pytest.raises(RequestError, match=r"cannot pass -H X-A: café: it has .* curl-powershell"):
        render_curl_cmd([RequestSpec(method="GET", path="/", headers=((b"x-a", "café".encode()),))])
    with pytest.raises(RequestError, match="NUL character"):
        render_curl_powershell([build_spec("POST", "/", data={"a": "\x00"}, files={"f": ("n", b"")})])


def test_a_comment_stays_a_comment():
    """The name of a file in a comment runs nothing, and neither does the name of an exchange."""
    spec = build_spec("POST", "/", files={"f": ("a & calc.txt", b"x" * 900)})
    ((_, *words),) = read_cmd(render_curl_cmd([spec]))
    assert words[-1].startswith("f=@file1")
    text = render_curl_cmd([RequestSpec(method="POST", path="/", body=b"\n")], names=["r1"])
    assert not set(text.partition("\n")[0]) & set('&|<>^%"')


def test_carried_values_are_as_recorded():
    """The first line says that only the export for a POSIX shell reads values from responses."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        recorded = things.record(explorer, checks_csrf=False)
        texts = {"rem": explorer.history.to_curl_cmd(), "#": explorer.history.to_curl_powershell()}
        single = explorer.history["r1"].to_curl_powershell()
    for sign, text in texts.items():
        assert text.startswith(
            f"{sign} Values of earlier responses are as recorded; only the export as curl, for a POSIX"
        )
        assert not [one for one in recorded if one.startswith("Bearer ") and one.removeprefix("Bearer ") in text]
        assert "jq -r" not in text  # the letters alone may be in a random value
        assert "s3cret" not in text
    assert "as recorded" not in single
    assert len(read_cmd(texts["rem"], **VALUES_OF_THINGS)) == len(explorer.history)


VALUES_OF_THINGS = {"PASSWORD": "s3cret", "TOKEN": "t", "CSRF": "c"}


@pytest.mark.parametrize("write", [render_curl_powershell, render_curl_cmd])
def test_commands_read_back(write):
    """A command without a file is imported as the request it came from; one with a file says what it cannot read."""
    for spec in (
        build_spec("GET", "/items?a=1"),
        RequestSpec(method="PUT", path="/", headers=(TEXT,), body=b"it's a b"),
    ):
        assert read_curl(write([spec])).specs == (spec,)
    with pytest.raises(RequestError):
        read_curl(write([RequestSpec(method="PUT", path="/", headers=(TEXT,), body=b'"a"\n')]))


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
def test_curl_reads_the_file_of_options(tmp_path):
    """The real curl sends what is in the file for ``--config``: quotation marks, backslashes and bytes."""
    headers = ((b"x-a", b'"q" \\ \\"\t\\n'), (b"x-b", "caf\u00e9 \u2018".encode()), (b"x-c", b"it's $5 `x`"))
    spec = RequestSpec(method="PUT", path="/", headers=(TEXT, *headers), body=b"plain")
    with listening() as (port, seen):
        session = PowerShell(is_51=True)
        ((_, *words),) = session.run(render_curl_powershell([spec], base_url=f"http://127.0.0.1:{port}"))
        options = tmp_path / "options"
        options.write_bytes(*session.files.values())
        words = [str(options) if word in session.files else word for word in words]
        subprocess.run(["curl", "-sS", "--noproxy", "*", *words], check=True, capture_output=True, timeout=60)
    ((method, target, sent, body),) = seen
    assert (method, target, body) == ("PUT", "/", b"plain")
    assert {(name.encode(), value.encode("latin-1")) for name, value in sent} >= set(spec.headers)


async def _hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})
