"""Reads the parameters and body of an operation as `Input` values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

from ..records.redaction import Redactor
from ..records.secret_rules import MASK, Place
from ..routes.route import Input
from .document import Document
from .fields import Field, FieldTree, Member, read_fields
from .form_values import ABSENT
from .media import kind_of
from .operation import MediaType, Operation, Parameter

MOST_CHOICES = 8
_MAX_CHARS = 60  # of one value
_MAX_ARRAYS = 2  # nested; an array may contain arrays of the same type


def read_inputs(operation: Operation, document: Document, redactor: Redactor) -> tuple[Input, ...]:
    """Return the parameters, then the properties of the body's first media type, each with the required ones first."""
    parameters = [_of_parameter(one, document, redactor) for one in operation.parameters]
    body = operation.body
    parts = _of_body(body.media[0], body.required, document, redactor) if body is not None and body.media else iter(())
    return tuple(sorted((*parameters, *parts), key=lambda one: (one.place == "body", not one.required)))


def _of_parameter(parameter: Parameter, document: Document, redactor: Redactor) -> Input:
    tree = read_fields(parameter.schema, document.flatten)
    return Input(
        name=parameter.name, place=parameter.place,
        type=type_of(tree.root, tree, is_secret=redactor.is_secret(parameter.name, cast("Place", parameter.place))),
        required=parameter.required, deprecated=parameter.deprecated,
        description=parameter.description or tree.root.description,
    )  # fmt: skip


def _of_body(media: MediaType, required: bool, document: Document, redactor: Redactor) -> Iterator[Input]:
    tree = read_fields(media.schema, document.flatten, files=kind_of(media.name) == "multipart")
    root = tree.resolve(tree.root)
    if root.kind != "object" or not root.members:
        yield Input(
            name="", place="body", type=type_of(tree.root, tree), required=required, media_type=media.name,
            description=root.description,
        )  # fmt: skip
    members = [member for member in root.members if not tree.resolve(member.field).read_only]
    for one in read_members(members, tree, redactor):
        yield replace(one, required=one.required and required, media_type=media.name)


def read_members(members: Iterable[Member], tree: FieldTree, redactor: Redactor) -> list[Input]:
    """Return the properties of an object."""
    return [
        Input(
            name=member.name, place="body",
            type=type_of(member.field, tree, is_secret=redactor.is_secret(member.name, "body")),
            required=member.required, deprecated=tree.resolve(member.field).deprecated,
            description=member.field.description or tree.resolve(member.field).description,
        )
        for member in members
    ]  # fmt: skip


def type_of(one: Field, tree: FieldTree, *, is_secret: bool = False) -> str:
    """Return the type of a field in a few words: ``integer 1..100 or null, default 10``."""
    text = _noun(one, tree) + (" or null" if one.nullable else "")
    default = one.default if one.default is not ABSENT else tree.resolve(one).default
    return text if default is ABSENT else f"{text}, default {_json(MASK if is_secret else default)}"


def _noun(one: Field, tree: FieldTree, depth: int = 0) -> str:
    named = one.ref.rpartition("/")[2] if one.kind == "ref" else ""
    one = tree.resolve(one)
    if one.kind == "choice":
        more = "" if len(one.choices) <= MOST_CHOICES else f" or {len(one.choices) - MOST_CHOICES} more"
        return f"{' | '.join(_json(value) for value in one.choices[:MOST_CHOICES])}{more}"
    if one.kind == "array":
        inner = _noun(one.items, tree, depth + 1) if one.items is not None and depth < _MAX_ARRAYS else ""
        return ", ".join(filter(None, [f"array of {inner}" if inner else "array", one.hint]))
    if one.kind == "variant":
        return " or ".join(dict.fromkeys(variant.label for variant in one.variants))
    if one.kind == "object":
        return f"object {named}".strip()
    if one.kind in ("integer", "number"):
        return one.hint  # includes the type
    return f"{'anything' if one.kind == 'any' else one.kind} {one.hint}".strip()


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]}…"
