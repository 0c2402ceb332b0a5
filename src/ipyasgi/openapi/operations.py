"""Reads the operations and security schemes of a document; a broken part is left out with a note. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from .operation import (
    MediaType,
    Operation,
    OperationBody,
    OperationHead,
    OperationResponse,
    Parameter,
    ParameterPlace,
    SecurityScheme,
)
from .references import Note, as_list, as_mapping, is_list, try_follow

_METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "trace", "query")
_STYLES: Mapping[str, tuple[str, ...]] = {  # the first is the default
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}


class Operations(Mapping[str, Operation]):
    """The operations of one document, keyed ``"POST /items"``, in its order; each is read on first use."""

    def __init__(self, root: Mapping[str, Any], note: Note) -> None:
        self._root = root
        self._note = note
        self._items = dict(_find(root, note))
        self._read: dict[str, Operation] = {}
        self._by_shape: dict[tuple[str, int], list[tuple[str, list[str]]]] = {}
        for key in self._items:
            method, _, path = key.partition(" ")
            parts = path.split("/")
            self._by_shape.setdefault((method, len(parts)), []).append((key, parts))

    def match(self, method: str, path: str) -> Operation | None:
        """Return the operation of a path or path template, or None."""
        parts = path.split("/")
        candidates = self._by_shape.get((method, len(parts)), ())
        found = [key for key, template in candidates if all(map(_matches, template, parts))]
        # Fewer placeholders win: /items/new before /items/{item_id}.
        return self[min(found, key=lambda key: key.count("{"))] if found else None

    def __getitem__(self, key: str) -> Operation:
        try:
            item, method = self._items[key]
        except KeyError:
            raise KeyError(f"no operation {key!r}; the keys are like {next(iter(self), 'GET /')!r}") from None
        if key not in self._read:  # two threads may both read it, with the same result
            self._read[key] = _Reader(self._root, self._note, key).operation(item, item[method])
        return self._read[key]

    def head(self, key: str) -> OperationHead | None:
        """Return what a list shows of an operation, without reading the rest; None for an unknown one."""
        if key not in self._items or key in self._read:
            return self._read.get(key)
        item, method = self._items[key]
        return OperationHead(**_head(self._root, key, item, item[method]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items


def read_schemes(root: Mapping[str, Any], note: Note) -> dict[str, SecurityScheme]:
    """Return the document's security schemes by name."""
    found = {}
    for key, part in as_mapping(as_mapping(root.get("components")).get("securitySchemes")).items():
        scheme = try_follow(root, part, note)
        if scheme is None or not isinstance(scheme.get("type"), str):
            note(f"the security scheme {key!r} does not have a type: left out")
            continue
        found[str(key)] = SecurityScheme(
            key=str(key),
            kind=scheme["type"],
            scheme=_text(scheme, "scheme").lower(),
            place=_text(scheme, "in"),
            name=_text(scheme, "name"),
            flows={str(name): flow for name, flow in as_mapping(scheme.get("flows")).items() if as_mapping(flow)},
            description=_text(scheme, "description"),
        )
    return found


def _find(root: Mapping[str, Any], note: Note) -> Iterator[tuple[str, tuple[Mapping[str, Any], str]]]:
    """Yield each operation's key, with its path item and lower-case method."""
    for path, part in as_mapping(root.get("paths")).items():
        if str(path).startswith("x-"):
            continue
        item = try_follow(root, part, note)
        if item is None or not isinstance(path, str) or not path.startswith("/"):
            note(f"the path {str(path)[:200]!r} cannot be read: left out")
            continue
        for method in _METHODS:
            if isinstance(item.get(method), Mapping):
                yield f"{method.upper()} {path}", (item, method)
            elif method in item:
                note(f"{method.upper()} {path} cannot be read: left out")


def _matches(template: str, part: str) -> bool:
    return template == part or "{" in template


def _head(root: Mapping[str, Any], key: str, item: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an `OperationHead`."""
    method, _, path = key.partition(" ")
    return {
        "method": method,
        "path": path,
        "operation_id": _text(data, "operationId"),
        "summary": _text(data, "summary") or _text(item, "summary"),
        "description": _text(data, "description") or _text(item, "description"),
        "tags": tuple(tag for tag in as_list(data.get("tags")) if isinstance(tag, str)),
        "deprecated": data.get("deprecated") is True,
        "security": tuple(
            {str(scheme): tuple(map(str, as_list(scopes))) for scheme, scopes in one.items()}
            for one in as_list(data.get("security", root.get("security")))
            if isinstance(one, Mapping)
        ),
    }


class _Reader:
    """Reader of one operation; its notes begin with the operation's key."""

    def __init__(self, root: Mapping[str, Any], note: Note, key: str) -> None:
        self._root = root
        self._key = key
        self._note: Note = lambda text: note(f"{key}: {text}")

    def operation(self, item: Mapping[str, Any], data: Mapping[str, Any]) -> Operation:
        return Operation(
            **_head(self._root, self._key, item, data),
            parameters=self._parameters(item, data),
            body=self._body(data["requestBody"]) if "requestBody" in data else None,
            responses={str(status): self._response(one) for status, one in as_mapping(data.get("responses")).items()},
        )

    def _parameters(self, item: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Parameter, ...]:
        found: dict[str, Parameter] = {}
        for holder in (item, data):
            if "parameters" in holder and not is_list(holder["parameters"]):
                self._note("`parameters` is not a list: left out")
            for part in as_list(holder.get("parameters")):
                if (parameter := self._try_parameter(part)) is not None:
                    found[parameter.key] = parameter
        return tuple(found.values())

    def _try_parameter(self, part: Any) -> Parameter | None:
        data = try_follow(self._root, part, self._note)
        if data is None:
            self._note("a parameter cannot be read: left out")
            return None
        name, place = data.get("name"), data.get("in")
        if not isinstance(name, str) or not name or not isinstance(place, str) or place not in _STYLES:
            self._note(f"the parameter {str(name)[:100]!r} in {str(place)[:50]!r} cannot be read: left out")
            return None
        style = data.get("style", _STYLES[place][0])
        if style not in _STYLES[place]:
            self._note(f"the parameter {name!r} has the style {str(style)[:50]!r}, which does not exist for a {place}")
            style = _STYLES[place][0]
        media = self._media(data["content"]) if isinstance(data.get("content"), Mapping) else ()
        explode = data.get("explode")
        return Parameter(
            name=name,
            place=cast("ParameterPlace", place),
            required=place == "path" or data.get("required") is True,
            deprecated=data.get("deprecated") is True,
            description=_text(data, "description"),
            schema=media[0].schema if media else self._schema(data),
            style=str(style),
            explode=explode if isinstance(explode, bool) else style in ("form", "cookie"),
            media_type=media[0].name if media else "",
            examples=(media[0].examples if media else {}) or self._examples(data),
        )

    def _body(self, part: Any) -> OperationBody | None:
        data = try_follow(self._root, part, self._note) or {}
        media = self._media(data.get("content"))
        if not media:
            self._note("the request body names no media type: left out")
            return None
        return OperationBody(media=media, required=data.get("required") is True, description=_text(data, "description"))

    def _response(self, part: Any) -> OperationResponse:
        data = try_follow(self._root, part, self._note) or {}
        return OperationResponse(description=_text(data, "description"), media=self._media(data.get("content")))

    def _media(self, content: Any) -> tuple[MediaType, ...]:
        found = []
        for name, part in as_mapping(content).items():
            data = try_follow(self._root, part, self._note)
            if data is None or not isinstance(name, str):
                self._note(f"the media type {str(name)[:100]!r} cannot be read: left out")
                continue
            encodings = as_mapping(data.get("encoding")).items()
            encoding = {str(key): one for key, one in encodings if isinstance(one, Mapping)}
            schema, examples = self._schema(data), self._examples(data)
            found.append(MediaType(name=name, schema=schema, examples=examples, encoding=encoding))
        return tuple(found)

    def _schema(self, data: Mapping[str, Any]) -> Mapping[str, Any] | bool:
        schema = data.get("schema", True)
        if isinstance(schema, (Mapping, bool)):
            return schema
        self._note(f"a schema is of type {type(schema).__name__}: read as one that allows anything")
        return True

    def _examples(self, data: Mapping[str, Any]) -> dict[str, Any]:
        found = {"": data["example"]} if "example" in data else {}
        for name, part in as_mapping(data.get("examples")).items():
            example = try_follow(self._root, part, self._note)
            if example is None:
                self._note(f"the example {str(name)[:100]!r} cannot be read: left out")
            elif "value" in example or "dataValue" in example:
                found[str(name)] = example.get("value", example.get("dataValue"))
        return found


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
