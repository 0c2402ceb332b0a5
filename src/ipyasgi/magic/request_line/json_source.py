"""JSON with ``{{expr}}``: its text, its value, and its Python. Pure.

Outside of a JSON string, the value of an expression is encoded as JSON; inside, its text is escaped.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from ...formats.name import Name
from ..python_call import Argument, code_of, literal, source_of_expression
from ..tokenizer import GrammarError, Text, json_pieces, text_of

_BODY_HINT = "For another kind of body add a Content-Type header."
# Marks for expressions in the skeleton, which is decoded to be written as Python: within a string, and as a value.
_WITHIN, _VALUE = "\x00", "\x01"
_WITHIN_MARK = re.compile("\x00(\\d+)\x00")


def read_json(text: Text, label: str, hint: str = _BODY_HINT) -> tuple[str, Argument]:
    """Return the JSON text and its value; raises `GrammarError` with a label for the text, and a hint."""
    sent: list[str] = []
    skeleton: list[str] = []
    number = 0
    for piece, inside in json_pieces(text):
        if isinstance(piece, str):
            sent.append(piece)
            skeleton.append(piece)
        else:
            sent.append(json.dumps(text_of(piece.value))[1:-1] if inside else encode(piece.value))
            skeleton.append(f"\x00{number}\x00" if inside else f'"\x01{number}"')
            number += 1
    body = "".join(sent)
    value = _decode(body, label, hint, strict=True)
    # An escape sequence could decode to a mark; then the value is its own code.
    if not number or "\\u000" in text.outline:
        return body, literal(value)
    return body, Argument(value=value, code=_write(_decode("".join(skeleton), label, hint, strict=False), text))


def encode(value: Any) -> str:
    """Return a Python value as JSON; raises `GrammarError` if it has no JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as exc:
        raise GrammarError(f"Cannot encode {{{{...}}}} as JSON: {exc}") from None


def _decode(text: str, label: str, hint: str, *, strict: bool) -> Any:
    try:
        return json.loads(text, strict=strict, parse_constant=_no_constant)
    except json.JSONDecodeError as exc:
        where = f"at line {exc.lineno}, column {exc.colno}"
        raise GrammarError(f"Invalid JSON in {label}: {exc.msg} {where}. {hint}") from None
    except ValueError as exc:
        raise GrammarError(f"Invalid JSON in {label}: {exc}. {hint}") from None
    except RecursionError:
        raise GrammarError(f"Cannot read the JSON in {label}: it is nested too deeply.") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON does not allow {name}")


def _write(value: Any, text: Text) -> Any:
    """Return decoded JSON with the marks replaced by code."""
    if isinstance(value, dict):
        return {_write(key, text): _write(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [_write(item, text) for item in value]
    if isinstance(value, str) and value.startswith(_VALUE):
        return Name(source_of_expression(text.placeholders[int(value[1:])]))
    if isinstance(value, str) and _WITHIN in value:
        pieces = _WITHIN_MARK.split(value)
        return code_of(Text.of(*(text.placeholders[int(one)] if n % 2 else one for n, one in enumerate(pieces))))
    return value
