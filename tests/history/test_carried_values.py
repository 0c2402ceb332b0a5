"""Which values of requests came out of earlier responses, and which are only equal by chance."""

import json

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.records.carried import Origin

UUID = "90d52fbd-1c55-4e6c-8f3a-0d2e9d1b7c11"
TOKEN = "t0k3n-9f8e7d6c5b4a"


def app(responses):
    """Return an app that answers with these values in turn: a body, or a pair of headers and a body; then with {}."""
    waiting = iter(responses)

    async def asgi(scope, receive, send):
        found = next(waiting, {})
        headers, body = found if isinstance(found, tuple) else ({}, found)
        pairs = [(b"content-type", b"application/json"), *((k.encode(), v.encode()) for k, v in headers.items())]
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    return asgi


def carried(responses, *requests):
    """Return what is carried in requests, each ``(method, path, arguments)``, that get these responses in turn."""
    with Explorer(app(responses), lifespan="off", settings=Settings()) as explorer:
        for method, path, *arguments in requests:
            explorer.request(method, path, **(arguments[0] if arguments else {}))
        return dict(explorer.history.carried)


FILE = {"f": ("a.txt", b"x")}
FIRST = ("POST", "/things", {"json": {"name": "teapot-24", "price": 3}})


@pytest.mark.parametrize(
    ("response", "request_", "place", "path"),
    [
        ({"id": UUID}, ("GET", f"/things/{UUID}"), "path", "$.id"),
        ({"id": UUID}, ("GET", f"/files/{UUID}.png"), "path", "$.id"),
        ({"id": UUID}, ("GET", f"http://localhost:8000/things/{UUID}/parts"), "path", "$.id"),
        ({"id": 7}, ("GET", "/things/7"), "path", "$.id"),
        ({"id": 7}, ("GET", "/api/v1/things/7/parts"), "path", "$.id"),
        ({"thing_id": 7}, ("GET", "/things/7"), "path", "$.thing_id"),
        ({"data": {"id": 7}}, ("GET", "/things/7"), "path", "$.data.id"),
        ({"orders": [{"id": 5}]}, ("GET", "/orders/5"), "path", "$.orders[0].id"),
        ({"id": 482913746}, ("GET", "/anything/482913746"), "path", "$.id"),
        (({"location": "/things/7"}, {}), ("GET", "/things/7"), "path", "header location"),
        (({"location": f"http://testserver/things/{UUID}"}, {}), ("GET", f"/things/{UUID}"), "path", "header location"),
        ({"next_cursor": "bzEyMw"}, ("GET", "/things?cursor=bzEyMw"), "query cursor", "$.next_cursor"),
        ({"id": 7}, ("GET", "/parts?thing_id=7"), "query thing_id", "$.id"),
        ({"id": UUID}, ("POST", "/parts", {"json": {"of": [{"ref": UUID}]}}), "body", "$.id"),
        ({"id": 7}, ("POST", "/parts", {"json": {"thing_id": 7}}), "body", "$.id"),
        ({"order_number": 31}, ("POST", "/parts", {"json": {"orderNumber": 31}}), "body", "$.order_number"),
        ({"id": UUID}, ("POST", "/parts", {"data": {"of": UUID}}), "body", "$.id"),
        ({"id": UUID}, ("POST", "/parts", {"data": {"of": UUID}, "files": FILE}), "body", "$.id"),
        ({"id": 7}, ("POST", "/parts", {"data": {"thing_id": "7"}, "files": FILE}), "body", "$.id"),
        ({"id": UUID}, ("POST", "/parts", {"files": {"of": (None, UUID)}}), "body", "$.id"),
        ({"next": "/things?page=2"}, ("GET", "/things?page=2"), "target", "$.next"),
        ({"next": "/things?after=a%3D&n=2"}, ("GET", "/things", {"params": {"after": "a=", "n": "2"}}), "target",
         "$.next"),
        ({"links": {"next": {"href": "http://localhost:8000/things?page=2"}}}, ("GET", "/things?page=2"), "target",
         "$.links.next.href"),
        ({"nextPage": "http://testserver/things?page=2"}, ("GET", "http://testserver/things?page=2"), "target",
         "$.nextPage"),
        ({"id": UUID, "parts_url": f"/things/{UUID}/parts?sort=name"}, ("GET", f"/things/{UUID}/parts?sort=name"),
         "target", "$.parts_url"),
        ({"upload_url": "/files/x?signature=abc"}, ("PUT", "/files/x?signature=abc"), "target", "$.upload_url"),
        (({"location": "/jobs/7/status?wait=1"}, {}), ("GET", "/jobs/7/status?wait=1"), "target", "header location"),
        (({"location": "/jobs/a4c/status"}, {}), ("GET", "/jobs/a4c/status"), "target", "header location"),
        ({"id": 7, "url": "/things/7"}, ("GET", "/things/7"), "path", "$.id"),  # the smaller part says what it is
        ({"access_token": TOKEN}, ("GET", "/me", {"headers": {"Authorization": f"Bearer {TOKEN}"}}),
         "header authorization", "$.access_token"),
        ({"access_token": "t-ann"}, ("GET", "/me", {"headers": {"Authorization": "Bearer t-ann"}}),
         "header authorization", "$.access_token"),
        (({"set-cookie": "csrftoken=abcdefgh; Path=/"}, {}), ("POST", "/me", {"headers": {"X-CSRFToken": "abcdefgh"}}),
         "header x-csrftoken", "cookie csrftoken"),
        (({"etag": '"33a64df5"'}, {}), ("PUT", "/things", {"headers": {"If-Match": '"33a64df5"'}}),
         "header if-match", "header etag"),
    ],
)  # fmt: skip
def test_a_value_that_the_app_made_is_found(response, request_, place, path):
    """Ids, tokens, cursors and tags of a response are found in the path, query, headers and body of a later request."""
    assert carried([response], FIRST, request_) == {("r2", place): Origin("r1", path)}


@pytest.mark.parametrize(
    ("response", "request_"),
    [
        ({"id": 1}, ("GET", "/pages/1")),  # another thing
        ({"id": 1}, ("GET", "/things?limit=1")),
        ({"id": 1}, ("GET", "/things?id=1")),  # of what?
        ({"id": 1}, ("POST", "/things", {"json": {"count": 1, "flags": [1]}})),
        ({"id": 1}, ("GET", "/v1/things")),
        ({"id": 7}, ("POST", "/parts", {"json": {"thing_id": "7"}})),  # a text
        ({"id": 12}, ("GET", "/things/123")),
        ({"count": 12, "total": 482913746}, ("GET", "/things/482913746")),  # not an id
        ({"id": "teapot-24"}, ("GET", "/things/teapot-24")),  # the request had it
        ({"status": "active", "code": "active"}, ("GET", "/things?status=active")),
        ({"key": "name"}, ("GET", "/things?sort=name")),
        ({"role_id": "admin"}, ("GET", "/users/admin")),
        ({"token": "test"}, ("GET", "/test?of=test")),
        ({"token_type": "bearer"}, ("GET", "/me", {"headers": {"Authorization": "bearer xyz"}})),
        ({"ok": True, "id": None, "price_id": 1.0}, ("GET", "/things/True")),
        ({"message": "no such thing, see the documentation"}, ("GET", "/documentation")),
        (({"location": "/login"}, {}), ("GET", "/login")),
        ({"id": UUID}, ("GET", f"/things/{UUID}0")),
        ({"id": UUID}, ("GET", f"/things/{UUID[:-2]}")),
        ({"id": UUID}, ("POST", "/parts", {"files": {"of": ("a.txt", UUID)}})),  # a file
        ({"id": 7}, ("POST", "/parts", {"data": {"count": "7"}, "files": FILE})),
        ({"next": "/things?page=2"}, ("GET", "/things?page=3")),
        ({"next": "/things?page=2"}, ("GET", "/things?page=2&limit=5")),  # another page
        ({"next": "/things?page=2"}, ("GET", "/parts?page=2")),
        ({"self": "/things?page=2", "title": "/things?page=2"}, ("GET", "/things?page=2")),  # not a link to follow
        ({"next": "https://example.com/things?page=2"}, ("GET", "/things?page=2")),  # of another server
        ({"next": "//example.com/things?page=2"}, ("GET", "/things?page=2")),
        ({"next": "see /things?page=2"}, ("GET", "/things?page=2")),
        ({"next": "/things{?page}"}, ("GET", "/things")),
        ({"things_url": "/things"}, ("GET", "/things")),  # it is always the same
        ({"next": "http://[/things?page=2"}, ("GET", "/things?page=2")),
        (({"location": "http://[/things/7"}, {}), ("GET", "/things/7")),
    ],
)  # fmt: skip
def test_a_value_that_is_equal_by_chance_is_not(response, request_):
    """Small numbers, common words, values that the user gave first, and parts of longer values are no links."""
    assert carried([response], FIRST, request_) == {}


def test_numbers_that_are_only_listed_are_not_carried():
    """The ids of a list were there before the request; the id of a new thing is carried from where it was made."""
    listed = [{"id": 7}, {"id": 8}]
    requests = [("GET", "/things"), ("GET", "/things/8"), FIRST, ("GET", "/things"), ("GET", "/things/9")]
    responses = [listed, {}, {"id": 9}, [*listed, {"id": 9}]]
    assert carried(responses, *requests) == {("r5", "path"): Origin("r3", "$.id")}


def test_a_link_to_where_a_request_was_sent_before_is_not_carried():
    """Whoever sent a request knew its URL, whether the link to it came with its own response or with a later one."""
    page = ("GET", "/things?page=2")
    assert carried([{"next": "/things?page=2"}], page, page) == {}
    assert carried([{}, {"previous": "/things?page=2"}], page, ("GET", "/things?page=3"), page) == {}


def test_a_link_is_carried_from_the_first_list_that_has_it():
    """A list that is read again has the same link; one that a later unsafe request brings is new."""
    page, link = ("GET", "/things?page=2"), {"next": "/things?page=2"}
    listed = carried([link, link], ("GET", "/things"), ("GET", "/things"), page)
    assert listed == {("r3", "target"): Origin("r1", "$.next")}
    assert carried([link, link], FIRST, FIRST, page) == {("r3", "target"): Origin("r2", "$.next")}


def test_the_latest_maker_of_a_number_counts():
    """A number that the app gives out again belongs to the newer thing; an id that is listed, to its first response."""
    again = [{"id": 7}, {}, {"id": 7}, {}]
    requests = [FIRST, ("DELETE", "/things/7"), FIRST, ("GET", "/things/7")]
    assert carried(again, *requests) == {("r2", "path"): Origin("r1", "$.id"), ("r4", "path"): Origin("r3", "$.id")}
    listed = [{"id": UUID}, [{"id": UUID}], {}]
    assert carried(listed, FIRST, ("GET", "/things"), ("GET", f"/things/{UUID}")) == {
        ("r3", "path"): Origin("r1", "$.id")
    }


def test_each_value_of_a_request_has_its_own_origin():
    """Two ids in one path, and a token beside them, are three values."""
    other = UUID.replace("9", "a")
    requests = [
        ("POST", "/users"),
        ("POST", "/pets"),
        ("GET", f"/users/{UUID}/pets/{other}", {"headers": {"X-Token": TOKEN}}),
    ]
    assert carried([{"id": UUID, "token": TOKEN}, {"pet": {"id": other}}], *requests) == {
        ("r3", "path"): Origin("r1", "$.id"),
        ("r3", "path #2"): Origin("r2", "$.pet.id"),
        ("r3", "header x-token"): Origin("r1", "$.token"),
    }


def test_failed_and_hostile_responses_give_nothing():
    """A response that is deep, long or not JSON is read in bounded time and does not fail."""
    deep = "[" * 5000 + "]" * 5000

    async def hostile(scope, receive, send):
        bodies = {"/deep": deep.encode(), "/broken": b'{"id": "', "/many": json.dumps([UUID] * 200_000).encode()}
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": bodies.get(scope["path"], b"")})

    with Explorer(hostile, lifespan="off") as explorer:
        for path in ("/deep", "/broken", "/many", f"/things/{UUID}"):
            explorer.post(path, content=deep, headers={"content-type": "application/json"})
        assert explorer.history.carried == {}
        assert "0d2e9d1b7c11" in explorer.history.to_httpx()


def test_one_exchange_carries_nothing():
    """An export of one exchange has no earlier response to take a value from."""
    with Explorer(app([{"id": UUID}]), lifespan="off") as explorer:
        explorer.post("/things")
        one = explorer.get(f"/things/{UUID}")
        assert one.carried == explorer.history[1:].carried == {}
        assert explorer.history[:].carried == explorer.history.carried != {}
