"""The operations of an OpenAPI document as frozen values; `operations.py` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

JSONSchema = Mapping[str, Any] | bool
"""A schema as written in the document; ``True`` allows anything."""

ParameterPlace = Literal["path", "query", "header", "cookie"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """
    A parameter of an operation.

    :ivar style: ``form``, ``simple``, ``label``, ``matrix``, ``spaceDelimited``, ``pipeDelimited`` or ``deepObject``
    :ivar explode: whether arrays and objects become several pairs
    :ivar media_type: of a value sent as ``content``, usually JSON; otherwise empty
    :ivar examples: by name; an ``example`` has the name ``""``
    """

    name: str
    place: ParameterPlace
    required: bool = False
    deprecated: bool = False
    description: str = ""
    schema: JSONSchema = True
    style: str = "form"
    explode: bool = True
    media_type: str = ""
    examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """``"query.limit"``: a name alone is not unique."""
        return f"{self.place}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    """
    One media type of a body.

    :ivar name: such as ``application/json``
    :ivar examples: by name; an ``example`` has the name ``""``
    :ivar encoding: by property, for multipart and urlencoded bodies
    """

    name: str
    schema: JSONSchema = True
    examples: Mapping[str, Any] = field(default_factory=dict)
    encoding: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def encoded_as(self, name: str) -> str:
        """Return the first content type that ``encoding`` has for a property, or an empty string."""
        return str(self.encoding.get(name, {}).get("contentType", "")).partition(",")[0].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationBody:
    """A body in one of several media types; the first in the document is the default."""

    media: tuple[MediaType, ...]
    required: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationResponse:
    """
    What an operation responds with one status.

    :ivar media: the media types of its body; none for an empty body
    """

    description: str = ""
    media: tuple[MediaType, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """
    A way of authentication.

    :ivar key: its name in the document
    :ivar kind: ``http``, ``apiKey``, ``oauth2``, ``openIdConnect`` or ``mutualTLS``
    :ivar scheme: of ``http``: ``basic``, ``bearer`` and so on, lower-case
    :ivar place: of ``apiKey``: ``header``, ``query`` or ``cookie``
    :ivar name: of ``apiKey``: the header, parameter or cookie
    :ivar flows: of ``oauth2``
    """

    key: str
    kind: str
    scheme: str = ""
    place: str = ""
    name: str = ""
    flows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationHead:
    """
    What a list of operations shows of each.

    :ivar path: the template, ``/items/{item_id}``
    :ivar security: alternatives; each maps keys of schemes to scopes; an empty mapping requires nothing
    """

    method: str
    path: str
    operation_id: str = ""
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()

    @property
    def key(self) -> str:
        """``"POST /items"``, as in `Routes`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(OperationHead):
    """
    One method on one path.

    :ivar parameters: the path item's and the operation's own
    :ivar responses: by status: ``200``, ``4XX`` or ``default``
    """

    parameters: tuple[Parameter, ...] = ()
    body: OperationBody | None = None
    responses: Mapping[str, OperationResponse] = field(default_factory=dict)
