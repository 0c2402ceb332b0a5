"""`Outline`: one media type of a response for a reader: its type, the parts of its object, an example. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice

from ..records.redaction import Redactor
from ..routes.route import Input
from .document import Document
from .fields import Field, FieldTree, read_fields
from .inputs import read_members, type_of
from .operation import MediaType
from .sampling import build_sample

_MAX_PARTS = 100
_MAX_CHARS = 4000
_MAX_VARIANTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """
    One media type of a response.

    :ivar name: of the schema: ``PetOut``, ``array of PetOut``; empty for one without a name
    :ivar type: in a few words: ``string``, ``array of integer``; empty for an object, which has parts, and if unknown
    :ivar parts: the properties of the object, or of the objects of an array
    :ivar more: how many further properties there are
    :ivar example: as indented JSON or as text; shortened, and empty if there is none
    """

    media_type: str
    name: str = ""
    type: str = ""
    parts: tuple[Input, ...] = ()
    more: int = 0
    example: str = ""


def read_outline(media: MediaType, document: Document, redactor: Redactor) -> Outline:
    """Return the outline of a media type; secrets in its example are masked."""
    tree = read_fields(media.schema, document.flatten)
    inner = _inner(tree.root, tree)
    fields = [(member, tree.resolve(member.field)) for member in inner.members]
    members = [member for member, one in fields if not (member.field.write_only or one.write_only)]
    parts = read_members(members[:_MAX_PARTS], tree, redactor)
    return Outline(
        media_type=media.name,
        name=_name_of(tree.root, tree),
        type="" if parts or media.schema in (True, {}) else type_of(tree.root, tree),
        parts=tuple(parts),
        more=max(0, len(members) - _MAX_PARTS),
        example=_example_of(media, document, redactor),
    )


def _inner(root: Field, tree: FieldTree) -> Field:
    """Return the field that has the members: of an array its items."""
    one = tree.resolve(root)
    return tree.resolve(one.items) if one.kind == "array" and one.items is not None else one


def _name_of(root: Field, tree: FieldTree, depth: int = 0) -> str:
    one = tree.resolve(root)
    if root.kind == "ref" and "/" in root.ref:
        return one.title or root.ref.rpartition("/")[2]
    if one.kind == "array" and one.items is not None and depth < 2:
        inner = _name_of(one.items, tree, depth + 1)
        return f"array of {inner}" if inner else ""
    if one.kind == "variant":
        return " or ".join(islice((variant.label for variant in one.variants), _MAX_VARIANTS))
    return ""


def _example_of(media: MediaType, document: Document, redactor: Redactor) -> str:
    if media.examples:
        value = next(iter(media.examples.values()))
    elif media.schema in (True, {}):
        return ""
    else:
        value = build_sample(media.schema, document, optional=True, response=True)
    if isinstance(value, str) and "json" not in media.name:
        text = redactor.body_text(value, media.name)
    else:
        text = json.dumps(redactor.value(value), indent=2, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]}…"
