"""A pytest plugin for somebody else's suite: `starlette.testclient` gets our client before any test is collected."""

import starlette.testclient as theirs

import ipyasgi.testclient as ours

for name in ("TestClient", "WebSocketDenialResponse", "WebSocketTestSession"):
    setattr(theirs, name, getattr(ours, name))
