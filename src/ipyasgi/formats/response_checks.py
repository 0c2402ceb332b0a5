"""`ResponseChecks`: what a test asserts of a response, in Python. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..client.httpx import httpx
from ..client.response import is_whole, kept_content
from ..records.body_text import is_json_type
from ..records.record import Record
from ..records.redaction import Redactor
from ..shown import visible
from .echo import Echo
from .name import Name
from .python_code import LINE_LENGTH, PythonCode, quoted, try_json
from .volatile_fields import Path, VolatileFields

_ANY = Name("ANY", imports=frozenset({"from unittest.mock import ANY"}))
_MAX_LINES, _MAX_ITEM_LINES, _MAX_KEYS = 40, 12, 30
_MAX_TEXT, _MAX_BYTES = 200, 32


class ResponseChecks:
    """
    Writer of the checks of responses; what their literals need is imported by ``code``.

    A volatile value is ``ANY``, and a value that an earlier response gave is the variable that has it.
    """

    def __init__(self, code: PythonCode, redactor: Redactor) -> None:
        self._code = code
        self._redactor = redactor

    def lines(self, exchange: Record, response: httpx.Response, volatile: VolatileFields, echo: Echo) -> Iterator[str]:
        """Yield the checks of a response, without what in it contradicts the app's own document."""
        wrong = {error.kind for error in exchange.errors}
        for error in exchange.errors:
            text = visible(" ".join(self._redactor.text(str(error)).split()))[:_MAX_TEXT]
            yield f"    # EDIT: this contradicts the app's document: {text}"
        if "status" not in wrong or response.status_code >= 400:  # many documents leave out errors such as 404
            yield f"    assert response.status_code == {response.status_code}"
        if exchange.previous and volatile.is_stable_url(response.url.path):
            yield f"    assert response.url.path == {quoted(response.url.path)}"
        elif response.has_redirect_location and volatile.is_stable_url(location := response.headers["location"]):
            yield f'    assert response.headers["location"] == {quoted(location)}'
        content_type = response.headers.get("content-type", "")
        if content_type.startswith("multipart/"):  # its boundary differs each time
            yield f'    assert response.headers["content-type"].startswith({quoted(content_type.partition(";")[0])})'
        elif content_type and "media type" not in wrong:
            yield f'    assert response.headers["content-type"] == {quoted(content_type)}'
        if not exchange.cut_off and not wrong & {"media type", "body"}:
            yield from self._body_checks(response, content_type, volatile, echo)

    def _body_checks(
        self, response: httpx.Response, content_type: str, volatile: VolatileFields, echo: Echo
    ) -> Iterator[str]:
        content = kept_content(response)
        strict = self._redactor.strict()  # a response with its secrets would differ the next time
        if volatile.is_body_volatile:
            return
        if not is_whole(response):
            if not content_type.startswith("multipart/") and "content-encoding" not in response.headers:
                yield f"    assert response.content.startswith({self._code.literal(content[:8])})"
        elif not content:
            yield '    assert response.content == b""'
        elif is_json_type(content_type):
            if (found := try_json(strict.body(content, content_type))) is not None:
                yield from self._json_checks(_mark(found[0], (), volatile, echo))
        elif content_type.startswith("text/") or "xml" in content_type or "javascript" in content_type:
            yield from _text_checks(strict.body_text(response.text, content_type), volatile)
        elif strict.body(content, content_type) != content:
            return
        elif len(content) <= _MAX_BYTES and volatile.is_stable_text(content.decode("latin-1")):
            yield f"    assert response.content == {self._code.literal(content)}"
        elif len(content) > _MAX_BYTES and not content_type.startswith("multipart/"):
            yield f"    assert response.content.startswith({self._code.literal(content[:8])})"

    def _json_checks(self, value: Any) -> Iterator[str]:
        """Yield a comparison with the whole value; with its size and its short items if it is long."""
        if isinstance(value, Name):
            return
        whole = self._compared("response.json()", value)
        if whole.count("\n") < _MAX_LINES:
            yield whole
            return
        yield "    body = response.json()"
        if isinstance(value, list):
            yield from self._list_checks("body", value)
            return
        yield self._compared("sorted(body)", sorted(value))
        for key, item in list(value.items())[:_MAX_KEYS]:
            expression = f"body[{quoted(key)}]"
            short = list(self._short_check(expression, item))
            yield from short
            if not short and isinstance(item, list):
                yield from self._list_checks(expression, item)

    def _list_checks(self, expression: str, value: list[Any]) -> Iterator[str]:
        yield f"    assert len({expression}) == {len(value)}"
        yield from self._short_check(f"{expression}[0]", value[0])

    def _short_check(self, expression: str, value: Any) -> Iterator[str]:
        line = self._compared(expression, value)
        if value != _ANY and line.count("\n") < _MAX_ITEM_LINES:
            yield line

    def _compared(self, expression: str, value: Any) -> str:
        head = f"    assert {expression} {'is' if value is None or isinstance(value, bool) else '=='} "
        return head + self._code.literal(value, 4, len(head) - 4)


def _mark(value: Any, path: Path, volatile: VolatileFields, echo: Echo) -> Any:
    """Return a JSON value with variables instead of carried values, and ``ANY`` instead of volatile ones."""
    carried = echo.try_carry(value, path, volatile)
    if carried is not None and not volatile.is_ignored(path, value):
        return carried
    if volatile.is_volatile(path, value):
        return _ANY
    if isinstance(value, dict):
        return {key: _mark(item, (*path, key), volatile, echo) for key, item in value.items()}
    if isinstance(value, list):
        return [_mark(item, (*path, index), volatile, echo) for index, item in enumerate(value)]
    return value


def _text_checks(text: str, volatile: VolatileFields) -> Iterator[str]:
    if len(text) <= _MAX_TEXT and volatile.is_stable_text(text):
        line = f"    assert response.text == {quoted(text)}"
        if len(line) > LINE_LENGTH:
            pieces = [f"        {quoted(piece)}\n" for piece in text.splitlines(keepends=True)]
            line = f"    assert response.text == (\n{''.join(pieces)}    )"
        yield line
        return
    first = text.lstrip().partition("\n")[0].rstrip()
    if first and len(first) <= _MAX_TEXT and volatile.is_stable_text(first):
        yield f"    assert {quoted(first)} in response.text"
