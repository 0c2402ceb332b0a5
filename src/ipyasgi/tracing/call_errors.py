"""The text of an exception that ended a call: databases repeat values in it, secret ones too. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..records.redaction import Redactor
from ..records.secret_rules import MASK
from .statements import MOST_CHARS, Parameters, mask_parameters

_STRING = re.compile(r"'([^']*)'?")
_NUMBER = re.compile(r"\b\d{3,}\b")
_SHORT, _LONG = 4, 40
_MOST_VALUES = 50


def mask_error(error: str, statement: str, parameters: Parameters, redactor: Redactor) -> str:
    """Return the text of an error, in which the values are masked that its statement and parameters have masked."""
    if not error or redactor.show:
        return error
    values = sorted({*_secret_values(statement, parameters, redactor)}, key=len, reverse=True)
    for value in values[:_MOST_VALUES]:
        if len(value) > _LONG:  # the text may have more of it than the picture
            error = re.sub(re.escape(value[:_LONG]) + r"[^\n]*", MASK, error)
        elif len(value) < _SHORT:
            error = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, error)
        else:
            error = error.replace(value, MASK)
    return redactor.text(error)


def _secret_values(statement: str, parameters: Parameters, redactor: Redactor) -> Iterator[str]:
    """Yield the values that are masked, as the app and as Python write them."""
    for pair in parameters:
        if mask_parameters(statement, (pair,), redactor).endswith(MASK):
            yield from _spellings(pair[1])
    if mask_parameters(statement, (("", "any value"),), redactor) == MASK:
        text = statement[:MOST_CHARS]
        yield from filter(None, _STRING.findall(text))
        yield from _NUMBER.findall(_STRING.sub("", text))


def _spellings(value: str) -> Iterator[str]:
    bare = value.strip("'\"") if value[:1] in ("'", '"') else value
    if bare and bare != MASK:
        yield bare
    try:
        meant = ast.literal_eval(value)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    if type(meant) is str and meant:
        yield meant
