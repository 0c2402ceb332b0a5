"""`FuzzEngine`: schemathesis with our transport. The names of schemathesis that are not public are checked here."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from types import SimpleNamespace

import pytest

from ipyasgi import Explorer, KernelLoop
from ipyasgi.experiments.fuzz_engine import FuzzEngine, Stopped, build_config, cache_folder, load_schemathesis, spec_of
from ipyasgi.protocol.errors import RequestError

from .planted import build_app


def needs_schemathesis():
    """Skip in words where the extra is not installed."""
    pytest.importorskip("schemathesis.engine", reason="schemathesis is not installed: it comes with the extra `fuzz`")


@pytest.fixture
def quiet(monkeypatch, caches, tmp_path):
    """Let hypothesis write into a folder for tests, and let the current folder be empty."""
    needs_schemathesis()
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches))
    monkeypatch.setenv("HOME", str(caches))
    monkeypatch.setenv("LOCALAPPDATA", str(caches))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def prepared(url, *, method="GET", headers=(), body=None):
    """Return what ``requests`` would send."""
    return SimpleNamespace(url=url, method=method, headers=dict(headers), body=body)


def test_a_request_without_what_others_add():
    """Headers of requests and of schemathesis are left out; what was generated stays."""
    spec = spec_of(
        prepared(
            "http://localhost:8000/items%2F1?q=a+b&q=%00",
            method="POST",
            headers={
                "Host": "localhost",
                "User-Agent": "schemathesis/4.32",
                "Accept": "*/*",
                "Accept-Encoding": "gzip",
                "Content-Length": "3",
                "X-Schemathesis-TestCaseId": "abc",
                "X-Token": b"t\xe9",
                "Content-Type": "application/json",
            },
            body="{é}",
        )
    )
    assert spec.headers == ((b"x-token", b"t\xe9"), (b"content-type", b"application/json"))
    assert (spec.method, spec.path, spec.query) == ("POST", "/items%2F1", (("q", "a b"), ("q", "\x00")))
    assert spec.body == "{é}".encode()
    assert spec_of(prepared("http://h", headers={"User-Agent": "mine"})).headers == ((b"user-agent", b"mine"),)
    assert spec_of(prepared("http://h", body=[b"a", "b"])).body == b"ab"


def test_without_schemathesis(monkeypatch):
    """Without the extra the error names it."""
    monkeypatch.setitem(sys.modules, "schemathesis.engine", None)
    with pytest.raises(RequestError, match=r'pip install "ipyasgi\[fuzz\]"'):
        load_schemathesis()


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_where_hypothesis_writes(monkeypatch, platform, tmp_path):
    """Its tables are in the user's folder for caches, on each system."""
    monkeypatch.setattr("sys.platform", platform)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in cache_folder().parents


SMALL = {
    "openapi": "3.1.0",
    "info": {"title": "small", "version": "1"},
    "paths": {
        "/count": {
            "get": {
                "parameters": [{"name": "n", "in": "query", "required": True, "schema": {"type": "boolean"}}],
                "responses": {
                    "200": {
                        "description": "the number",
                        "content": {"application/json": {"schema": {"type": "integer"}}},
                    }
                },
            }
        }
    },
}


async def small(scope, receive, send):
    """Respond with a text, against the document."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'"many"'})


def test_the_names_of_schemathesis_are_there(quiet):
    """What is used and not public is there in the version that is installed, and knows our configuration."""
    from schemathesis import Case, GenerationMode, openapi
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import from_schema
    from schemathesis.transport.requests import REQUESTS_TRANSPORT, ManagedCookiesSession

    config = SchemathesisConfig.from_dict(
        build_config(seed=1, seconds=0.2, base_url="http://localhost:8000", without=["ignored_auth"])
    )
    schema = openapi.from_dict(SMALL, config=config)
    assert isinstance(type(schema).transport, property)
    assert callable(schema.auth)
    (operation,) = [one.ok() for one in schema.get_all_operations()]
    assert (operation.label, len(operation.body)) == ("GET /count", 0)
    assert callable(operation.as_strategy)
    assert callable(Case.call)
    assert GenerationMode.POSITIVE
    schema.config.max_time = 7
    assert schema.config.max_time == 7
    assert callable(REQUESTS_TRANSPORT.send)
    assert ManagedCookiesSession().adapters
    assert callable(from_schema(schema).execute)


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_a_response_against_the_document_is_found(quiet):
    """A case goes through our client, its check finds the contradiction, and both are tied by the case's id."""
    sent = []
    with Explorer(small, lifespan="off") as explorer, explorer._trials() as trials:

        def send(label, spec):
            sent.append((label, spec))
            return trials.send(spec)

        engine = FuzzEngine(
            document=SMALL,
            base_url="http://localhost:8000",
            operations=["GET /count"],
            seed=1,
            until_s=time.monotonic() + 1000,
            send=send,
        )
        for found in engine.run():
            if found.check == "response_schema_conformance":
                engine.stop()
                break
    assert found.operation == "GET /count"
    assert '"many" is not of type "integer"' in found.message
    assert found.exchange.spec in [spec for _, spec in sent]
    assert {label for label, _ in sent} == {"GET /count"}
    assert not any(name == b"x-schemathesis-testcaseid" for _, spec in sent for name, _ in spec.headers)
    assert engine.problems == {}
    assert list(quiet.iterdir()) == []
    with pytest.raises(Stopped):
        engine.request("GET /count", prepared("http://h/"))


@pytest.mark.nightly
def test_a_broken_document(quiet):
    """A document that schemathesis refuses is one line."""
    with Explorer(small, lifespan="off") as explorer, explorer._trials() as trials:
        engine = FuzzEngine(
            document={"openapi": "9.9", "paths": {}},
            base_url="http://localhost:8000",
            operations=[],
            seed=1,
            until_s=time.monotonic() + 1000,
            send=lambda label, spec: trials.send(spec),
        )
        with pytest.raises(RequestError) as caught:
            list(engine.run())
    assert "cannot be fuzzed" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_planted_fault_is_found(quiet, seed):
    """For each seed: the crash for an odd body, the crash after DELETE, and the response against the document."""
    wanted, found, sent = {"ZeroDivisionError", "KeyError", "Response violates schema"}, {}, []
    with Explorer(build_app()) as explorer, explorer._trials() as trials:

        def send(label, spec):
            exchange = trials.send(spec)
            sent.append(label)
            note(exchange.exception_name)
            return exchange

        def note(title):
            if title in wanted:
                found.setdefault(title, len(sent))
            if wanted <= set(found):
                engine.stop()

        engine = FuzzEngine(
            document=explorer.openapi.to_data(),
            base_url="http://localhost:8000",
            operations=tuple(explorer.openapi.operations),
            seed=seed,
            until_s=time.monotonic() + 300,
            send=send,
        )
        with contextlib.suppress(Stopped):
            for contradiction in engine.run():
                note(contradiction.title)
        assert set(found) == wanted
        assert list(quiet.iterdir()) == []


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_a_run_from_begin_to_end(quiet):
    """A crash after DELETE has what it needs, each operation was sent requests, and the app runs as before."""
    with Explorer(build_app()) as explorer:
        found = explorer.fuzz("path:/items*", seconds=90, seed=1)
        crash = next(one for one in found.crashes if one.title == "KeyError")
        assert [one.spec.path for one in (*crash.before, crash.exchange)] == ["/items/1"] * 2
        assert crash.exchange in list(explorer.history)
        assert len(found.outcomes) == found.of_operations
        assert list(quiet.iterdir()) == []
        assert explorer.lifespan.status == "running"
        again = explorer.replay(found.contradictions[0].exchange)
        assert again.status_code == found.contradictions[0].exchange.status_code


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_one_operation_with_credentials(quiet):
    """An operation that needs a token crashes only with the credentials of the explorer, which are sent."""
    with Explorer(build_app()) as explorer:
        explorer.login(token="t-ann")
        found = explorer.fuzz("GET /me", seconds=20, seed=1)
        assert "ZeroDivisionError" in [one.title for one in found.crashes]
        assert found.of_operations == 1
        assert not any("sign in" in note for note in found.notes)


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_an_app_on_the_callers_loop(quiet):
    """The requests of schemathesis' thread are sent to an app on this thread's own loop, which waits meanwhile."""
    loop = asyncio.new_event_loop()
    try:
        with Explorer(build_app(), loop=KernelLoop(loop)) as explorer:
            found = explorer.fuzz("GET /report", seconds=15, seed=1)
    finally:
        loop.close()
    assert "Response violates schema" in [one.title for one in found.contradictions]
