"""Which parts of a request hold a secret, and so stay in the kernel: the page's form and the code line ask here. Pure.

Judged by what is there, whatever the content type says, as `views.body.kinds.show_body` does; in doubt it is a secret.
"""

from __future__ import annotations

import json
from typing import Any

from ...records.multipart import field_names
from ...records.redaction import is_secret, mask_body, mask_json, mask_query, mask_text, mask_url


class Held(str):
    """A value that only the kernel holds: the page was never told it, and may not learn it under another name."""

    __slots__ = ()


def is_secret_pair(name: str, value: str | None) -> bool:
    """Tell whether a header's or a query parameter's value is a secret: by its name, or as a URL that holds one."""
    return bool(value) and (isinstance(value, Held) or is_secret(name) or mask_url(value or "") != value)


def is_secret_value(key: str, value: Any) -> bool:
    """Tell whether the value of a known parameter, ``query.api_key``, is a secret; a list or an object may hold one."""
    name = key.partition(".")[2]
    if isinstance(value, (list, dict)):
        return bool(value) and (is_secret(name) or bool(mask_json(value) != value))
    return is_secret_pair(name, None if value is None else str(value))


def hold(value: Any) -> Any:
    """Return a value marked as one that only the kernel holds, where it is a text."""
    return Held(value) if isinstance(value, str) else value


def has_secrets(body: bytes, content_type: str) -> bool:
    """Tell whether a body holds a secret as JSON, lines of JSON, form fields or parts of a form."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text)
        if isinstance(value, (dict, list)):
            return bool(mask_json(value) != value)
    except (ValueError, RecursionError):
        pass
    return (
        any(map(is_secret, field_names(text)))
        or any(mask_query(word) != word for word in text.split() if "=" in word)
        or mask_text(text) != text
        or mask_body(body, content_type) != body
    )
