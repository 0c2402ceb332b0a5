"""One value without its mask: found where the page shows the mask, and nowhere else."""

import re
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.panels.response_viewer.unmasked import find_unmasked
from ipyasgi.protocol.errors import RequestError
from ipyasgi.records.secret_rules import MASK
from ipyasgi.views.tabs import view_tabs

FORM = "application/x-www-form-urlencoded"
JSON = '{"a": [{"password": "p1"}, {"note": "x", "token": "p\\"2"}], "url": "https://ann:p3@db/x", "pin": 1234}'
PARTS = (
    '--x\r\ncontent-disposition: form-data; name="note"\r\n\r\nhi\r\n'
    '--x\r\ncontent-disposition: form-data; name="password"\r\n\r\np1\r\n'
    '--x\r\ncontent-disposition: form-data; name="meta"\r\ncontent-type: application/json\r\n\r\n'
    '{"token": "p2"}\r\n--x--'
)


def find(body: str, content_type: str, part: str, *places: int, **options: Any) -> str:
    """Return a value of an exchange whose request and response have the same body."""

    async def echo(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        cookies = [(b"set-cookie", b"theme=dark; Path=/"), (b"set-cookie", b"sid=abc=; HttpOnly")]
        headers = [(b"content-type", content_type.encode()), *cookies]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": (await receive())["body"]})

    with Explorer(echo, lifespan="off") as explorer:
        headers = {"content-type": content_type, "authorization": "Bearer abc"}
        exchange = explorer.post(options.get("path", "/x"), content=body, headers=headers)
        drawn = view_tabs(exchange, explorer.settings).html.partition('data-tab="request"')[2]
        texts = "".join(re.findall("<pre>(.*?)</pre>", drawn, re.DOTALL))
        assert options.get("masks", texts.count(MASK)) == texts.count(MASK)
        return find_unmasked(exchange, part, places, explorer.settings.redactor)


@pytest.mark.parametrize("part", ["sent", "text"])
@pytest.mark.parametrize(
    ("body", "content_type", "values"),
    [
        ("user=ann&password=a%20b&page=2&api_key=k", FORM, ["a%20b", "k"]),
        (JSON, "application/json", ["p1", 'p\\"2', "ann:p3", "1234"]),
        (PARTS, "multipart/form-data; boundary=x", ["p1", "p2"]),
        ("name,token\nann,t1\nbob,t2\n", "text/csv", ["t1", "t2"]),
        ("Password: abc1", "text/plain", ["abc1"]),
    ],
)
def test_the_masks_of_a_body_are_counted(part: str, body: str, content_type: str, values: list[str]) -> None:
    """The number of a mask in the drawn text finds its value in the body of the request, and of the response."""
    count = len(values)
    assert [find(body, content_type, part, number, masks=count) for number in range(count)] == values
    with pytest.raises(RequestError, match="cannot be read"):
        find(body, content_type, part, len(values))


def test_a_mask_of_the_page_s_text_is_found_if_all_are_counted() -> None:
    """In a text that the page reads in another way the number would be that of another secret."""
    assert find(JSON, "application/json", "raw", 2, 4) == "ann:p3"
    with pytest.raises(RequestError, match="cannot be read"):
        find(JSON, "application/json", "raw", 2, 3)


def test_a_field_of_a_form_is_decoded() -> None:
    """In the table of its fields its value has no percent signs."""
    assert find("user=ann&password=a%20b%C3%BC+c", FORM, "sent", 0, 1) == "a bü c"


@pytest.mark.parametrize(
    ("body", "places"), [(f"token={MASK}&pin=1234", (1,)), ("a=%E2%80%A2%E2%80%A2%E2%80%A2&pin=1", (0, 1))]
)
def test_a_body_with_masks_of_its_own_is_not_counted(body: str, places: tuple[int, ...]) -> None:
    """They look like ours, and the wrong value must not be shown."""
    with pytest.raises(RequestError):
        find(body, FORM, "sent", *places)


def test_the_target_and_the_cookies_are_found() -> None:
    """A secret of the query, and the value of each cookie that the response sets."""
    assert find("a=1", FORM, "target", 1, path="/x?token=abc&page=2&api_key=k%20y") == "k%20y"
    assert [find("a=1", FORM, "cookies", number) for number in (0, 1)] == ["dark", "abc="]
    with pytest.raises(RequestError):
        find("a=1", FORM, "cookies", 2)
    with pytest.raises(RequestError):
        find("a=1", FORM, "nothing", 0)
