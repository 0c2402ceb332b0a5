"""Exchanges in a file: they come back whole and masked, and a file that is not whole restores nothing."""

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from ipyasgi import Explorer, Faults, RequestSpec
from ipyasgi.errors import IpyasgiError
from ipyasgi.history import saved_file
from ipyasgi.records.plain_values import read_plain, to_plain

from ..explorer.replies import Replies, exploring

SECRET = "s3cret-0123456789"


def send_all(explorer: Explorer) -> None:
    """Send requests of every kind: headers, a body that is not text, an exception, faults, a cut query."""
    explorer.get("/json", headers={"authorization": f"Bearer {SECRET}", "x-a": "b"})
    explorer.get("/bytes")
    explorer.get("/boom", raise_exceptions=False)
    explorer.post("/a/../b?x=1+2&x=3", content=b"\xff\x00", faults=Faults(split=1))
    explorer.post("/json", json={"password": SECRET})


def replies() -> Replies:
    """Return the app."""
    found = Replies(
        bodies={"/json": b'{"n": 1, "token": "%s"}' % SECRET.encode(), "/bytes": b"\x00\xff", "/boom": KeyError("x")}
    )
    found.headers["/gzip"] = [(b"content-encoding", b"gzip")]
    return found


def test_what_is_restored_shows_the_same(tmp_path: Path) -> None:
    """An exchange that was restored has the display it had, but for its name and the note of the old one."""
    with exploring(replies(), show_secrets=True) as explorer:
        send_all(explorer)
        before = [one.to_text() for one in explorer.history]
        path = explorer.save(tmp_path / "a.jsonl")
        found = explorer.restore(path)
        assert [one.name for one in found] == ["r6", "r7", "r8", "r9", "r10"]
        for old, text, new in zip(explorer.history, before, found, strict=False):
            note = f"  note: restored from a.jsonl, where it is {old.name}\n"
            assert note in f"{new.to_text()}\n"
            assert f"{new.to_text()}\n".replace(note, "") == f"{text}\n"
            assert new.spec == old.spec
            assert new.events[-1].at_ns == old.events[-1].at_ns
            old_data, new_data = old.to_dict(), new.to_dict()
            assert new_data == old_data
            assert new._repr_mimebundle_()["text/html"]
        assert explorer.history["r9"].faults == Faults(split=1)
        assert explorer.history["r8"].exception_name == "KeyError"
        assert explorer.compare("r1", "r6").same


def test_what_is_restored_is_sent_again_and_exported(tmp_path: Path) -> None:
    """Restored exchanges are rechecked against another explorer of the app, and exported as the recorded ones are."""
    app = replies()
    with exploring(app, show_secrets=True) as explorer:
        send_all(explorer)
        path = explorer.save(tmp_path / "a.jsonl")
        texts = [explorer.history.select("method:GET").to_http(), explorer.history.select("name:r4").to_pytest()]
    with exploring(app, show_secrets=True) as other:
        found = other.restore(path)
        assert found.__class__(one for one in found if one.spec.method == "GET").to_http() == texts[0]
        assert found[3:4].to_pytest() == texts[1]
        assert json.loads(found.to_har())["log"]["entries"]
        checked = other.recheck()
        assert (len(checked.same), checked.ok) == (5, True)
        assert other.recheck("r1-r1").comparisons[0].before.name == "r1"
        assert app.seen[-1] == "GET /json"


def test_secrets_are_masked_in_the_file(tmp_path: Path) -> None:
    """Without show_secrets no secret is in the file, and a replay sends the present ones in their place."""
    with exploring(replies()) as explorer:
        send_all(explorer)
        explorer.get(f"/json?api_key={SECRET}")
        path = explorer.save(tmp_path / "a.jsonl")
        assert SECRET not in path.read_text(encoding="utf-8")
        assert SECRET in explorer.save(tmp_path / "b.jsonl", show_secrets=True).read_text(encoding="utf-8")
        found = explorer.restore(path)
        assert [one.masked for one in found] == [("authorization",), (), (), (), ("body",), ("url",)]
        assert "masked in its request: authorization" in found[0].to_text()
        assert f"Bearer {SECRET}" not in str(found[0].request.headers)
        explorer.headers["authorization"] = "Bearer present"
        sent = explorer.replay(found[0])
        assert (sent.request.headers["authorization"], sent.request.headers["x-a"]) == ("Bearer present", "b")
        for one, part in ((found[4], "body"), (found[5], "url")):
            with pytest.raises(IpyasgiError, match=f"{one.name} was restored without the secrets of its {part}"):
                explorer.replay(one)
        with pytest.raises(IpyasgiError, match="without the secrets"):
            explorer.shrink(found[4])
        assert len(explorer.recheck(None, send_twice="never")) == 10


def test_redirects_and_sockets_come_back(tmp_path: Path) -> None:
    """The exchanges of redirects are named anew too, and so is a WebSocket with its messages."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": "token=" + SECRET})
            await send({"type": "websocket.close", "code": 1000, "reason": "bye"})
            return
        await receive()
        status = 302 if scope["path"] == "/old" else 200
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"location", b"/new")] * (status == 302)}
        )
        await send({"type": "http.response.body", "body": b""})

    with Explorer(app, lifespan="off") as explorer:
        explorer.get("/old")
        explorer.websocket_exchange("/ws")
        path = explorer.save(tmp_path / "a.jsonl")
        assert SECRET not in path.read_text(encoding="utf-8")
        redirected, socket = explorer.restore(path)
        assert (redirected.previous[0].name, redirected.name, socket.name) == ("r4", "r5", "r6")
        assert explorer.history["r4"].response.headers["location"] == "/new"
        assert socket.outcome == explorer.history["r3"].outcome == "closed by the app, 1000 bye"
        assert (socket.messages, socket.is_request, socket.ok) == (1, False, True)


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    """The file has the mode 600, also where one of another mode was, and a link stays a link."""
    with exploring(replies()) as explorer:
        explorer.get("/json")
        target = tmp_path / "a.jsonl"
        target.write_text("old", encoding="utf-8")
        target.chmod(0o644)
        link = tmp_path / "link.jsonl"
        link.symlink_to(target)
        assert explorer.save(link) == target
        assert link.is_symlink()
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert sorted(one.name for one in tmp_path.iterdir()) == ["a.jsonl", "link.jsonl"]
        assert len(explorer.restore(str(link))) == 1
        with pytest.raises(OSError, match="none"):
            explorer.save(tmp_path / "none" / "a.jsonl")


def lines_of(explorer: Explorer, path: Path) -> list[str]:
    """Return the lines of a file with two exchanges."""
    explorer.get("/json")
    explorer.get("/bytes")
    return explorer.save(path).read_text(encoding="utf-8").splitlines()


def changed(line: str, **changes: Any) -> str:
    """Return a line with other fields; ``a__b`` is ``b`` of ``a``."""
    data = json.loads(line)
    for name, value in changes.items():
        *outer, last = name.split("__")
        inner = data
        for part in outer:
            inner = inner[part]
        inner[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("number", "make", "reason"),
    [
        (1, lambda lines: [], "the file is empty"),
        (1, lambda lines: ["GET /items", *lines], "not a file that `save` has written"),
        (1, lambda lines: ['{"log": {"entries": []}}'], "is not a file that `save` has"),
        (1, lambda lines: [changed(lines[0], version=2), *lines[1:]], "format 2, and this version of ipyasgi reads 1"),
        (1, lambda lines: [changed(lines[0], count="two"), *lines[1:]], "count is not an integer"),
        (3, lambda lines: lines[:2], "cut off: it has 1 of 2"),
        (3, lambda lines: [*lines[:2], lines[2][:50]], "not JSON, or is cut off"),
        (4, lambda lines: [*lines, lines[2]], "more lines than the 2"),
        (2, lambda lines: [lines[0], "[1]", lines[2]], "the line is not an object"),
        (3, lambda lines: [*lines[:2], changed(lines[2], extra=1)], "unknown field 'extra'"),
        (3, lambda lines: [*lines[:2], changed(lines[2], elapsed_ns=2**70)], "elapsed_ns is not an integer of 64 bits"),
        (3, lambda lines: [*lines[:2], changed(lines[2], elapsed_ns=True)], "elapsed_ns is not an integer"),
        (3, lambda lines: [*lines[:2], changed(lines[2], sent_at="soon")], "isoformat"),
        (3, lambda lines: [*lines[:2], changed(lines[2], request__method="G T")], "not an HTTP method"),
        (3, lambda lines: [*lines[:2], changed(lines[2], request__path="x")], "does not begin with '/'"),
        (3, lambda lines: [*lines[:2], changed(lines[2], request__url="http://a/\0")], "non-printable"),
        (3, lambda lines: [*lines[:2], changed(lines[2], response__status=7)], "response.status is not a status"),
        (3, lambda lines: [*lines[:2], changed(lines[2], response__body={"base64": "?"})], "body is not a body"),
        (3, lambda lines: [*lines[:2], changed(lines[2], response__headers=[["a"]])], r"headers\[0\] does not have 2"),
        (3, lambda lines: [*lines[:2], changed(lines[2], response__headers=[["a", "€"]])], "latin-1"),
        (3, lambda lines: [*lines[:2], changed(lines[2], run__outcome="won")], "run.outcome is not one of"),
        (3, lambda lines: [*lines[:2], changed(lines[2], is_socket=True, run=None)], "does not have the field 'run'"),
        (3, lambda lines: [*lines[:2], changed(lines[2], faults={"split": -1})], "give a number from 0"),
        (3, lambda lines: [*lines[:2], "[" * 100_000 + "]" * 100_000], "nested too deeply|recursion"),
        (3, lambda lines: [*lines[:2], "[" + "1," * 1_000_001 + "1]"], "too many parts"),
    ],
)  # fmt: skip
def test_a_broken_file_restores_nothing(tmp_path: Path, number: int, make: Any, reason: str) -> None:
    """The error has the line and the reason, and the history is as it was."""
    with exploring(replies()) as explorer:
        path = tmp_path / "a.jsonl"
        lines = lines_of(explorer, path)
        path.write_text("".join(f"{line}\n" for line in make(lines)), encoding="utf-8")
        with pytest.raises(IpyasgiError, match=rf"a\.jsonl, line {number}: .*(?:{reason})") as raised:
            explorer.restore(path)
        assert str(raised.value).endswith("Nothing was restored")
        assert [one.name for one in explorer.history] == ["r1", "r2"]


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line or a file beyond the limits is an error of its line, before it is parsed."""
    with exploring(replies()) as explorer:
        path = tmp_path / "a.jsonl"
        lines_of(explorer, path)
        for limit in ("MAX_LINE_BYTES", "MAX_FILE_BYTES"):
            with monkeypatch.context() as patched:
                patched.setattr(saved_file, limit, 600)
                with pytest.raises(IpyasgiError, match="line 2: the file is larger"):
                    explorer.restore(path)
        with pytest.raises(FileNotFoundError):
            explorer.restore(tmp_path)


def test_a_long_body_is_kept_as_it_was(tmp_path: Path) -> None:
    """A long body is saved as base64, and one that was not kept whole is not whole either."""
    body = bytes(range(256)) * 200
    app = Replies(bodies={"/long": body, "/cut": b"x" * 2_000_000})
    app.headers["/long"] = [(b"content-type", b"application/octet-stream")]  # as text it could look like a secret
    with exploring(app, body_bytes=1_500_000) as explorer:
        explorer.get("/long")
        explorer.get("/cut")
        path = explorer.save(tmp_path / "a.jsonl")
        assert base64.b64encode(body).decode() in path.read_text(encoding="utf-8")
        long, cut = explorer.restore(path)
        assert long.content == body
        assert cut.to_text().replace("r4", "r2").splitlines()[0] == explorer.history["r2"].to_text().splitlines()[0]
        with pytest.raises(IpyasgiError):
            _ = cut.content


def test_plain_values() -> None:
    """Values of the project come back equal from plain data, without their defaults."""
    assert to_plain(Faults(split=3, lose=("a",))) == {"split": 3, "lose": ["a"]}
    for value in (Faults(slow_up_s=0.5, leave_after=0), RequestSpec(method="GET", path="/", body=b"\xff")):
        assert read_plain(type(value), json.loads(json.dumps(to_plain(value)))) == value
    with pytest.raises(TypeError, match="object cannot be saved"):
        to_plain(object())
