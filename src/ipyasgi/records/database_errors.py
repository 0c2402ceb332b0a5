"""Finds the values that errors of databases repeat: those of rows, of unique keys, and of statements' parameters. Pure.

The names of the columns decide, as they do for a statement. Each search takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..lazy_pattern import lazy_pattern

Found = tuple[int, int, str]
"""Where a secret begins and ends, and the name of its column; empty if the text does not name it."""

# PostgreSQL: Key (email, password)=(a@b.c, hunter2) already exists.
_KEY = lazy_pattern(r"\(([^()\n]{1,200})\)=\(([^\n]{1,500})\)")
# PostgreSQL: Failing row contains (1, hunter2, null).
_ROW = lazy_pattern(r"Failing row contains \(([^\n]{1,2000})\)")
# MySQL: Duplicate entry 'hunter2' for key 'account.password'
_ENTRY = lazy_pattern(r"Duplicate entry '([^\n]{1,500}?)' for key '([^'\n]{1,200})'")
# asyncpg: invalid input for query argument $1: 'hunter2' ('str' object cannot be interpreted as an integer)
_ARGUMENT = lazy_pattern(r"query argument \$\d{1,5}: ([^\n]{1,500}?) \(")
_STATEMENT, _PARAMETERS, _END = "[SQL: ", "]\n[parameters: ", "]\n"  # of SQLAlchemy
_STRING = lazy_pattern(r"'[^']*'?")
_WORD = lazy_pattern(r"[^\W\d]\w*")
_SIGNS = (")=(", "Failing row", "Duplicate entry", _STATEMENT)
_SELECT = lazy_pattern(r"\s*select\b", re.IGNORECASE)
_FROM = lazy_pattern(r"\bfrom\b", re.IGNORECASE)


def find_database_values(text: str, is_secret: Callable[[str], bool]) -> Iterator[Found]:
    """
    Yield the secret values in the error of a database, in no order; they may overlap.

    :param is_secret: whether a column of this name is secret
    """
    if not any(sign in text for sign in _SIGNS):
        return
    for match in _KEY.finditer(text):
        if name := _secret_name(match[1], is_secret):
            yield *match.span(2), name
    for match in _ROW.finditer(text):
        yield *match.span(1), ""
    for match in _ENTRY.finditer(text):
        if name := _secret_name(match[2], is_secret):
            yield *match.span(1), name
    if _STATEMENT in text:
        yield from _values_of_statement(text, is_secret)


def _values_of_statement(text: str, is_secret: Callable[[str], bool]) -> Iterator[Found]:
    """Yield the positional parameters of statements that name a secret column; others have their names with them."""
    before = end = 0
    while (begin := text.find(_STATEMENT, end)) >= 0:
        middle = text.find(_PARAMETERS, begin)
        if middle < 0:
            return
        first = middle + len(_PARAMETERS)
        end = text.find(_END, first)
        end = len(text) if end < 0 else end
        name = _secret_name(_compared(text[begin + len(_STATEMENT) : middle]), is_secret)
        if name and "{" not in text[first : first + 2]:
            yield first, end - text.endswith("]", first, end), name
            for match in _ARGUMENT.finditer(text, before, begin):
                yield *match.span(1), name
        before = end


def _compared(statement: str) -> str:
    """Return the part of a statement that has values: of a query not the columns that it selects."""
    table = _FROM.search(statement) if _SELECT.match(statement) else None
    return statement[table.start() :] if table is not None else statement


def _secret_name(text: str, is_secret: Callable[[str], bool]) -> str:
    words = dict.fromkeys(_WORD.findall(_STRING.sub("", text)))
    return next((word for word in words if is_secret(word)), "")
