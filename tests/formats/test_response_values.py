"""Values of earlier responses in .http files: written for carried values, read as places, filled in while sending."""

import time

import pytest

from ipyasgi import Explorer
from ipyasgi.client.httpx import httpx
from ipyasgi.errors import RequestError
from ipyasgi.formats import import_requests
from ipyasgi.formats.response_values import ResponseValue, try_read, try_write
from ipyasgi.records.carried import Source

from . import things

BODY = {"id": 7, "items": [{"odd key": "x"}], "plain": "y"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("r1.response.body.$.id", 7),
        (" r1.response.body.$.items[0]['odd key'] ", "x"),
        ('r1.response.body.$.items[0]["odd key"]', "x"),
        ("r1.response.body.plain", "y"),
        ("r1.response.headers.X-Next", "/b"),
        ("r1.response.body.*", httpx.Response(200, json=BODY).text),
    ],
)
def test_a_place_has_its_value(text, found):
    """A place in the JSON, the whole text and a header are found in the response to the named request."""
    place = try_read(text)
    assert place is not None
    assert place.find({"r1": httpx.Response(200, json=BODY, headers={"x-next": "/b"})}) == found
    assert try_read(str(place)) == place


@pytest.mark.parametrize("place", ["body.$.none", "body.$.items[3]", "body.$.id.more", "headers.X-None", "body.$[0]"])
def test_a_place_without_a_value_is_an_error(place):
    """What the response does not have, and a response that is not JSON or not there, are errors."""
    found = try_read(f"r1.response.{place}")
    for responses in ({"r1": httpx.Response(200, json=BODY)}, {"r1": httpx.Response(200, text="hi")}, {}):
        with pytest.raises(RequestError, match="has no value"):
            found.find(responses)


@pytest.mark.parametrize(
    "text", ["name", "r1.response", "r1.response.body.", "r1.response.body.$.a()", "r1.response.body.$.a b", "r1.text"]
)
def test_anything_else_is_no_place(text):
    """A name, a call and an expression are no places."""
    assert try_read(text) is None


def test_a_long_text_is_read_in_time():
    """The pattern of a path has one way to match, so a hostile text is refused quickly."""
    began = time.process_time()
    for atom in ("a", ".a", "[1]", "['a']", "a.", "$"):
        assert try_read("r1.response.body.$" + atom * 30_000 + "!") is None
    assert time.process_time() - began < 5


def test_carried_values_are_written_as_places():
    """A place in JSON is written as it is read; a cookie, and a key that would end the braces, are not."""
    for steps in (("id",), (0, "a b", 2), ("items", 10, "x-y")):
        written = try_write(Source(exchange="r1", part="json", steps=steps))
        value = found = object()
        for step in reversed(steps):
            value = {step: value} if isinstance(step, str) else [None] * step + [value]
        response = httpx.Response(200)
        response.json = lambda value=value: value
        assert try_read(written[2:-2]).find({"r1": response}) is found
    assert try_write(Source(exchange="r1", part="header", steps=("etag",))) == "{{r1.response.headers.etag}}"
    for steps in (("}}",), ("it's",), ("a\nb",)):
        assert try_write(Source(exchange="r1", part="json", steps=steps)) == ""
    assert try_write(Source(exchange="r1", part="cookie", steps=("csrf",))) == ""
    assert str(ResponseValue(request="r1", part="body", place="$.id")) == "r1.response.body.$.id"


def test_an_exported_session_runs_on_a_fresh_app():
    """Exported, imported and sent to a new app, each request has the statuses of the recording with its own values."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        recorded = things.record(explorer, checks_csrf=False)
        text = explorer.history.to_http()
        statuses = [one.status_code for one in explorer.history]
    assert not [one for one in recorded if one.removeprefix("Bearer ") in text]
    assert "@access_token = {{r1.response.body.$.access_token}}\n" in text
    assert "Authorization: Bearer {{access_token}}" in text
    assert 'name="thing_id"\n\n{{thing_id}}\n--' in text
    assert "@next_url = {{r7.response.body.$.links.next}}\nGET {{host}}{{next_url}}\n" in text
    assert "GET {{location}}\n" in text
    found = import_requests(text, variables={"password": "s3cret"})
    assert found.notes == ()
    with pytest.raises(RequestError, match=r"r2 needs the response to r1: send them with send_each"):
        _ = found.specs
    with Explorer(things.Things(), lifespan="off") as explorer:
        sent = found.send_each(explorer.send)
        assert [one.status_code for one in sent] == statuses
        assert explorer.history.carried


def test_values_are_escaped_where_they_are_filled_in():
    """A value of the app's is one segment of a path, one string of JSON; a number stays one; a header cannot break."""
    text = """\
# @name first
POST http://localhost/first

###
@it = {{first.response.body.$.text}}
@number = {{ first.response.body.$.number }}
@both = {{it}}-{{number}}
POST http://localhost/a/{{it}}/b?q={{it}}
Content-Type: application/json

{"text": "{{it}}", "number": {{number}}, "both": "{{both}}"}

###
GET http://localhost/x
X-Bad: {{first.response.body.$.line}}
"""
    found = import_requests(text)
    assert [one.needs for one in found] == [(), ("first",), ("first",)]
    assert found.requests[1].spec.path == "/a/{{it}}/b"
    response = httpx.Response(200, json={"text": 'a/b?"', "number": 7, "line": "x\r\nX-Evil: 1"})
    spec = found.requests[1].fill({"first": response})
    assert (spec.path, spec.query) == ("/a/a%2Fb%3F%22/b", (("q", 'a/b?"'),))
    assert spec.body == b'{"text": "a/b?\\"", "number": 7, "both": "a/b?\\"-7"}'
    with pytest.raises(RequestError, match="not a header that can be sent"):
        found.requests[2].fill({"first": response})


@pytest.mark.parametrize(
    ("line", "value", "target"),
    [
        ("{{first.response.body.$.to}}", "/a?b=c%2F&d=1", "/a?b=c%2F&d=1"),
        ("{{first.response.body.$.to}}", "http://localhost/a?b=1", "/a?b=1"),
        ("{{host}}{{first.response.body.$.to}}", "/a?b=1", "/a?b=1"),
        ("http://localhost{{first.response.body.$.to}}", "/a?b=1", "/a?b=1"),
        ("{{host}}/x{{first.response.body.$.to}}", "/a?b=1", "/x%2Fa%3Fb%3D1"),
        ("{{host}}/x?q={{first.response.body.$.to}}", "/a?b=1", "/x?q=%2Fa%3Fb%3D1"),
    ],
)
def test_a_link_is_filled_in_as_it_is(line, value, target):
    """A whole URL, and a path behind the server, keep their query; anywhere else a value is one part of the target."""
    text = f"@host = http://localhost\n# @name first\nGET {{{{host}}}}/first\n\n###\nGET {line}\n"
    fill = import_requests(text).requests[1].fill
    response = {"first": httpx.Response(200, json={"to": value})}
    assert fill(response).target == target


def test_a_request_that_is_not_above_is_named():
    """A place in the response of no earlier request leaves the request out, with a note."""
    found = import_requests("GET http://localhost/{{later.response.body.$.id}}\n### later\nGET http://localhost/b\n")
    assert [one.spec.path for one in found] == ["/b"]
    assert "no request above it has the name later" in found.notes[0]
