"""Uploads: exports name the files instead of writing their bytes."""

from pathlib import Path

import httpx
import pytest

from ipyasgi.errors import RequestError
from ipyasgi.formats.curl import read_curl, render_curl
from ipyasgi.formats.http_file import read_http
from ipyasgi.formats.http_writer import render_http
from ipyasgi.formats.magic_line import render_magic
from ipyasgi.formats.placeholders import hide_secrets
from ipyasgi.formats.python_code import render_httpx, render_python
from ipyasgi.formats.uploads import read_parts
from ipyasgi.magic.grammar import parse_line
from ipyasgi.magic.request_line import read_request
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec

from .specs import JSON, PLAIN, UPLOADS

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100
PHOTO = build_spec(
    "POST",
    "/pets/0/photo",
    data={"note": "a b", "token": "s3cret-token"},
    files={"photo": ("pic.png", PICTURE, "image/png")},
)


def template_of(spec, *, show=False):
    """Return a request with placeholders for its secrets."""
    return hide_secrets([spec], Redactor(show=show))[0][0]


def parts_of(spec):
    """Return the parts of a form without its boundary."""
    parts = template_of(spec, show=True).parts
    return sorted((part.name, part.filename, part.content_type, part.content or part.value.outline) for part in parts)


@pytest.fixture
def with_files(tmp_path, monkeypatch):
    """Work where the files of all uploads are."""
    monkeypatch.chdir(tmp_path)
    for spec in [PHOTO, *UPLOADS]:
        for part in template_of(spec).parts:
            if part.path:
                Path(part.path).write_bytes(part.content)


@pytest.mark.parametrize("spec", [PHOTO, *UPLOADS], ids=["photo", "text", "small", "mixed"])
def test_python_sends_the_same_parts(spec, with_files):
    """The httpx call sends the fields and files of the form; only small files are written in it."""
    text = render_httpx([spec], redactor=Redactor(show=True))
    seen = []
    transport = httpx.MockTransport(lambda request: seen.append((request, request.read())) or httpx.Response(204))
    names = {"client": httpx.Client(transport=transport, base_url="http://localhost")}
    exec(text.replace("with httpx.Client(", "if (lambda **_: True)(").replace(") as client:", "):"), names)
    ((request, body),) = seen

    sent = RequestSpec(
        method=request.method,
        path="/",
        headers=((b"content-type", request.headers["content-type"].encode()),),
        body=body,
    )
    assert parts_of(sent) == parts_of(spec)
    assert len(text) < 1500
    names["client"].close()


@pytest.mark.parametrize("spec", [PHOTO, *UPLOADS], ids=["photo", "text", "small", "mixed"])
def test_curl_reads_the_files(spec):
    """A file is ``-F name=@path``, with a comment that names it; reading such a command is an error that says why."""
    text = render_curl([spec], redactor=Redactor(show=True))

    assert "printf" not in text
    assert "\n  -F " in text
    for part in template_of(spec).parts:
        if f"@{part.path}" in text and part.path:
            assert f"# {part.path}: the file that was sent, {len(part.content):,} bytes\n" in text
    if "@" in text:
        with pytest.raises(RequestError, match="reads the file"):
            read_curl(text)


def test_a_short_text_file_is_written_into_the_command():
    """A command that contains its small text files reads back."""
    spec = build_spec("POST", "/up", files=[("f", ("n.txt", b"one two")), ("a", (None, ";@\"'"))])
    (found,) = read_curl(render_curl([spec])).specs

    assert parts_of(found) == parts_of(spec)


def test_secrets_of_an_upload_are_placeholders():
    """Each format has a placeholder for a secret field, and no bytes of the file."""
    request = template_of(PHOTO)
    texts = [render_curl([PHOTO]), render_httpx([PHOTO]), render_python(request), render_magic(request)]

    assert not [text for text in texts if "s3cret" in text or "PNG" in text or "x1a" in text]
    assert [text.count("pic.png: the file that was sent") for text in texts] == [1] * 4
    assert render_magic(request).splitlines()[1] == (
        "%asgi POST /pets/0/photo 'note=a b' token={{token}} photo@pic.png"
    )


def test_the_line_of_the_magic_sends_the_same(with_files):
    """The line reads the file and sends the same parts."""
    line = render_magic(template_of(PHOTO)).splitlines()[1].removeprefix("%asgi ")
    spec, _ = read_request(parse_line(line, {"token": "s3cret-token"}.get, None))

    assert (spec.method, spec.path, parts_of(spec)) == ("POST", "/pets/0/photo", parts_of(PHOTO))


def test_a_http_file_names_the_file():
    """A file is ``< ./path``; a form whose files are short texts is written whole and reads back."""
    spec = build_spec("POST", "/up", data={"a": "1"}, files={"f": ("pic.png", PICTURE)})
    text = render_http([("r1", spec)])

    assert "\n# pic.png: the file that was sent, 25,608 bytes\nPOST " in text
    assert '; filename="pic.png"\nContent-Type: image/png\n\n< ./pic.png\n--' in text
    with pytest.raises(RequestError, match="reads a file"):
        read_http(text)
    assert read_http(render_http([("r1", UPLOADS[0])])).specs == (UPLOADS[0],)


@pytest.mark.parametrize(
    "filename", ["../../etc/passwd", "C:\\boot.ini", "-", "-o", 'a;b".png', "$(id).png", ".env", "/dev/zero"]
)
def test_a_hostile_name_of_a_file(filename):
    """An export reads only files of the working directory that are not hidden; the name is sent as it was."""
    spec = build_spec("POST", "/up", files={"f": (filename, PICTURE)})
    (part,) = template_of(spec).parts

    assert "/" not in part.path
    assert "\\" not in part.path
    assert part.path[0] not in "-."
    assert f"'f=@{part.path};filename=" in render_curl([spec])


@pytest.mark.parametrize(
    "spec",
    [
        *PLAIN,
        build_spec("POST", "/", files=[("a", (None, "1"))]),
        RequestSpec(
            method="POST",
            path="/",
            headers=((b"content-type", b"multipart/form-data; boundary=B"),),
            body=b"--B\r\nX: 1",
        ),
        RequestSpec(
            method="POST", path="/", headers=(JSON,), body=b"--B\r\nContent-Disposition: form-data\r\n\r\n--B--"
        ),
        RequestSpec(
            method="POST",
            path="/",
            headers=((b"content-type", b"multipart/form-data; boundary=B"),),
            body=b'--B\r\nContent-Disposition: form-data; name="f"; filename="n"\r\nX-Odd: 1\r\n\r\nx\r\n--B--\r\n',
        ),
    ],
    ids=repr,
)
def test_other_bodies_are_not_uploads(spec):
    """Other bodies, forms that are cut, and parts with headers of their own are exported byte by byte."""
    assert read_parts(spec, template_of(spec).body) is None
