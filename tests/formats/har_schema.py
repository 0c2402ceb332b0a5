"""A JSON Schema of HAR 1.2, from the tables of its specification, with optional and required members."""

_TEXT = {"type": "string"}
_BYTES = {"type": "integer", "minimum": -1}
_MS = {"type": "number", "minimum": -1}
_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}


def _record(must: dict, may: dict | None = None) -> dict:
    """Return the schema of an object; custom members begin with an underscore."""
    return {
        "type": "object",
        "required": sorted(must),
        "properties": {**must, **(may or {}), "comment": _TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def _list(items: dict) -> dict:
    return {"type": "array", "items": items}


_PAIR = _record({"name": _TEXT, "value": _TEXT})
_COOKIE = _record(
    {"name": _TEXT, "value": _TEXT},
    {
        "path": _TEXT,
        "domain": _TEXT,
        "expires": _MOMENT,
        "httpOnly": {"type": "boolean"},
        "secure": {"type": "boolean"},
    },
)
_PARAM = _record({"name": _TEXT}, {"value": _TEXT, "fileName": _TEXT, "contentType": _TEXT})
_POST_DATA = {
    **_record({"mimeType": _TEXT}, {"params": _list(_PARAM), "text": _TEXT}),
    "oneOf": [{"required": ["params"]}, {"required": ["text"]}],
}
_REQUEST = _record(
    {
        "method": _TEXT,
        "url": {"type": "string", "pattern": "^https?://[^#]+$"},
        "httpVersion": _TEXT,
        "cookies": _list(_COOKIE),
        "headers": _list(_PAIR),
        "queryString": _list(_PAIR),
        "headersSize": _BYTES,
        "bodySize": _BYTES,
    },
    {"postData": _POST_DATA},
)
_CONTENT = _record(
    {"size": _BYTES, "mimeType": _TEXT}, {"compression": {"type": "integer"}, "text": _TEXT, "encoding": _TEXT}
)
_RESPONSE = _record(
    {
        "status": {"type": "integer"},
        "statusText": _TEXT,
        "httpVersion": _TEXT,
        "cookies": _list(_COOKIE),
        "headers": _list(_PAIR),
        "content": _CONTENT,
        "redirectURL": _TEXT,
        "headersSize": _BYTES,
        "bodySize": _BYTES,
    }
)
_TIMINGS = _record({"send": _MS, "wait": _MS, "receive": _MS}, {"blocked": _MS, "dns": _MS, "connect": _MS, "ssl": _MS})
_ENTRY = _record(
    {
        "startedDateTime": _MOMENT,
        "time": {"type": "number", "minimum": 0},
        "request": _REQUEST,
        "response": _RESPONSE,
        "cache": {"type": "object"},
        "timings": _TIMINGS,
    },
    {"pageref": _TEXT, "serverIPAddress": _TEXT, "connection": _TEXT},
)
_PROGRAM = _record({"name": _TEXT, "version": _TEXT})
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_record(
        {"log": _record({"version": {"const": "1.2"}, "creator": _PROGRAM, "entries": _list(_ENTRY)},
                        {"browser": _PROGRAM, "pages": _list({"type": "object"})})}
    ),
}  # fmt: skip
