"""`Field`: what a form knows of one value, and `FieldTree`, a schema made of them. Values; `fields.py` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .form_values import ABSENT

FieldKind = Literal[
    "string", "integer", "number", "boolean", "null", "choice", "array", "object", "variant", "any", "file", "ref"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    What a form needs to draw and to start one value.

    :ivar kind: how it is drawn; ``ref`` stands for the definition ``ref`` names, with what is said here on top
    :ivar nullable: null is allowed besides
    :ivar default: `ABSENT` where the schema names none
    :ivar hint: the type and its bounds in words: ``integer 1..100``
    :ivar format: as the schema has it
    :ivar choices: of a ``choice``; a constant has one
    :ivar prefix: of an ``array``, what stands at its first places
    :ivar items: of an ``array``, what comes after them, as often as one likes; None where nothing may
    :ivar additional: of an ``object``, what a member of another name may be; None where there may be none
    :ivar discriminator: of a ``variant``, the member that tells which one it is
    """

    kind: FieldKind
    ref: str = ""
    title: str = ""
    description: str = ""
    nullable: bool = False
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    default: Any = ABSENT
    examples: tuple[Any, ...] = ()
    hint: str = ""
    format: str = ""
    choices: tuple[Any, ...] = ()
    members: tuple[Member, ...] = ()
    prefix: tuple[Field, ...] = ()
    items: Field | None = None
    additional: Field | None = None
    variants: tuple[Variant, ...] = ()
    discriminator: str = ""
    min_items: int = 0
    max_items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A named part of an object."""

    name: str
    required: bool
    field: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """
    One of several things a value may be.

    :ivar tag: what the discriminator says of it; empty where there is none
    """

    label: str
    field: Field
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTree:
    """
    A schema as fields: finite whatever the schema refers to.

    :ivar definitions: what ``ref`` fields stand for
    """

    root: Field
    definitions: Mapping[str, Field] = field(default_factory=dict)

    def resolve(self, one: Field) -> Field:
        """Return the definition that a ``ref`` stands for, any other field as it is."""
        return self.definitions.get(one.ref, Field(kind="any")) if one.kind == "ref" else one
