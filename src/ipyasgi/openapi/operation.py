"""What an OpenAPI document says of one operation, as frozen values. Reading a document is `document.py`'s work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

JSONSchema = Mapping[str, Any] | bool
"""A schema as the document has it; ``True`` allows anything."""

ParameterPlace = Literal["path", "query", "header", "cookie"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """
    A parameter of an operation.

    :ivar style: ``form``, ``simple``, ``label``, ``matrix``, ``spaceDelimited``, ``pipeDelimited`` or ``deepObject``;
        the place's default where the document names none
    :ivar explode: whether arrays and objects become several pairs; the style's default where the document is silent
    :ivar media_type: where the value travels as ``content``, usually JSON text; empty otherwise
    :ivar examples: by name; ``example`` without a name is ``""``
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
    One form a body may have.

    :ivar name: such as ``application/json``
    :ivar examples: by name; ``example`` without a name is ``""``
    :ivar encoding: by property, for multipart and urlencoded bodies, as the document has it
    """

    name: str
    schema: JSONSchema = True
    examples: Mapping[str, Any] = field(default_factory=dict)
    encoding: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationBody:
    """A body: in one of its media types, the document's first being the one to offer."""

    media: tuple[MediaType, ...]
    required: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """
    A way to say who is asking.

    :ivar key: its name in the document
    :ivar kind: ``http``, ``apiKey``, ``oauth2``, ``openIdConnect`` or ``mutualTLS``
    :ivar scheme: of ``http``: ``basic``, ``bearer`` and so on, lower-case
    :ivar place: of ``apiKey``: ``header``, ``query`` or ``cookie``
    :ivar name: of ``apiKey``: the header, parameter or cookie
    :ivar flows: of ``oauth2``, as the document has them
    """

    key: str
    kind: str
    scheme: str = ""
    place: str = ""
    name: str = ""
    flows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """
    One method on one path.

    :ivar path: the template, ``/items/{item_id}``
    :ivar parameters: the path item's and the operation's own
    :ivar security: alternatives; each maps a scheme's key to the scopes it needs; an empty mapping asks for nothing
    :ivar responses: by status, as the document has them
    """

    method: str
    path: str
    operation_id: str = ""
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    parameters: tuple[Parameter, ...] = ()
    body: OperationBody | None = None
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    responses: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """``"POST /items"``, as `Routes` has it."""
        return f"{self.method} {self.path}"
