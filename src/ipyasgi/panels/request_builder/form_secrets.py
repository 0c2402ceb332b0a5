"""The secrets of a form that are not typed yet: none is invented, and required ones are asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from ...openapi.fields import Field, FieldTree, Member
from ...openapi.form_values import escape_pointer
from ...openapi.operation import Operation
from ...records.redaction import Redactor
from ...records.secret_rules import Place

_DEEPEST = 40
_MAX_STEPS = 20_000


def is_secret_field(name: str, field: Field, redactor: Redactor, place: Place) -> bool:
    """Return whether the page shows what is typed into a field as dots: because of its name or its schema."""
    return redactor.strict().is_secret(name, place) or field.format == "password" or field.write_only


def without_secrets(value: Any, redactor: Redactor, place: Place = "body", depth: int = 0) -> Any:
    """Return a value of a sample with an empty text in place of each secret."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        return {
            name: without_secrets(one, redactor, place, depth + 1)
            if isinstance(one, dict) or not redactor.strict().is_secret(name, place)
            else _emptied(one)
            for name, one in value.items()
        }
    return [without_secrets(one, redactor, place, depth + 1) for one in value] if isinstance(value, list) else value


def _emptied(value: Any) -> Any:
    if isinstance(value, list):
        return []
    return value if value is None or isinstance(value, bool) else ""


def has_empty_secret(value: Any, redactor: Redactor) -> bool:
    """Return whether a value contains an empty secret, required or not."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if any(item == "" and redactor.strict().is_secret(name, "body") for name, item in one.items()):
                return True
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return False


def fill_secrets(value: Any, sample: Any, redactor: Redactor, depth: int = 0) -> Any:
    """Return a value with the texts of its sample in place of empty secrets, which are checked when they are typed."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict) and isinstance(sample, dict):
        return {
            name: sample[name]
            if one == "" and name in sample and redactor.strict().is_secret(name, "body")
            else fill_secrets(one, sample.get(name), redactor, depth + 1)
            for name, one in value.items()
        }
    if isinstance(value, list) and isinstance(sample, list) and sample:
        return [fill_secrets(one, sample[0], redactor, depth + 1) for one in value]
    return value


def empty_secrets(value: Any, tree: FieldTree, redactor: Redactor) -> Iterator[tuple[str, str]]:
    """Yield the JSON pointer and the name of each required secret of a body that is empty."""
    waiting: list[tuple[Any, Field, str]] = [(value, tree.root, "")]
    seen: set[tuple[str, int]] = set()
    while waiting and len(seen) < _MAX_STEPS:
        one, field, at = waiting.pop()
        if (at, id(field)) in seen:
            continue
        seen.add((at, id(field)))
        if field.kind == "ref":
            waiting.append((one, tree.resolve(field), at))
        waiting += [(one, variant.field, at) for variant in reversed(field.variants)]
        if isinstance(one, dict) and field.kind == "object":
            members = [member for member in field.members if member.name in one]
            for member in members:
                if _is_empty(one[member.name], member, tree, redactor):
                    yield f"{at}/{escape_pointer(member.name)}", member.name
            waiting += [(one[m.name], m.field, f"{at}/{escape_pointer(m.name)}") for m in reversed(members)]
        elif isinstance(one, list) and field.kind == "array":
            inner = [*field.prefix[: len(one)], *[field.items] * (len(one) - len(field.prefix))]
            items = [(item, each, f"{at}/{number}") for number, (item, each) in enumerate(zip(one, inner, strict=True))]
            waiting += [(item, each, place) for item, each, place in reversed(items) if each is not None]


def _is_empty(value: Any, member: Member, tree: FieldTree, redactor: Redactor) -> bool:
    is_needed = member.required and value == ""
    return is_needed and is_secret_field(member.name, tree.resolve(member.field), redactor, "body")


def empty_parameters(operation: Operation, known: Mapping[str, Any], redactor: Redactor) -> Iterator[tuple[str, str]]:
    """Yield the key and the name of each required parameter that is secret and empty."""
    for one in operation.parameters:
        is_secret = redactor.strict().is_secret(one.name, cast("Place", one.place))
        if one.required and is_secret and known.get(one.key) == "":
            yield one.key, one.name
