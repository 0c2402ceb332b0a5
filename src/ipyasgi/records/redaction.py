"""`Redactor`: masks the secrets of texts. Views, exports and panels use the redactor of their settings. Pure.

Only the spans of secrets are replaced, so the rest of a text keeps its bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .body_text import read_body
from .secret_looks import find_secrets
from .secret_rules import MASK, Place
from .secret_spans import SecretFinder, Span, in_order

_TEXT_TYPES = re.compile(r"text/|multipart/|application/(?:(?:[\w.-]+\+)?json\b|x-www-form-urlencoded)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor(SecretFinder):
    """The secrets of one explorer, and how to mask them."""

    def headers(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        """Return masked headers as latin-1 text; names of cookies and the scheme of an authorization remain visible."""
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        return [(name, _mask(value, self.header_spans(name, value))) for name, value in pairs]

    def url(self, url: str) -> str:
        """Return a URL, or a path with a query, with its user and the secret fields of query and fragment masked."""
        return _mask(url, self.url_spans(url))

    def query(self, query: str, in_: Place = "query") -> str:
        """Return a masked query string or urlencoded body."""
        return _mask(query, self.query_spans(query, in_))

    def named(self, name: str, value: str, in_: Place = "") -> str:
        """Return the text of a value, masked because of its name or because of what is in it."""
        return MASK if self.is_secret_value(name, value, in_) else self.text(value)

    def value(self, value: Any) -> Any:
        """Return a copy of decoded JSON with its secrets masked, as `json_text` masks it."""
        if self.show:
            return value
        text = json.dumps(value)
        spans = self.json_spans(text)
        return json.loads(_mask(text, spans)) if spans else value

    def json_text(self, text: str) -> str:
        """Return masked JSON text, which may also be several lines of JSON, cut or broken."""
        return _mask(text, self.json_spans(text))

    def text(self, text: str) -> str:
        """Return plain text in which everything that looks like a secret is masked, also within JSON and Python."""
        return _mask(text, self.text_spans(text))

    def looks(self, text: str) -> str:
        """Return a text in which only what is secret by its look is masked, for the app's source code."""
        return text if self.show else _mask(text, in_order(Span(*found) for found in find_secrets(text)))

    def body_text(self, text: str, content_type: str = "") -> str:
        """Return the masked text of a body, read according to its content type; it may be cut."""
        return _mask(text, self.spans(text, content_type))

    def body(self, body: bytes, content_type: str = "") -> bytes:
        """Return a masked body, or the body itself if it is not text; ``content_type`` may have parameters."""
        if self.show or not body:
            return body
        if not _TEXT_TYPES.match(content_type.strip()) and not _is_text(body):
            return body
        text, encoding = read_body(body)
        spans = self.spans(text, content_type)
        return _mask(text, spans).encode(encoding, "surrogateescape") if spans else body


def _mask(text: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += [text[done : span.start], span.quote, MASK, span.quote]
        done = span.end
    return "".join([*parts, text[done:]]) if parts else text


def _is_text(body: bytes) -> bool:
    try:
        body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return False
    return True
