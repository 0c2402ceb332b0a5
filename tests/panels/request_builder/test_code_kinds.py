"""The code tabs of a WebSocket; those of a request are tested where the form is."""

import sys
from types import ModuleType

import pytest

from ipyasgi.panels.request_builder.code_kinds import CODE_KINDS, build_socket_code_as
from ipyasgi.records.redaction import Redactor
from ipyasgi.samples.shop import app


def test_the_test_of_a_websocket_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands, with the app where it says."""
    main = ModuleType("main")
    main.app = app
    monkeypatch.setitem(sys.modules, "main", main)
    names: dict = {}
    exec(build_socket_code_as("pytest", "/chat", Redactor()), names)
    names["test_websocket_chat"]()


@pytest.mark.parametrize("kind", CODE_KINDS)
def test_each_tab_says_something_of_a_websocket(kind: str) -> None:
    """A comment where the tool has none, else code with the path; no tab tells a secret."""
    code = build_socket_code_as(kind, "/chat", Redactor())
    assert code.startswith("#") if kind in ("httpx", "curl") else "/chat" in code
    assert "abc" not in build_socket_code_as(kind, "/chat?token=abc", Redactor())


def test_a_secret_of_a_websocket_is_taken_from_the_environment() -> None:
    """Where the path holds a secret the magic's tab has Python; shown, it is a line."""
    code = build_socket_code_as("magic", "/chat?token=abc", Redactor())

    assert code.startswith('import os\n\nwith explorer.client.websocket_connect("/chat?token=" + os.environ["TOKEN"])')
    shown = build_socket_code_as("magic", "/chat?token=abc", Redactor(show=True))
    assert shown.startswith("%asgi ws '/chat?token=abc'")
    assert build_socket_code_as("magic", "chat", Redactor()).startswith("# the path 'chat' does not begin with '/'")
