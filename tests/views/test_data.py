"""Plain data of everything there is: no secret is in it, and JSON takes it."""

import json

import pytest

from ipyasgi import Explorer

from .calls import call_everything
from .exhibit import Exhibit, check_again, send_everything
from .hostile import HOSTILE
from .test_secrets import SECRETS


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_data_and_no_text_holds_a_secret() -> None:
    """Neither the data nor the text of any value holds a secret of a header, query, body, message or state."""
    with Explorer(Exhibit(), name="the exhibit") as explorer:
        exchanges = send_everything(explorer)
        checked = check_again(explorer)
        runs = [run for _, run in call_everything(Exhibit())]
        values = [*exchanges, *checked, checked, *runs, explorer, explorer.history, explorer.state, explorer.lifespan]
        written = [json.dumps(value.to_dict(), allow_nan=False) + value.to_text() for value in values]
    assert [(secret, text[:80]) for text in written for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_body_is_data(text: str) -> None:
    """Whatever text an app sends, JSON takes it."""
    body = text.encode("utf-8", "surrogatepass")

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": body})

    with Explorer(app, lifespan="off") as explorer:
        data = explorer.get("/").to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"9" * 5000])
def test_a_number_that_json_does_not_know(number: bytes) -> None:
    """A JSON body that Python reads and JSON does not know is given as text."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b'{"n": %s}' % number})

    with Explorer(app, lifespan="off") as explorer:
        data = explorer.get("/").to_dict()
    assert isinstance(data["body"], str)
    json.dumps(data, allow_nan=False)
