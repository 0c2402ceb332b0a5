"""Schemas as form fields. Pure.

A reference becomes a field of kind ``ref`` and a definition that is read once, so recursive models are finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from .flattening import read_tags, remember, types_of
from .form_values import ABSENT, is_file_text
from .operation import JSONSchema
from .references import as_list
from .sampling import SampleError, build_number

Flatten = Callable[[JSONSchema], Mapping[str, Any]]
"""`Document.flatten`, or a function like it."""

MAX_FIELDS = 3000
MAX_MERGED = 100  # definitions merged from several; each may produce new ones
MAX_DEPTH = 24

_ANNOTATIONS = frozenset(
    {"title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples", "example"}
)
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
FieldKind = Literal[
    "string", "integer", "number", "boolean", "null", "choice", "array", "object", "variant", "any", "file", "ref"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    One value of a form.

    :ivar kind: how it is shown; ``ref`` means the definition named by ``ref``, with the annotations here
    :ivar nullable: null is allowed too
    :ivar default: `ABSENT` if the schema has none
    :ivar hint: type and bounds: ``integer from 1 to 100``
    :ivar choices: of a ``choice``; a constant has one
    :ivar prefix: of an ``array``: its first items
    :ivar items: of an ``array``: any further items; None if not allowed
    :ivar additional: of an ``object``: members with other names; None if not allowed
    :ivar discriminator: of a ``variant``: the member that names it
    :ivar smallest: of a number: the value nearest to zero that its bounds allow
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
    smallest: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A named part of an object."""

    name: str
    required: bool
    field: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One alternative of a value; ``tag`` is its discriminator's value, or empty."""

    label: str
    field: Field
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTree:
    """A schema as fields, with the definitions of its ``ref`` fields; finite for any schema."""

    root: Field
    definitions: Mapping[str, Field] = field(default_factory=dict)

    def resolve(self, one: Field) -> Field:
        """Return the definition of a ``ref``, or any other field unchanged."""
        return self.definitions.get(one.ref, Field(kind="any")) if one.kind == "ref" else one


def read_fields(schema: JSONSchema, flatten: Flatten, *, files: bool = False) -> FieldTree:
    """
    Return a schema as fields; a missing or unsupported part becomes a field of kind ``any``.

    :param files: treat binary text as a file, as in a form; in JSON it is text
    """
    return _Reader(flatten, files).read_tree(schema)


class _Reader:
    """Reader of one schema tree; references are queued instead of followed recursively."""

    def __init__(self, flatten: Flatten, files: bool) -> None:
        self._flatten = remember(flatten)
        self._files = files
        self._waiting: list[tuple[str, JSONSchema]] = []
        self._known: dict[str, JSONSchema] = {}
        self._merged = 0
        self._count = 0

    def read_tree(self, schema: JSONSchema) -> FieldTree:
        root, definitions = self._read(schema, 0), {}
        while self._waiting:
            name, waiting = self._waiting.pop()
            definitions[name] = self._read_plain(self._flatten(waiting), 0)
        return FieldTree(root=root, definitions=definitions)

    def _read(self, schema: Any, depth: int) -> Field:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_FIELDS or self._merged > MAX_MERGED:
            return Field(kind="any")
        if name := self._name_of(schema):
            return Field(kind="ref", ref=name, **_annotations(schema))
        return self._read_plain(self._flatten(schema), depth)

    def _name_of(self, schema: Any) -> str:
        """Return the name of the definition if a schema is only a reference with annotations, else an empty string."""
        if not isinstance(schema, Mapping):
            return ""
        rest = schema.keys() - _ANNOTATIONS
        if rest == {"allOf"} and isinstance(schema["allOf"], (list, tuple)) and len(schema["allOf"]) == 1:
            return self._name_of(schema["allOf"][0])
        if rest == {"$ref"} and isinstance(schema["$ref"], str):
            name = schema["$ref"]
        elif "allOf" in rest or "$ref" in rest:  # may be recursive, so it gets its own name
            name = f"#{id(schema)}"
            self._merged += name not in self._known
        else:
            return ""
        if name not in self._known:
            self._known[name] = schema  # kept alive, so that its id stays unique
            plain = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
            self._waiting.append((name, plain if rest == {"$ref"} else schema))
        return name

    # -- one level ---------------------------------------------------------------------------------------

    def _read_plain(self, schema: Mapping[str, Any], depth: int) -> Field:
        annotations = _annotations(schema)
        if "const" in schema:
            return Field(kind="choice", choices=(schema["const"],), **annotations)
        if "enum" in schema:
            choices = tuple(value for value in schema["enum"] if value is not None)
            nullable = bool(choices) and len(choices) < len(schema["enum"])
            return Field(kind="choice", choices=choices or (None,), nullable=nullable, **annotations)
        keyword = next((keyword for keyword in ("oneOf", "anyOf") if _has_variants(schema.get(keyword))), "")
        if keyword:
            return self._read_variants(schema, keyword, annotations, depth)
        types = types_of(schema)
        nullable = "null" in types and len(types) > 1
        types = tuple(one for one in types if one != "null") or types
        if len(types) > 1:
            variants = [({**schema, "type": one}, one, "") for one in types]
            return self._variant_field(variants, annotations | {"nullable": nullable}, depth)
        kind = cast("FieldKind", types[0]) if types else _guess_kind(schema)
        return replace(self._read_kind(kind, schema, annotations, depth), nullable=nullable)

    def _read_kind(self, kind: FieldKind, schema: Mapping[str, Any], annotations: dict[str, Any], depth: int) -> Field:
        hint = _hint(schema, kind)
        if kind == "string":
            format_ = str(schema.get("format", ""))
            if self._files and is_file_text(schema):
                return Field(kind="file", **annotations)
            return Field(kind="string", format=format_, hint=hint, **annotations)
        if kind == "array":
            prefix = tuple(self._read(one, depth + 1) for one in schema.get("prefixItems", ()))
            items = schema.get("items", True)
            return Field(
                kind="array",
                prefix=prefix,
                items=None if items is False else self._read(items, depth + 1),
                min_items=max(int(schema.get("minItems", 0)), len(prefix) if items is False else 0),
                max_items=len(prefix) if items is False else schema.get("maxItems"),
                hint=hint,
                **annotations,
            )
        if kind == "object":
            members = tuple(self._members(schema, depth))
            # If members are declared, others are offered only if the schema mentions them.
            others = schema.get("additionalProperties", not schema.get("properties"))
            additional = None if others is False else self._read(others, depth + 1)
            return Field(kind="object", members=members, additional=additional, hint=hint, **annotations)
        return Field(kind=kind, hint=hint, smallest=_smallest(schema, kind), **annotations)

    def _members(self, schema: Mapping[str, Any], depth: int) -> Iterator[Member]:
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        for name, one in properties.items():
            yield Member(name=str(name), required=name in required, field=self._read(one, depth + 1))
        for name in required:
            if name not in properties:
                yield Member(name=name, required=True, field=Field(kind="any"))

    def _read_variants(self, schema: Mapping[str, Any], keyword: str, annotations: dict[str, Any], depth: int) -> Field:
        left_out = _ANNOTATIONS | {"oneOf", "anyOf", "discriminator"}
        base = {key: value for key, value in schema.items() if key not in left_out}
        discriminator = schema.get("discriminator", {})
        name, _, _ = read_tags(discriminator)
        found, nullable = [], False
        for one in schema[keyword]:
            if types_of(self._flatten(one)) == ("null",):
                nullable = True
                continue
            ref = str(one.get("$ref", "")) if isinstance(one, Mapping) else ""
            variant, (_, mapped, own) = {"allOf": [base, one]} if base else one, read_tags(discriminator, one)
            tag = next(iter(mapped), "")
            label = self._label(variant, ref, tag)
            found.append((variant, label, tag or _tag(self._flatten, self._flatten(variant), name) or own))
        return self._variant_field(found, annotations | {"nullable": nullable}, depth, name)

    def _variant_field(
        self, variants: list[tuple[Any, str, str]], annotations: dict[str, Any], depth: int, name: str = ""
    ) -> Field:
        """Return a field with variants; a single variant as itself, constants as a choice."""
        flat = [self._flatten(one) for one, _, _ in variants]
        if flat and all("const" in one for one in flat):
            return Field(kind="choice", choices=tuple(one["const"] for one in flat), **annotations)
        fields = [self._read(one, depth + 1) for one, _, _ in variants]
        if len(fields) == 1:
            return replace(fields[0], **{key: value for key, value in annotations.items() if value not in ("", False)})
        read = [Variant(label=label, field=one, tag=tag) for one, (_, label, tag) in zip(fields, variants, strict=True)]
        return Field(kind="variant", variants=tuple(read), discriminator=name, **annotations)

    def _label(self, schema: Any, ref: str, tag: str) -> str:
        flat = self._flatten(schema)
        types = " or ".join(types_of(flat))
        if types == "array":
            inner = self._flatten(flat.get("items", True))
            types = f"array of {inner.get('title') or ' or '.join(types_of(inner)) or 'anything'}"
        names = (tag, flat.get("title"), ref.rpartition("/")[2], flat.get("format"), types)
        return next((str(name) for name in names if name), "anything")


def _annotations(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": str(schema.get("title", "")),
        "description": str(schema.get("description", "")),
        "deprecated": schema.get("deprecated") is True,
        "read_only": schema.get("readOnly") is True,
        "write_only": schema.get("writeOnly") is True,
        "default": schema.get("default", ABSENT),
        "examples": tuple(as_list(schema.get("examples"))),
    }


def _has_variants(variants: Any) -> bool:
    """Return whether schemas are alternatives rather than conditions, such as required members."""
    schemas = as_list(variants)
    return bool(schemas) and all(not isinstance(one, Mapping) or one.keys() - {"required", "not"} for one in schemas)


def _guess_kind(schema: Mapping[str, Any]) -> FieldKind:
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    return "any"


def _tag(flatten: Flatten, schema: Mapping[str, Any], name: str) -> str:
    """Return the discriminator's value in a variant, empty if the schema does not fix it."""
    properties = schema.get("properties", {})
    if not name or name not in properties:
        return ""
    flat = flatten(properties[name])
    values = [flat["const"]] if "const" in flat else list(flat.get("enum", ()))
    return str(values[0]) if len(values) == 1 else ""


def _smallest(schema: Mapping[str, Any], kind: FieldKind) -> float:
    if kind not in ("integer", "number") or schema.keys().isdisjoint(_LIMITS):
        return 0
    try:
        return build_number(schema)
    except SampleError:
        return 0


_MAX_PATTERN = 60


def _hint(schema: Mapping[str, Any], kind: str) -> str:
    """Return the type and the bounds of a flat schema that is shown as this kind of field."""
    return ", ".join(filter(None, _HINTS[kind](schema))) if kind in _HINTS else ""


def _of_string(schema: Mapping[str, Any]) -> Iterator[str]:
    form = str(schema.get("format", ""))
    yield "" if form == "password" else form  # which its control shows
    yield _counts(schema, "Length", "character")
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        yield f"matches {pattern if len(pattern) <= _MAX_PATTERN else pattern[:_MAX_PATTERN] + '…'}"


def _of_number(schema: Mapping[str, Any], type_name: str) -> Iterator[str]:
    low, high, above, below = (_typed_limit(schema.get(name)) for name in _LIMITS)
    if low is not None and high is not None:
        yield f"{type_name} from {_number(low)} to {_number(high)}"
    else:
        limits = [("at least", low), ("more than", above), ("at most", high), ("less than", below)]
        bounds = " and ".join(f"{words} {_number(limit)}" for words, limit in limits if limit is not None)
        yield f"{type_name}, {bounds}" if bounds else type_name
    if (step := schema.get("multipleOf")) is not None:
        yield f"a multiple of {_number(step)}"


def _typed_limit(limit: Any) -> Any:
    """Return a limit that typing may reach, None for that of a 64-bit integer."""
    return None if limit is not None and abs(limit) >= 2**53 else limit


def _counts(schema: Mapping[str, Any], suffix: str, noun: str) -> str:
    low, high = schema.get(f"min{suffix}") or 0, schema.get(f"max{suffix}")
    if high is None:
        return f"at least {count_of(low, noun)}" if low else ""
    if low == high:
        return count_of(low, noun)
    return f"{low} to {high} {_plural(noun)}" if low else f"at most {count_of(high, noun)}"


def count_of(count: int, noun: str) -> str:
    """Return ``1 item``, ``2 items`` or ``2 properties``."""
    return f"{count} {noun if count == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


_HINTS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "string": _of_string,
    "integer": lambda schema: _of_number(schema, "integer"),
    "number": lambda schema: _of_number(schema, "number"),
    "array": lambda schema: [_counts(schema, "Items", "item"), "all different" if schema.get("uniqueItems") else ""],
    "object": lambda schema: [_counts(schema, "Properties", "property")],
}
