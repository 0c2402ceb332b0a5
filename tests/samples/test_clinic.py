"""The clinic: each of its features once, several lives, and what the toolkit reads of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import import_module
from queue import SimpleQueue
from typing import Any

import jwt
import pytest

from ipyasgi import Explorer
from ipyasgi.explorer import SocketMessage
from ipyasgi.samples.clinic import app
from ipyasgi.testclient import TestClient, WebSocketDisconnect

PNG = b"\x89PNG\r\n\x1a\n"
ANN = {"username": "ann@example.com", "password": "correct horse"}
BOB = {"email": " Bob@Example.com", "name": "Bob", "password": "battery staple"}
ZOE = {"name": "Zoe", "details": {"kind": "cat"}, "owner": {"name": "Bob"}}
SECRET_KEY = "a key that is long enough for HS256"
CHIP_OF_MINKA = "040098100000001"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Return a client of the clinic that has not signed in."""
    monkeypatch.setenv("CLINIC_SECRET_KEY", SECRET_KEY)
    with TestClient(app) as client:
        yield client


@pytest.fixture
def ann(client: TestClient) -> TestClient:
    """Return the client, signed in."""
    sign_in(client)
    return client


def sign_in(client: TestClient) -> None:
    """Sign in as the user of the examples."""
    token = client.post("/auth/token", data=ANN).json()
    client.headers["Authorization"] = f"Bearer {token['access_token']}"


# --- auth


def test_who_registers_can_sign_in_and_gets_a_mail(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """A new account is the one that its token names; the mail is sent in the background of the request."""
    bob = client.post("/auth/register", json=BOB)
    assert (bob.status_code, bob.json()) == (201, {"id": 2, "email": "bob@example.com", "name": "Bob"})
    assert "mail to bob@example.com: welcome" in capsys.readouterr().out
    form = {"username": "BOB@example.com", "password": BOB["password"]}
    token = client.post("/auth/token", data=form).json()
    assert (token["token_type"], token["expires_in"]) == ("bearer", 15 * 60)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert client.get("/auth/me", headers=headers).json() == bob.json()


def test_an_email_has_one_account(client: TestClient) -> None:
    """A second account for an email is refused, and a short password too."""
    taken = client.post("/auth/register", json={**BOB, "email": "ann@example.com"})
    assert (taken.status_code, taken.json()["detail"]) == (409, "ann@example.com has an account already")
    short = client.post("/auth/register", json={**BOB, "password": "short"})
    assert [error["loc"] for error in short.json()["detail"]] == [["body", "password"]]


@pytest.mark.parametrize("form", [{**ANN, "password": "wrong"}, {**ANN, "username": "eve@example.com"}])
def test_a_wrong_password_and_an_unknown_email_look_the_same(client: TestClient, form: dict[str, str]) -> None:
    """Neither gets a token, and the reason does not say which of the two it was."""
    refused = client.post("/auth/token", data=form)
    assert (refused.status_code, refused.json()) == (400, {"detail": "Wrong email or password"})


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"sub": "1", "exp": datetime.now(UTC) - timedelta(seconds=1)}, "The token has expired: sign in again"),
        ({"sub": "7", "exp": datetime(2999, 1, 1, tzinfo=UTC)}, "The user of this token does not exist"),
        ({"sub": "1"}, "The token is not valid"),
    ],
)
def test_a_token_that_does_not_count(client: TestClient, claims: dict[str, Any], reason: str) -> None:
    """A token that is over, that names nobody or that never ends is refused with a reason."""
    headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET_KEY)}"}
    refused = client.get("/auth/me", headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (401, reason)
    assert refused.headers["www-authenticate"] == "Bearer"


def test_the_key_of_the_admin(client: TestClient) -> None:
    """The numbers of the clinic need the owner's key, which is no user's token."""
    assert client.get("/admin/stats").status_code in {401, 403}  # FastAPI has changed its mind about this
    assert client.get("/admin/stats", headers={"X-API-Key": "wrong"}).status_code == 403
    stats = client.get("/admin/stats", headers={"X-API-Key": "clinic-admin"}).json()
    assert stats == {
        "users": 1,
        "pets": {"cat": 2, "dog": 2},
        "visits": {"done": 1, "waiting": 1, "in treatment": 1, "planned": 1},
        "listeners": 0,
        "rooms": {},
    }


# --- pets


def test_pets_come_in_pages(client: TestClient) -> None:
    """`next` leads from page to page until it is null, and keeps the filter."""
    first = client.get("/pets?limit=3").json()
    assert (len(first["items"]), first["total"]) == (3, 4)
    last = client.get(first["next"]).json()
    assert [pet["name"] for pet in last["items"]] == ["Nelly"]
    assert (last["total"], last["next"]) == (4, None)
    assert "species=cat" in client.get("/pets?species=cat&limit=1").json()["next"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("species=cat", ["Minka", "Tom"]),
        ("species=cat&species=dog", ["Minka", "Rex", "Tom", "Nelly"]),
        ("name=EL", ["Nelly"]),
        ("name=%25", []),
    ],
)
def test_pets_are_filtered(client: TestClient, query: str, names: list[str]) -> None:
    """By some species, and by a part of the name."""
    assert [pet["name"] for pet in client.get(f"/pets?{query}").json()["items"]] == names


def test_the_old_search(client: TestClient) -> None:
    """The deprecated operation is not taken for the id of a pet."""
    assert [pet["name"] for pet in client.get("/pets/search?name=re").json()] == ["Rex"]


def test_the_life_of_a_pet(ann: TestClient) -> None:
    """A pet is added, shown, changed in the fields that are sent, and deleted; what was left out has its default."""
    created = ann.post("/pets", json={**ZOE, "chip": "276098102345678"})
    assert created.status_code == 201
    zoe = created.json()
    assert zoe == {
        "id": 5,
        "name": "Zoe",
        "species": "cat",
        "born": None,
        "chip": "276098102345678",
        "tags": [],
        "details": {"kind": "cat", "indoor": True, "lives_left": 9},
        "owner": {"name": "Bob", "phone": None, "address": None},
    }
    changed = ann.patch("/pets/5", json={"chip": None, "born": "2025-02-03"}).json()
    assert changed == {**zoe, "chip": None, "born": "2025-02-03"}
    assert ann.get("/pets/5").json() == changed
    assert ann.delete("/pets/5").status_code == 204
    assert ann.get("/pets/5").json() == {"detail": "No pet has the id 5"}


def test_the_kind_decides_about_the_details(ann: TestClient) -> None:
    """A dog needs a weight, and a third kind does not exist."""
    dog = ann.post("/pets", json={**ZOE, "details": {"kind": "dog"}})
    assert [error["loc"] for error in dog.json()["detail"]] == [["body", "details", "dog", "weight_kg"]]
    cow = ann.post("/pets", json={**ZOE, "details": {"kind": "cow"}})
    assert [error["type"] for error in cow.json()["detail"]] == ["union_tag_invalid"]


def test_a_chip_is_in_one_pet(ann: TestClient) -> None:
    """A chip that another pet has is refused, for a new pet and for a changed one."""
    assert ann.post("/pets", json={**ZOE, "chip": CHIP_OF_MINKA}).status_code == 409
    assert ann.patch("/pets/2", json={"chip": CHIP_OF_MINKA}).status_code == 409


def test_everyone_reads_and_users_write(client: TestClient) -> None:
    """Each operation that changes something needs a token."""
    assert client.post("/pets", json=ZOE).status_code == 401
    assert client.patch("/pets/1", json={}).status_code == 401
    assert client.delete("/pets/1").status_code == 401
    assert client.post("/pets/1/photo", files={"photo": ("a.png", PNG, "image/png")}).status_code == 401
    assert client.patch("/visits/1", json={"status": "done"}).status_code == 401


def test_a_photo_is_stored_and_replaced(ann: TestClient) -> None:
    """What was uploaded last is what is downloaded, with its type; it goes with the pet."""
    assert ann.get("/pets/1/photo").json() == {"detail": "Minka has no photo"}
    stored = ann.post("/pets/1/photo", files={"photo": ("a.png", PNG, "image/png")})
    assert stored.json() == {"pet_id": 1, "content_type": "image/png", "size_bytes": 8}
    ann.post("/pets/1/photo", files={"photo": ("b.webp", b"RIFF", "image/webp")})
    photo = ann.get("/pets/1/photo")
    assert (photo.content, photo.headers["content-type"]) == (b"RIFF", "image/webp")
    assert ann.delete("/pets/1").status_code == 204


def test_a_photo_has_a_type_and_a_size(ann: TestClient) -> None:
    """Another type is refused, and so is a byte too many."""
    text = ann.post("/pets/1/photo", files={"photo": ("a.txt", b"hello", "text/plain")})
    assert (text.status_code, "not text/plain" in text.json()["detail"]) == (415, True)
    large = ann.post("/pets/1/photo", files={"photo": ("a.png", bytes(5 * 2**20 + 1), "image/png")})
    assert large.status_code == 413
    assert ann.get("/pets/1/photo").status_code == 404


def test_the_report_has_a_bug(client: TestClient) -> None:
    """A pet with visits has a report; without any, the average divides by zero, where the locals say why."""
    report = client.get("/pets/1/report").json()
    assert report == {"name": "Minka", "visits": 2, "total_cents": 4200, "average_cents": 2100}
    with pytest.raises(ZeroDivisionError) as caught:
        client.get("/pets/4/report")
    assert caught.traceback[-1].name == "build_report"
    assert caught.traceback[-1].locals == {"name": "Nelly", "costs": [], "total": 0}


# --- visits


def test_visits_are_filtered(client: TestClient) -> None:
    """By some statuses and by the pet, in the order of their time, which is in UTC."""
    page = client.get("/visits?status=waiting&status=in treatment").json()
    assert [(visit["pet_id"], visit["at"]) for visit in page["items"]] == [
        (1, "2026-06-09T09:00:00Z"),
        (2, "2026-06-09T10:00:00Z"),
    ]
    assert client.get("/visits?pet_id=2&limit=1").json()["total"] == 2


def test_a_visit_is_made_and_done(ann: TestClient) -> None:
    """A new visit is planned, for a pet that exists, at a time with its zone."""
    new = {"pet_id": 4, "at": "2026-07-01T10:00:00+02:00", "reason": "vaccination"}
    visit = ann.post("/visits", json=new).json()
    assert (visit["status"], ann.get("/visits?pet_id=4").json()["items"][0]["at"]) == (
        "planned",
        "2026-07-01T08:00:00Z",
    )
    done = ann.patch(f"/visits/{visit['id']}", json={"status": "done", "cost_cents": 3000}).json()
    assert (done["status"], done["cost_cents"]) == ("done", 3000)
    assert ann.get("/pets/4/report").json()["average_cents"] == 3000
    assert ann.post("/visits", json={**new, "pet_id": 99}).status_code == 404
    assert ann.post("/visits", json={**new, "at": "2026-07-01T10:00:00"}).status_code == 422
    assert ann.patch("/visits/99", json={"status": "done"}).status_code == 404


def test_the_live_stream_has_what_is_and_what_changes(ann: TestClient) -> None:
    """The visits that are present come first, then one that changes while the stream is read."""
    with ann.stream("GET", "/visits/live?limit=3") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        ids = [line for line in (next(lines) for _ in range(8)) if line.startswith("id:")]
        assert ids == ["id: 2", "id: 3"]
        ann.patch("/visits/4", json={"status": "cancelled"})
        rest = "\n".join(lines)
    assert "event: visit\nid: 4" in rest
    assert '"status":"cancelled"' in rest
    assert count_listeners(ann) == 0


def test_a_client_may_leave_the_live_stream(client: TestClient) -> None:
    """A stream without a limit ends when the client leaves, and is no listener any more."""
    with client.stream("GET", "/visits/live") as response:
        lines = response.iter_lines()
        next(lines)
        assert count_listeners(client) == 1
    assert count_listeners(client) == 0


def count_listeners(client: TestClient) -> int:
    """Return the number of live streams."""
    stats = client.get("/admin/stats", headers={"X-API-Key": "clinic-admin"}).json()
    listeners: int = stats["listeners"]
    return listeners


# --- chat


def test_a_room_hears_everything_and_no_other_room_does(client: TestClient) -> None:
    """A text goes to all who are in the room, and so does the news who comes and leaves."""
    with client.websocket_connect("/chat/lobby?name=ann") as ann:
        assert ann.receive_json()["text"] == "ann has joined"
        with (
            client.websocket_connect("/chat/garden?name=eve") as eve,
            client.websocket_connect("/chat/lobby?name=bob") as bob,
        ):
            assert [socket.receive_json()["text"] for socket in (ann, bob)] == ["bob has joined"] * 2
            bob.send_text("hello")
            heard = [socket.receive_json() for socket in (ann, bob)]
            assert [(message["name"], message["text"]) for message in heard] == [("bob", "hello")] * 2
            stats = client.get("/admin/stats", headers={"X-API-Key": "clinic-admin"}).json()
            assert stats["rooms"] == {"lobby": 2, "garden": 1}
            assert eve.receive_json()["text"] == "eve has joined"
        assert ann.receive_json()["text"] == "bob has left"


def test_the_chat_needs_a_name(client: TestClient) -> None:
    """Without the query parameter the WebSocket is not accepted."""
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/chat/lobby"):
        pass


# --- the app as a whole


def test_each_response_passes_the_middleware(client: TestClient) -> None:
    """It has the time it took, and the headers for a page from the other origin."""
    response = client.get("/pets", headers={"Origin": "http://localhost:5173"})
    assert float(response.headers["x-process-time"]) > 0
    assert response.headers["access-control-allow-origin"] == "http://localhost:5173"


def test_requests_at_once(ann: TestClient) -> None:
    """Sixteen requests at once, half of which write, do not disturb each other."""
    bodies = [{**ZOE, "name": f"Zoe {number}"} for number in range(8)]
    with ThreadPoolExecutor(16) as threads:
        written = threads.map(lambda body: ann.post("/pets", json=body).status_code, bodies)
        read = threads.map(lambda _: ann.get("/pets").status_code, bodies)
        assert [*written, *read] == [201] * 8 + [200] * 8
    assert ann.get("/pets?name=Zoe").json()["total"] == 8


def test_each_life_has_its_own_data() -> None:
    """Neither a life at the same time nor a later one has the pets, the tokens or the database of another."""
    with TestClient(app) as first, TestClient(app) as second:
        sign_in(first)
        assert first.delete("/pets/1").status_code == 204
        assert (first.get("/pets").json()["total"], second.get("/pets").json()["total"]) == (3, 4)
        assert second.get("/auth/me", headers=first.headers).json()["detail"] == "The token is not valid"
    with TestClient(app) as third:
        assert third.get("/pets").json()["total"] == 4


def test_nothing_stays_on_the_disk(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is in a folder for temporary files, not in the current one, and is deleted at shutdown."""
    for name in ("temporary", "current"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path / "current")
    with TestClient(app):
        assert [file.name for file in (tmp_path / "temporary").rglob("*.sqlite3")] == ["clinic.sqlite3"]
    assert {file.name for file in tmp_path.rglob("*")} == {"temporary", "current"}


@pytest.mark.parametrize("missing", ["fastapi", "python_multipart", "sqlalchemy", "greenlet", "aiosqlite", "jwt"])
def test_a_missing_package_is_named_with_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever package is not installed, the error says what to install."""
    monkeypatch.delitem(sys.modules, "ipyasgi.samples.clinic")
    monkeypatch.setitem(sys.modules, missing, None)  # type: ignore[arg-type]
    with pytest.raises(ModuleNotFoundError, match=rf'needs {missing}: pip install "ipyasgi\[clinic\]"') as caught:
        import_module("ipyasgi.samples.clinic")
    assert caught.value.name == missing


# --- in the explorer


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    """Return an explorer of the clinic."""
    with Explorer(app) as explorer:
        yield explorer


def test_the_document_is_read_without_problems(explorer: Explorer) -> None:
    """Each operation of the clinic is in it, with tags, one of them deprecated, and both ways to identify oneself."""
    document = explorer.openapi
    assert (document.title, document.version, document.problems) == ("Pet clinic", "2.3.1", ())
    assert {tag for operation in document.operations.values() for tag in operation.tags} == {
        "auth",
        "pets",
        "visits",
        "admin",
    }
    assert [key for key, operation in document.operations.items() if operation.deprecated] == ["GET /pets/search"]
    assert document.secret_names() >= {("header", "X-API-Key"), ("body", "password")}
    assert len(document.schemes) == 2


def test_all_routes_are_seen(explorer: Explorer) -> None:
    """The routes are the operations of the document, those of FastAPI itself, and the WebSocket."""
    own = {key for key in explorer.routes if not key.startswith(("GET /docs", "GET /redoc", "GET /openapi.json"))}
    assert own == {*explorer.openapi.operations, "WS /chat/{room}"}


def test_a_first_look_in_the_explorer(explorer: Explorer) -> None:
    """Sign in, send a request with the token, and see the mail, the live stream, the chat and the exception."""
    token = explorer.post("/auth/token", data=ANN).json()["access_token"]
    created = explorer.post("/pets", json=ZOE, headers={"Authorization": f"Bearer {token}"})
    assert created.status_code == 201
    assert explorer.get("/visits/live?limit=1").text.startswith("event: visit\nid: 2\n")
    messages: SimpleQueue[SocketMessage] = SimpleQueue()
    chat = explorer.websocket("/chat/lobby?name=ann", on_message=messages.put)
    assert "ann has joined" in str(messages.get(timeout=10).payload)
    chat.disconnect()
    report = explorer.get("/pets/4/report", raise_exceptions=False)
    assert (report.status_code, type(report.exception)) == (500, ZeroDivisionError)
