"""A draft on an operation's sheet: the request it is, the untouched form, and what the schemas say of it."""

import json
from dataclasses import replace

import pytest

from ipyasgi.openapi.credentials import Credential, Credentials
from ipyasgi.openapi.document import Document
from ipyasgi.panels.request_builder.draft import Draft, FormError, Held
from ipyasgi.panels.request_builder.files import Files
from ipyasgi.panels.request_builder.form_request import move_rows, read_form
from ipyasgi.panels.request_builder.operation_form import (
    OperationForm,
    body_kind,
    page_operation_form,
    start_draft,
    try_operation_form,
)
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
        (replace(UPLOAD, media="multipart/form-data", body='{"token": "•••"}'), "body./token", True),
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


_LOGIN = {
    "type": "object",
    "required": ["username", "password", "pin"],
    "properties": {
        "username": {"type": "string"},
        "password": {"type": "string", "minLength": 8, "format": "password"},
        "pin": {"type": "integer"},
        "client_secret": {"type": ["string", "null"]},
        "phrase": {"type": "string", "format": "password"},
    },
}


@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_secret_is_invented(media: str) -> None:
    """It is empty in the untouched form, without an error beside it; Send asks for it, where it is required."""
    parameter = {"name": "api_key", "in": "query", "required": True, "schema": {"type": "string"}}
    body = {"required": True, "content": {media: {"schema": {"anyOf": [_LOGIN, _URL]}}}}
    document = Document(
        {"openapi": "3.1.0", "paths": {"/in": {"post": {"parameters": [parameter], "requestBody": body}}}}
    )
    form = try_operation_form(document, "POST /in")
    assert form is not None
    page = page_operation_form(form)
    members = page["bodies"][0]["field"]["variants"][0][2]["members"]
    assert [name for name, _, child in members if child.get("secret")] == ["password", "pin", "client_secret", "phrase"]
    assert page["parameters"][0]["secret"]
    start = start_draft(Draft(method="POST", path="/in"), form)
    values = json.loads(start.body)
    assert values.keys() == {"username", "password", "pin"}
    assert (values["password"], values["pin"], dict(start.known)) == ("", "", {"query.api_key": ""})
    assert list(read_form(start, form, NO_FILES).hints) == []

    def missing(draft: Draft) -> tuple[str, str]:
        with pytest.raises(FormError) as caught:
            read_form(draft, form, NO_FILES).to_spec()
        assert caught.value.missing
        return caught.value.where, caught.value.text

    assert missing(start) == ("query.api_key", "api_key is required")
    start = replace(start, known=(("query.api_key", "k"),))
    assert missing(start) == ("body./password", "password is required")
    short = replace(start, body=json.dumps({**values, "password": "abc", "pin": 7, "client_secret": ""}))
    assert list(read_form(short, form, NO_FILES).hints) == [("body./password", "must have at least 8 characters")]
    assert b"abc" in read_form(short, form, NO_FILES).to_spec().body


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
    moved = move_rows(draft, sheet_of(draft), NO_FILES)
    assert moved.known == (("query.limit", "5"), ("query.tag", ["a"]))
    assert moved.query == (("odd", "1"),)
    mixed = replace(PIPE, query=(("odd", "1"), ("limit", "5")))
    assert move_rows(mixed, sheet_of(mixed), NO_FILES) == mixed


def test_what_replaces_a_credential_says_so() -> None:
    """A row or a known parameter of its name is sent in its place; it says whose sign-in or which scheme that is."""
    login, key = Credentials(), Credentials()
    login.set("login", Credential(token="new", user="ann"))
    key.set("key", Credential(token="k3y"))
    rows = (("x-own", "1"), ("AUTHORIZATION ", "Bearer mine"), ("X-Api-Key", "mine"))
    draft = replace(PIPE, headers=rows)

    def replaced(credentials: Credentials, **changes: object) -> tuple[tuple[str, str], ...]:
        changed = replace(draft, **changes)
        return read_form(changed, sheet_of(changed), NO_FILES, credentials).replaced

    assert replaced(login) == (("headers.1", "replaces the sign-in as ann"),)
    assert replaced(key) == (("headers.2", "replaces the credentials of key"),)
    assert replaced(key, headers=(), known=(("header.x-api-key", "mine"),))[0][0] == "header.x-api-key"
    assert replaced(login, headers=rows[:1]) == replaced(Credentials()) == ()
    assert read_form(draft, None, NO_FILES, login).replaced == ()


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


_FILE = {"type": "object", "required": ["image"], "properties": {"image": {"type": "string", "format": "binary"}}}
_URL = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}}
_BINARY = {"type": "string", "format": "binary"}


def _object(**properties):
    return {"type": "object", "required": list(properties), "properties": properties}


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        (_FILE, "body./image"),
        ({"oneOf": [_FILE, _URL]}, "body./image"),
        ({"anyOf": [_FILE, _URL]}, "body./image"),
        ({"oneOf": [{"$ref": "#/components/schemas/File"}, _URL]}, "body./image"),
        ({"$ref": "#/components/schemas/Either"}, "body./image"),
        ({"allOf": [_object(n={"type": "string"}), {"oneOf": [_FILE, _URL]}]}, "body./image"),
        ({"allOf": [{"$ref": "#/components/schemas/File"}, _URL]}, "body./image"),
        ({"oneOf": [{"anyOf": [{"type": "null"}, _FILE]}, _URL]}, "body./image"),
        ({**_object(kind={"const": "f"}), "oneOf": [_FILE, _URL]}, "body./image"),
        (_object(image={"oneOf": [_BINARY, {"type": "string", "format": "uri"}]}), "body./image"),
        (_object(image={"anyOf": [{"type": "null"}, _BINARY]}), "body./image"),
        (_object(image={"allOf": [{"$ref": "#/components/schemas/Bytes"}], "description": "a"}), "body./image"),
        (_object(images={"type": "array", "items": _BINARY}), "body./images/0"),
        (_object(images={"minItems": 2, "items": {"$ref": "#/components/schemas/Bytes"}}), "body./images/0"),
        (_object(images={"type": "array", "prefixItems": [{"type": "string"}, _BINARY]}), "body./images/1"),
        ({"oneOf": [_object(images={"type": "array", "items": _BINARY}), _URL]}, "body./images/0"),
        (_object(meta=_FILE), "body./meta/image"),
        (_object(meta={"oneOf": [_FILE, _URL]}), "body./meta/image"),
        (_object(parts={"type": "array", "items": _FILE}), "body./parts/0/image"),
        ({"type": "object", "minProperties": 1, "additionalProperties": _BINARY}, "body./property1"),
        ({**_FILE, "example": {"image": "cat.png"}}, "body./image"),
        (_object(image={"type": "string", "contentMediaType": "image/png"}), "body./image"),
    ],
)  # fmt: skip
def test_an_untouched_file_is_asked_for(schema, where) -> None:
    """Wherever a file is in a schema, Send asks for it, and the given file is sent with its bytes."""
    media = {"multipart/form-data": {"schema": schema}}
    named = {"File": _FILE, "Either": {"oneOf": [_FILE, _URL]}, "Bytes": _BINARY}
    document = Document(
        {
            "openapi": "3.1.0",
            "paths": {"/up": {"post": {"requestBody": {"required": True, "content": media}}}},
            "components": {"schemas": named},
        }
    )
    form = try_operation_form(document, "POST /up")
    assert form is not None
    page_operation_form(form)
    draft = start_draft(Draft(method="POST", path="/up"), form)
    with pytest.raises(FormError, match="Choose a file, or give a Python name") as caught:
        read_form(draft, form, NO_FILES).to_spec()
    assert caught.value.where == where
    chosen = replace(draft, body=draft.body.replace('"$python": ""', '"$python": "img"'))
    spec = read_form(chosen, form, Files({"img": b"\xffPNG"}.__getitem__)).to_spec()
    assert b"\xffPNG" in spec.body
    assert b"$python" not in spec.body


def test_a_file_in_an_object_is_a_part_of_its_own() -> None:
    """The object's other members are its JSON; the file is named by its path."""
    body = '{"meta": {"a": 1, "image": {"$python": "img"}}, "list": [{"f": {"$python": "img"}}]}'
    spec = read_form(
        Draft(method="POST", path="/up", media="multipart/form-data", body=body),
        None,
        Files({"img": b"PNG"}.__getitem__),
    ).to_spec()
    assert b'name="meta"\r\nContent-Type: application/json\r\n\r\n{"a":1}' in spec.body
    assert b'name="meta[image]"; filename="img.bin"' in spec.body
    assert b'name="list[0][f]"; filename="img.bin"' in spec.body
    assert spec.body.count(b'name="list') == 1


def test_a_file_is_text_in_a_urlencoded_form() -> None:
    """A urlencoded body cannot carry a file, so its field is text, which is sent."""
    media = {"application/x-www-form-urlencoded": {"schema": _FILE}}
    body = {"required": True, "content": media}
    form = try_operation_form(
        Document({"openapi": "3.1.0", "paths": {"/up": {"post": {"requestBody": body}}}}), "POST /up"
    )
    assert form is not None
    (page,) = page_operation_form(form)["bodies"]
    assert page["field"]["members"][0][2]["kind"] == "string"
    assert read_form(start_draft(Draft(method="POST", path="/up"), form), form, NO_FILES).to_spec().body == b"image=a"


@pytest.mark.parametrize("schema", [{}, {"type": "string"}, {"type": "array", "items": {}}])
@pytest.mark.parametrize("by_reference", [False, True])
def test_a_file_that_only_its_encoding_names(schema, by_reference) -> None:
    """A property without a type, with ``encoding: image/png``, is a file on the page and in the untouched form."""
    whole = _object(image=schema, note={"type": "string"})
    media = {"schema": {"$ref": "#/components/schemas/Form"} if by_reference else whole}
    media["encoding"] = {"image": {"contentType": "image/png, image/jpeg"}, "note": {"contentType": "text/plain"}}
    paths = {"/up": {"post": {"requestBody": {"required": True, "content": {"multipart/form-data": media}}}}}
    document = Document({"openapi": "3.1.0", "paths": paths, "components": {"schemas": {"Form": whole}}})
    form = try_operation_form(document, "POST /up")
    assert form is not None
    (page,) = page_operation_form(form)["bodies"]
    field = page["definitions"][page["field"]["ref"]] if by_reference else page["field"]
    kinds = {name: child.get("items", child)["kind"] for name, _, child in field["members"]}
    assert kinds == {"image": "file", "note": "string"}
    with pytest.raises(FormError, match="Choose a file"):
        read_form(start_draft(Draft(method="POST", path="/up"), form), form, NO_FILES).to_spec()


@pytest.mark.parametrize(
    ("key", "media", "body", "becomes"),
    [
        ("POST /items/{item_id}", "application/json", '{"name": "a"}', ("application/json", '{"name": "a"}')),
        ("POST /any", "application/json", "[1]", ("", "[1]")),
        ("POST /upload", "application/x-www-form-urlencoded", "a=1&a=2&b=%26", (None, {"a": ["1", "2"], "b": "&"})),
        ("POST /upload", "application/x-www-form-urlencoded", "a=1&b=2&a=3", ("", "a=1&b=2&a=3")),  # another order
        ("POST /items/{item_id}", "application/json; charset=utf-8", "{}", ("", "{}")),
    ],
)
def test_the_type_of_a_body_is_no_row(key: str, media: str, body: str, becomes: tuple[str | None, object]) -> None:
    """The form derives Content-Type, so a request that is edited has a row for it only if it sends another one."""
    method, _, path = key.partition(" ")
    draft = Draft(method=method, path=path, headers=(("content-type", media), ("x-own", "1")), body=body)
    draft = replace(draft, path_values=PIPE.path_values) if "{" in path else draft
    form = try_operation_form(Document(DOCUMENT), key)
    moved = move_rows(draft, form, NO_FILES)
    before, after = (read_form(one, form, NO_FILES).to_spec() for one in (draft, moved))
    assert (after.body, sorted(after.headers)) == (before.body, sorted(before.headers))
    expected_media, expected_body = becomes
    if expected_body == body and not expected_media and moved.headers == draft.headers:
        assert moved == draft
        assert key == "POST /upload" or "charset" in media
        return
    assert moved.headers == (("x-own", "1"),)
    assert moved.media == (expected_media if expected_media is not None else media)
    assert (moved.body if isinstance(expected_body, str) else json.loads(moved.body or "")) == expected_body


def test_what_the_credentials_set_is_no_row() -> None:
    """An edited request is sent with the present credentials; without them its row stays."""
    draft = replace(PIPE, headers=(("authorization", "Bearer old"), ("x-own", "1")), body='{"name": "a", "price": 1}')
    credentials = Credentials()
    assert move_rows(draft, sheet_of(draft), NO_FILES, credentials).headers == draft.headers
    credentials.set("login", Credential(token="new"))
    moved = move_rows(draft, sheet_of(draft), NO_FILES, credentials)
    assert moved.headers == (("x-own", "1"),)
    sent = read_form(moved, sheet_of(moved), NO_FILES, credentials).to_spec()
    assert sent.header("authorization") == "Bearer new"
