"""What a form holds, on its way to a request: filled paths, checked bodies, and problems with their fields."""

from dataclasses import replace

import pytest

from ipyasgi.panels.request_builder.draft import Draft, FormError, draft_of, fresh_draft, page_draft, read_draft
from ipyasgi.panels.request_builder.files import Files
from ipyasgi.panels.request_builder.form_page import check_form
from ipyasgi.panels.request_builder.form_request import FormRequest, read_form
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec
from ipyasgi.routes.route import Route


def request_of(draft: Draft) -> FormRequest:
    return read_form(draft, None, Files({}.__getitem__))


def spec_of(draft: Draft) -> RequestSpec:
    return request_of(draft).to_spec()


def error_of(draft: Draft) -> FormError:
    with pytest.raises(FormError) as caught:
        spec_of(draft)
    return caught.value


@pytest.mark.parametrize(
    ("draft", "where", "words"),
    [
        (Draft(path="items"), "path", "write '/items'"),
        (Draft(path=""), "path", "begin with '/'"),
        (Draft(path="/items/{item_id}"), "path_values.item_id", "item_id is required"),
        (Draft(headers=(("a b", "1"),)), "headers.0", "not a header name"),
        (Draft(headers=(("X", "1"), ("Y", "a\nb"))), "headers.1", "headers cannot have"),
        (Draft(headers=(("X", "é"),)), "headers.0", "not ASCII"),
        (Draft(headers=(("", "value"),)), "headers.0", "name of this header is missing"),
        (Draft(method="G ET"), "path", "not an HTTP method"),
        (Draft(method="WS", path="/chat"), "method", "websocket_connect"),
        (Draft(method="POST", body="{'a': 1}"), "body", "line 1, column 2"),
        (Draft(method="POST", body="NaN"), "body", "NaN"),
        (Draft(method="POST", body="[" * 100_000), "body", "Not JSON"),
        (Draft(method="POST", body='"\ud800'), "body", ""),
    ],
)
def test_what_is_wrong_names_its_field(draft: Draft, where: str, words: str) -> None:
    """Each problem says where it is and what to do."""
    error = error_of(draft)
    assert error.where == where
    assert words in error.text


def test_a_secret_of_the_path_stays_in_the_kernel() -> None:
    """By its name the page gets no value for it; what the page does not have is what was held, unless it is renamed."""
    draft = Draft(path="/reset/{token}/{page}", path_values=(("token", "t0p"), ("page", "2")))
    page = page_draft(draft, Redactor())
    assert page["path_values"] == [["token", None], ["page", "2"]]
    again = read_draft(page, draft)
    assert spec_of(again).path == "/reset/t0p/2"
    assert page_draft(again, Redactor()) == page
    renamed = read_draft({**page, "path": "/{x}/{page}", "path_values": [["x", None], ["page", "2"]]}, again)
    assert page_draft(renamed, Redactor())["path_values"] == [["x", None], ["page", "2"]]
    lost = error_of(renamed)
    assert (lost.where, lost.missing) == ("path_values.x", True)
    assert error_of(read_draft(page, Draft())).where == "path_values.token"


def test_the_page_learns_which_rows_are_secret() -> None:
    """Their names say so, before they have a value, and in the place that they are in."""
    draft = Draft(query=(("page", ""), ("api_key", "")), headers=((" X-Api-Key ", ""), ("X-Auth", "1"), ("accept", "")))
    found = check_form(request_of(draft), "magic", None, Redactor(show=True))
    assert found["secret"] == ["query.1", "headers.0", "headers.1"]


def test_line_and_column_are_where_json_stops_being_json() -> None:
    """Both count from one."""
    error = error_of(Draft(method="POST", body='{\n  "a": 1\n2}'))
    assert (error.line, error.column) == (3, 1)


def test_the_body_s_type_is_json_unless_a_header_says_otherwise() -> None:
    """A Content-Type row decides whether the text is checked, and is sent as it stands."""
    spec = spec_of(Draft(method="POST", path="/x", body="[1]"))
    assert (spec.header("content-type"), spec.body) == ("application/json", b"[1]")
    spec = spec_of(Draft(method="POST", path="/x", body="[1", headers=(("Content-Type", "text/plain"),)))
    assert (spec.header("content-type"), spec.body) == ("text/plain", b"[1")
    assert error_of(Draft(method="POST", body="[1", headers=(("content-type", "application/a+json"),))).line == 1
    assert spec_of(Draft(method="POST", path="/x", body="  \n")) == build_spec("POST", "/x")


def test_query_rows_join_the_query_that_was_typed() -> None:
    """Rows without a name are not there; order and repetition stay."""
    spec = spec_of(Draft(path="/x?a=1", query=(("b", "2"), ("", "gone"), ("b", "3"))))
    assert (spec.path, spec.query) == ("/x", (("a", "1"), ("b", "2"), ("b", "3")))


def test_a_fresh_form_waits_for_its_values() -> None:
    """Path values are empty, a method with a body has something to type over, headers are kept."""
    draft = fresh_draft(Route(kind="http", method="PUT", path="/items/{item_id}"), (("X", "1"),))
    assert draft.path_values == (("item_id", ""),)
    assert draft.headers == (("X", "1"),)
    assert spec_of(Draft(method="PUT", path="/x", body=draft.body)).body
    assert fresh_draft(Route(kind="http", method="GET", path="/")).body == ""


def test_the_route_that_fits_is_the_one_of_the_method() -> None:
    """Where no route fits, the path stays as it is."""
    routes = [Route(kind="http", method=m, path="/items/{item_id}") for m in ("GET", "DELETE")]
    assert draft_of(build_spec("DELETE", "/items/7"), routes).path == "/items/{item_id}"
    assert draft_of(build_spec("PATCH", "/items/7"), routes).path == "/items/7"


def test_what_the_page_does_not_know_is_what_was_held() -> None:
    """None stands for a secret that stayed in the kernel; a new name or value replaces it."""
    held = Draft(headers=(("Authorization", "Bearer x"),), query=(("token", "t"),), body='{"token": "t"}')
    page = {
        "method": "post",
        "path": " /x ",
        "headers": [["Authorization", None], ["New", None]],
        "query": [["token", ""]],
    }
    draft = read_draft({**page, "body": '{"token": "•••"}'}, held)
    assert replace(draft, held=()) == Draft(
        method="POST",
        path="/x",
        headers=(("Authorization", "Bearer x"), ("New", None)),
        query=(("token", ""),),
        body='{"token": "t"}',
    )
    assert error_of(draft).where == "headers.1"


def test_a_body_s_secrets_are_marks_on_the_page() -> None:
    """All else is there and can be changed; each mark stands for its own value, wherever it is moved."""
    before = Draft(body='[{"user": "a", "password": "hush-1"}, {"user": "b", "password": "hush-2"}]')
    page = page_draft(before, Redactor())
    assert page["body"] == '[{"user": "a", "password": "•••"}, {"user": "b", "password": "•••2"}]'
    second = read_draft({**page, "body": '[{"user": "c",  "password": "•••2"}]'}, before)
    assert second.body == '[{"user": "c",  "password": "hush-2"}]'
    assert page_draft(second, Redactor())["body"] == '[{"user": "c",  "password": "•••2"}]'
    assert page_draft(before, Redactor(show=True))["body"] == before.body


def test_a_mark_that_the_page_may_still_have_is_no_other_secret_s() -> None:
    """What is typed over a secret gets another mark, so undoing it brings the first secret back."""
    before = Draft(body='{"password": "hush-1"}')
    page = page_draft(before, Redactor())
    for typed in ("n", "ne", "new"):
        draft = read_draft({**page, "body": f'{{"password": "{typed}"}}', "marks": ["•••"]}, before)
    assert page_draft(draft, Redactor())["body"] == '{"password": "•••2"}'
    assert read_draft({**page, "marks": ["•••"]}, draft).body == before.body
    assert len(draft.held) == 2
    forgotten = read_draft({**page, "body": '{"password": "new"}', "marks": []}, before)
    assert page_draft(forgotten, Redactor())["body"] == '{"password": "•••"}'


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ('{"password": "•••9"}', "body./password"),
        ('{"users": [{"password": "•••2"}]}', "body./users/0/password"),
        ('{"url": "http://ada:•••9@x/"}', "body"),
    ],
)
def test_a_mark_without_a_value_is_not_sent(body: str, where: str) -> None:
    """A secret that the kernel no longer holds is typed again, and no other is sent in its place."""
    held = Draft(method="POST", path="/login", body='{"password": "x"}')
    error = error_of(read_draft({"method": "POST", "path": "/items", "body": body}, held))
    assert (error.where, error.missing) == (where, True)
    assert "Type it again" in error.text


def test_a_mark_under_a_name_that_is_not_secret_is_not_filled() -> None:
    """The page would get the value otherwise; a text that happens to be the mask is sent as it stands."""
    before = Draft(method="POST", path="/x", body='{"password": "hush"}')
    between = read_draft({"method": "POST", "path": "/x", "body": '{"passwor": "•••"}', "marks": ["•••"]}, before)
    assert "hush" not in page_draft(between, Redactor())["body"]
    back = read_draft({"method": "POST", "path": "/x", "body": '{"password": "•••"}', "marks": ["•••"]}, between)
    assert back.body == before.body
    assert spec_of(between).body.decode() == '{"passwor": "•••"}'


def test_a_held_value_outlives_a_renamed_row() -> None:
    """A letter of the name more and back again loses nothing; under the name between it is neither sent nor shown."""
    held = Draft(headers=(("X", "1"), ("Authorization", "Bearer x")))
    between = read_draft({"method": "GET", "path": "/", "headers": [["X", "1"], ["Authorizatio", None]]}, held)
    assert page_draft(between, Redactor())["headers"][1] == ["Authorizatio", None]
    assert error_of(between).where == "headers.1"
    assert "Type it again" in error_of(between).text
    assert "Bearer" not in repr(check_form(request_of(between), "magic", None, Redactor()))
    back = read_draft({"method": "GET", "path": "/", "headers": [["X", "1"], ["Authorization", None]]}, between)
    assert spec_of(back).header("authorization") == "Bearer x"


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([["Cookie", None], ["Cookie", None]], ["a=1", "b=2"]),
        ([["Cookie", "c=3"], ["Cookie", None]], ["c=3", "b=2"]),
        ([["X", "1"], ["Cookie", None], ["Cookie", None]], ["1", "a=1", "b=2"]),
        ([["Cookie", None]], [None]),
        ([["Cookie", None], ["Cookie", None], ["Cookie", None]], [None, None, None]),
    ],
    ids=["both", "one typed anew", "a row before", "one went", "one too many"],
)
def test_rows_of_one_name_keep_their_own_values(rows: list[list[str | None]], values: list[str | None]) -> None:
    """Two Cookie rows stay two; where nobody can tell which one is meant, it is typed again."""
    held = Draft(headers=(("Cookie", "a=1"), ("Cookie", "b=2")))
    draft = read_draft({"method": "GET", "path": "/", "headers": rows}, held)
    assert [value for _, value in draft.headers] == values
    if None in values:
        assert "Type it again" in error_of(draft).text


def test_a_row_that_went_takes_its_value_along() -> None:
    """The rows below keep their own."""
    held = Draft(headers=(("X-Token", "t"), ("Authorization", "Bearer x")))
    draft = read_draft({"method": "GET", "path": "/", "headers": [["Authorization", None]]}, held)
    assert draft.headers == (("Authorization", "Bearer x"),)


def test_a_masked_path_stands_for_the_one_that_was_held() -> None:
    """The page knows a query in the path with a mask in it; with the mask in another path nothing is sent."""
    held = Draft(path="/x?token=abc")
    shown = page_draft(held, Redactor())["path"]
    assert "abc" not in shown
    assert spec_of(read_draft({"method": "GET", "path": shown}, held)).query == (("token", "abc"),)
    error = error_of(read_draft({"method": "GET", "path": shown.replace("/x", "/y")}, held))
    assert (error.where, "Type the value again" in error.text) == ("path", True)
    assert "abc" not in error_of(Draft(path="x?token=abc")).text
