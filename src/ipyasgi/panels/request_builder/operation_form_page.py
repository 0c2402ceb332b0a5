"""A sheet as the page takes it: JSON, without what is empty. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...openapi.fields import Field, FieldTree
from ...openapi.form_values import ABSENT
from ...openapi.operation import MediaType, Parameter
from .auth import page_schemes
from .operation_form import OperationForm, body_kind

_PLAIN = ("ref", "title", "description", "nullable", "deprecated", "hint", "format", "discriminator")


def page_sheet(sheet: OperationForm) -> dict[str, Any]:
    """Return what the page draws a form from."""
    operation = sheet.operation
    return {
        "key": sheet.key,
        "summary": operation.summary,
        "description": operation.description,
        "deprecated": operation.deprecated,
        "tags": list(operation.tags),
        "parameters": [_parameter(sheet, one) for one in operation.parameters],
        "auth": page_schemes(sheet),
        "bodies": [_body(sheet, one) for one in sheet.media],
        "body_required": operation.body is not None and operation.body.required,
    }


def _tree(tree: FieldTree) -> dict[str, Any]:
    """Return the fields, and what those of kind ``ref`` stand for."""
    return {
        "field": page_field(tree.root),
        "definitions": {name: page_field(one) for name, one in tree.definitions.items()},
    }


def _parameter(sheet: OperationForm, one: Parameter) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "place": one.place,
        "required": one.required,
        "deprecated": one.deprecated,
        "description": one.description,
        # Text travels as it is typed; only JSON in a parameter has types of its own.
        "text": not one.media_type,
        **_tree(sheet.tree(one.schema)),
    }


def _body(sheet: OperationForm, one: MediaType) -> dict[str, Any]:
    kind = body_kind(one.name)
    return {
        "media": one.name,
        "kind": kind,
        **_tree(sheet.tree(one.schema, files=kind in ("form", "multipart"))),
        "examples": [[name or "example", value] for name, value in one.examples.items()],
    }


def page_field(one: Field) -> dict[str, Any]:
    """Return a field as JSON; what it has nothing to say of is left out."""
    page: dict[str, Any] = {"kind": one.kind}
    page |= {name: value for name in _PLAIN if (value := getattr(one, name))}
    found: Mapping[str, Any] = {
        "readOnly": one.read_only,
        "writeOnly": one.write_only,
        "examples": list(one.examples),
        "choices": list(one.choices),
        "members": [[member.name, member.required, page_field(member.field)] for member in one.members],
        "prefix": [page_field(item) for item in one.prefix],
        "items": page_field(one.items) if one.items is not None else None,
        "additional": page_field(one.additional) if one.additional is not None else None,
        "variants": [[variant.label, variant.tag, page_field(variant.field)] for variant in one.variants],
        "minItems": one.min_items,
        "maxItems": one.max_items,
    }
    page |= {name: value for name, value in found.items() if value or (name == "maxItems" and value is not None)}
    return page if one.default is ABSENT else page | {"default": one.default}
