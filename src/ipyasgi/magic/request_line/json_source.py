"""JSON with Python values in it: the text that is sent, the value it is, and the Python that writes it. Pure.

A value outside a JSON string is encoded as JSON; inside one its text is escaped, without quotes of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from ...records.redaction import Redactor
from ..python_call import Argument, dict_of, from_environment, join, list_of, literal, source_of_expression
from ..tokenizer import Expression, GrammarError, Template, text_of

_BODY_HINT = "for another kind of body give a Content-Type header"
# In the skeleton, which is decoded to be written as Python: an expression within a string, and one that is a value.
_WITHIN, _VALUE = "\x00", "\x01"
_WITHIN_MARK = re.compile("\x00(\\d+)\x00")


def read_json(text: Template, what: str, hint: str = _BODY_HINT, *, redactor: Redactor) -> tuple[str, Argument]:
    """
    Return the JSON text that is sent, and its value.

    :param what: what it is called in an error
    :param hint: what an error says to do instead
    :param redactor: says which values are not written into the source
    Raises `GrammarError` for what is not JSON.
    """
    sent: list[str] = []
    skeleton: list[str] = []
    for piece, inside in _pieces(text):
        if isinstance(piece, str):
            sent.append(piece)
            skeleton.append(piece)
        else:
            number = text.expressions.index(piece)
            sent.append(json.dumps(text_of(piece.value))[1:-1] if inside else encode(piece.value))
            skeleton.append(f"\x00{number}\x00" if inside else f'"\x01{number}"')
    body = "".join(sent)
    value = _decode(body, what, hint, strict=True)
    # An escape could spell the marks; then nothing is known about the source but the text.
    marks_are_ours = "\\u000" not in text.marked
    source = (
        _write(_decode("".join(skeleton), what, hint, strict=False), text, redactor)
        if marks_are_ours
        else literal(value)
    )
    return body, Argument(value=value, source=source.source, imports=source.imports)


def encode(value: Any) -> str:
    """Return a Python value as JSON; raises `GrammarError` where there is none."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as exc:
        raise GrammarError(f"{{{{...}}}} in JSON must be JSON: {exc}") from None


def _pieces(text: Template) -> Iterator[tuple[str | Expression, bool]]:
    """Yield texts and values, and whether each value stands inside a JSON string."""
    inside = False
    for piece in text.pieces():
        yield piece, inside
        if isinstance(piece, str):
            for quote in re.findall(r'\\.|"', piece, re.DOTALL):
                inside ^= quote == '"'


def _decode(text: str, what: str, hint: str, *, strict: bool) -> Any:
    try:
        return json.loads(text, strict=strict, parse_constant=_no_constant)
    except json.JSONDecodeError as exc:
        where = f" at line {exc.lineno}, column {exc.colno}"
        raise GrammarError(f"{what} is not JSON: {exc.msg}{where}; {hint}") from None
    except ValueError as exc:
        raise GrammarError(f"{what} is not JSON: {exc}; {hint}") from None
    except RecursionError:
        raise GrammarError(f"{what} is not JSON that can be read: it is nested too deeply") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"there is no {name} in JSON")


def _write(value: Any, text: Template, redactor: Redactor, name: str = "") -> Argument:
    if isinstance(value, dict):
        return dict_of(
            [(_write(key, text, redactor), _write(item, text, redactor, key)) for key, item in value.items()]
        )
    if isinstance(value, list):
        return list_of([_write(item, text, redactor, name) for item in value])
    if isinstance(value, str) and value.startswith(_VALUE):
        embedded = text.expressions[int(value[1:])]
        return Argument(value=None, source=source_of_expression(embedded))
    if isinstance(value, str) and _WITHIN in value:
        return join(list(_strings(value, text)))
    return from_environment(name, value) if redactor.is_secret(name, "body") else literal(value)


def _strings(value: str, text: Template) -> Iterator[Argument]:
    for number, piece in enumerate(_WITHIN_MARK.split(value)):
        if number % 2:
            yield Argument(value="", source=f"str({source_of_expression(text.expressions[int(piece)])})")
        elif piece:
            yield literal(piece)
