"""A draft on an operation's sheet: the request it is, the untouched form, and what the schemas say of it."""

import json
from dataclasses import replace

import pytest

from ipyasgi.openapi.document import Document
from ipyasgi.panels.request_builder.draft import Draft, FormError, Held
from ipyasgi.panels.request_builder.files import Files
from ipyasgi.panels.request_builder.form_request import move_known_rows, read_form
from ipyasgi.panels.request_builder.operation_form import OperationForm, body_kind, start_draft, try_operation_form
from ipyasgi.records.requests import RequestSpec, build_spec

from .documents import DOCUMENT

PIPE = Draft(method="POST", path="/items/{item_id}", path_values=(("item_id", "7"),))
NO_FILES = Files({}.__getitem__)
UPLOAD = Draft(method="POST", path="/upload")


def sheet_of(draft: Draft) -> OperationForm:
    found = try_operation_form(Document(DOCUMENT), f"{draft.method} {draft.path}")
    assert found is not None
    return found


def spec_of(draft: Draft, files: Files | None = None) -> RequestSpec:
    return read_form(draft, sheet_of(draft), files or NO_FILES).to_spec()


def error_of(draft: Draft) -> FormError:
    with pytest.raises(FormError) as caught:
        spec_of(draft)
    return caught.value


def advice_of(draft: Draft) -> list[tuple[str, str]]:
    return list(read_form(draft, sheet_of(draft), NO_FILES).hints)


def test_known_values_go_to_their_places_and_rows_beside_them() -> None:
    """Query, header and cookie, lists as several pairs; what the rows say is sent too."""
    known = (("query.limit", "5"), ("query.tag", ["a", "b"]), ("header.X-Trace", "xy"), ("cookie.ads", "1"))
    draft = replace(PIPE, known=known, query=(("more", "1"),), headers=(("Cookie", "own=2"), ("X-Own", "3")))
    spec = spec_of(draft)
    assert (spec.method, spec.path) == ("POST", "/items/7")
    assert spec.query == (("limit", "5"), ("tag", "a"), ("tag", "b"), ("more", "1"))
    assert [spec.header(name) for name in ("x-trace", "x-own", "cookie")] == ["xy", "3", "ads=1; own=2"]


def test_json_is_sent_as_it_is_typed() -> None:
    """The text counts to the last digit and space; its type is what was picked, or what a header row says."""
    text = '{ "price": 1.00 }'
    spec = spec_of(replace(PIPE, body=text, media="application/json"))
    assert (spec.body.decode(), spec.header("content-type")) == (text, "application/json")
    rowed = replace(PIPE, body=text, media="application/json", headers=(("Content-Type", "application/a+json"),))
    spec = spec_of(rowed)
    assert [value for name, value in spec.headers if name == b"content-type"] == [b"application/a+json"]
    assert error_of(replace(PIPE, body="{", media="application/json")).where == "body"


def test_forms_are_written_from_their_values() -> None:
    """Urlencoded and multipart, with files that were chosen and files that Python names."""
    draft = replace(UPLOAD, media="application/x-www-form-urlencoded", body='{"age": 7, "more": ["a", "b"]}')
    spec = spec_of(draft)
    assert spec.body == b"age=7&more=a&more=b"
    files = Files({"img": b"12345"}.__getitem__)
    files.take({"id": "f1", "index": 0, "count": 1, "name": "cat.png", "type": ""}, b"PNG")
    body = {"note": "hello", "file": {"$file": "f1"}, "others": [{"$python": "img"}]}
    draft = replace(UPLOAD, media="multipart/form-data", body=json.dumps(body))
    spec = spec_of(draft, files)
    assert spec.header("content-type").startswith("multipart/form-data; boundary=")
    for said in (
        b'name="note"\r\n\r\nhello',
        b'filename="cat.png"',
        b"image/png",
        b"PNG",
        b'filename="img.bin"',
        b"12345",
    ):
        assert said in spec.body


def test_a_file_may_be_the_whole_body_and_text_is_text() -> None:
    """Bytes travel as they are, under the type that was picked."""
    files = Files({"img": b"\xff\x00"}.__getitem__)
    draft = replace(UPLOAD, media="application/octet-stream", body='{"$python": "img"}')
    spec = spec_of(draft, files)
    assert (spec.body, spec.header("content-type")) == (b"\xff\x00", "application/octet-stream")
    spec = spec_of(replace(UPLOAD, media="text/plain", body="{no json"), files)
    assert (spec.body, spec.header("content-type")) == (b"{no json", "text/plain")


@pytest.mark.parametrize(
    ("draft", "where", "missing"),
    [
        (replace(PIPE, path_values=(("item_id", ""),)), "path_values.item_id", True),
        (replace(PIPE, known=(("header.X-Trace", "a\nb"),)), "header.X-Trace", False),
        (replace(PIPE, known=(("query.api_key", None),)), "query.api_key", True),
        (replace(UPLOAD, media="multipart/form-data", body="[1]"), "body.", False),
        (replace(UPLOAD, media="multipart/form-data", body='{"file": {"$file": "gone"}}'), "body./file", True),
        (replace(UPLOAD, media="multipart/form-data", body='{"file": {"$python": "a+b"}}'), "body./file", False),
        (replace(UPLOAD, media="application/octet-stream", body='{"a": 1}'), "body.", True),
        (replace(UPLOAD, media="multipart/form-data", body=None), "body", True),
    ],
)
def test_what_cannot_be_sent_names_its_field(draft: Draft, where: str, missing: bool) -> None:
    """The problem has the address under which the page has the field."""
    found = error_of(draft)
    assert (found.where, found.missing) == (where, missing)


def test_the_untouched_form_can_be_sent() -> None:
    """Required values are there, as text in parameters; the schema has nothing against them."""
    start = start_draft(replace(PIPE, path_values=(("item_id", ""),)), sheet_of(PIPE))
    assert dict(start.path_values) == {"item_id": "1"}
    assert [key for key, _ in start.known] == ["header.X-Trace"]
    assert json.loads(start.body or "").keys() == {"name", "price"}
    assert advice_of(start) == []
    assert spec_of(start).path == "/items/1"
    upload = start_draft(UPLOAD, sheet_of(UPLOAD))
    assert upload.media == "multipart/form-data"
    assert json.loads(upload.body or "")["file"] == {"$python": ""}
    assert sheet_of(PIPE).expected_status == 201


def test_what_the_schema_is_against_is_told_at_the_field() -> None:
    """Parameters are judged as what their text says; bodies member by member; nothing of it keeps from sending."""
    draft = replace(
        PIPE,
        path_values=(("item_id", "0"),),
        known=(("query.limit", "many"), ("query.api_key", Held("x"))),
        media="application/json",
        body='{"name": "", "price": 1, "parts": [{"name": "a"}]}',
    )
    assert advice_of(draft) == [
        ("path.item_id", "must be at least 1"),
        ("query.limit", "must be an integer"),
        ("header.X-Trace", "is required"),
        ("body./name", "must have at least 1 character"),
        ("body./parts/0/price", "is required"),
    ]
    assert spec_of(draft).path == "/items/0"
    form = replace(UPLOAD, media="application/x-www-form-urlencoded", body='{"age": "7"}')
    assert advice_of(form) == [("body./age", "must be at least 18")]
    assert advice_of(replace(PIPE, known=(("header.X-Trace", "ab"),))) == [("body.", "is required")]
    assert read_form(draft, None, NO_FILES).hints == ()


def test_rows_become_known_parameters_where_the_request_stays_the_same() -> None:
    """What a request of elsewhere has in its query is put into the fields that know it."""
    draft = replace(PIPE, query=(("limit", "5"), ("tag", "a"), ("odd", "1")))
    moved = move_known_rows(draft, sheet_of(draft), NO_FILES)
    assert moved.known == (("query.limit", "5"), ("query.tag", ["a"]))
    assert moved.query == (("odd", "1"),)
    mixed = replace(PIPE, query=(("odd", "1"), ("limit", "5")))
    assert move_known_rows(mixed, sheet_of(mixed), NO_FILES) == mixed


def test_without_a_document_a_body_has_any_type() -> None:
    """A form's fields are written as well where no schema speaks of them."""
    draft = Draft(method="POST", path="/any", media="application/x-www-form-urlencoded", body='{"a": "1"}')
    assert read_form(draft, None, NO_FILES).to_spec().body == b"a=1"
    assert read_form(Draft(path="/any"), None, NO_FILES).to_spec() == build_spec("GET", "/any")


@pytest.mark.parametrize(
    ("media", "kind"),
    [("", "json"), ("application/a+json; v=1", "json"), ("text/csv", "text"), ("application/xml", "text"),
     ("multipart/form-data", "multipart"), ("image/png", "file")],
)  # fmt: skip
def test_each_type_of_a_body_has_its_way(media: str, kind: str) -> None:
    """What nobody can type is a file."""
    assert body_kind(media) == kind
