"""SQL statements and their parameters as text: which parts are secret, and what two statements have in common. Pure.

A parameter has no name of its own, so the names of the columns decide: if one of them is secret, all values of the
statement are masked. Each function takes time linear in the statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from ..records.contents import try_plain
from ..records.redaction import Redactor
from ..records.secret_rules import MASK
from ..records.state import take_brief_picture

MOST_CHARS = 4_000
_PARAMETERS = 12
_VALUE_CHARS = 80

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d]\w*")
_STRING = re.compile(r"'[^']*'?")
_NUMBER = re.compile(r"(?<![\w$.:])\d+(?:\.\d+)?")
_COMPARED = re.compile(r"""(?<=[=<>(,])\s?"[^"]*"(?!\s?\.)""")  # MySQL's strings; other databases name columns so
_LIST = re.compile(r"\((?:\s?+(?:\?|%s|[:$@]\w++|%\(\w++\)s)\s?+,?+)++\)")
_WITHOUT_COLUMNS = re.compile(r"\s*(?:insert|replace)\b[^(]*\bvalues\b", re.IGNORECASE)
_READS = re.compile(r"\s*+\(*+\s*+(?:select|with)\b", re.IGNORECASE)
_SELECTED = re.compile(r"\s*select\b", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_URL_NUMBER = re.compile(r"(?<=[/=_-])(?:\d+|[0-9a-fA-F]{8}-?[0-9a-fA-F-]{4,28})(?=[/&?_.-]|$)")

Parameters = tuple[tuple[str, str], ...]
"""Pairs of a name, mostly empty, and the text of a value."""


def flat(statement: str) -> str:
    """Return a statement on one line, cut."""
    return _SPACE.sub(" ", statement[:MOST_CHARS]).strip()


def reads(statement: str) -> bool:
    """Return whether a statement only reads: it is a ``SELECT``."""
    return _READS.match(statement[:MOST_CHARS]) is not None


def uses_table(statement: str) -> bool:
    """Return whether a statement reads rows; ``SELECT 1`` only checks the connection."""
    return _FROM.search(statement[:MOST_CHARS]) is not None


def shape_of(statement: str) -> str:
    """Return a statement with ``?`` for its literals, and without the number of parameters in a list."""
    return _LIST.sub("(?)", _NUMBER.sub("?", _STRING.sub("?", flat(statement))))


def shape_of_url(url: str) -> str:
    """Return a URL with ``?`` for numbers and identifiers in its path and query."""
    return _URL_NUMBER.sub("?", url[:MOST_CHARS])


def picture_parameters(parameters: Any, *, many: bool = False) -> Parameters:
    """Return the values of a statement as short texts, unmasked; of an ``executemany`` those of the first set."""
    kind = type(parameters)
    if parameters is None:
        return ()
    if many and kind in (list, tuple) and parameters:
        first, count = parameters[0], len(parameters)
        return (*picture_parameters(first), ("", f"… {count} sets in all")) if count > 1 else picture_parameters(first)
    if kind is tuple or kind is list:
        texts = tuple([("", _text_of(value)) for value in parameters[:_PARAMETERS]])
        return texts if len(parameters) <= _PARAMETERS else (*texts, ("", f"… {len(parameters) - _PARAMETERS} more"))
    if kind is dict or isinstance(parameters, Mapping):
        pairs = [(str(name)[:_VALUE_CHARS], value) for name, value in islice(parameters.items(), _PARAMETERS)]
    elif isinstance(parameters, (list, tuple)):
        pairs = [("", value) for value in parameters[:_PARAMETERS]]
    else:
        return (("", _text_of(parameters)),)
    texts = tuple([(name, _text_of(value)) for name, value in pairs])
    left_out = len(parameters) - len(pairs)
    return (*texts, ("", f"… {left_out} more")) if left_out > 0 else texts


def _text_of(value: Any) -> str:
    plain = try_plain(value)
    return (plain[0] if plain is not None else take_brief_picture(value).text)[:_VALUE_CHARS]


def mask_statement(statement: str, redactor: Redactor) -> str:
    """Return a statement on one line, its secret literals masked."""
    text, secret = flat(statement), names_secret(statement, redactor)
    if secret:
        text = _COMPARED.sub(f"'{MASK}'", text)
        text = _NUMBER.sub(MASK, _STRING.sub(f"'{MASK}'", text))
    else:
        text = _STRING.sub(lambda found: redactor.text(found[0]), text)
    return text if len(statement) <= MOST_CHARS else text + " …"


def mask_parameters(statement: str, parameters: Parameters, redactor: Redactor) -> str:
    """Return the values of a statement as one text, secret ones masked: ``id=3, name='Miso'``."""
    return mask_values(parameters, redactor, secret=names_secret(statement, redactor))


def mask_values(parameters: Parameters, redactor: Redactor, *, secret: bool) -> str:
    """
    Return values as one text, as `mask_parameters` does.

    :param secret: whether all are, because their statement names something secret
    """
    texts = []
    for name, value in parameters:
        is_remark = value.startswith("…")
        hide = not is_remark and (secret or redactor.is_secret_value(name, value, "body"))
        shown = MASK if hide else redactor.text(value)
        texts.append(f"{name}={shown}" if name else shown)
    return ", ".join(texts)


def names_secret(statement: str, redactor: Redactor) -> bool:
    """
    Return whether a statement uses a secret column with a value; those that it only selects do not count.

    An ``INSERT`` that does not name its columns may.
    """
    text = statement[:MOST_CHARS]
    if _WITHOUT_COLUMNS.match(text):
        return not redactor.show
    if _SELECTED.match(text) and (table := _FROM.search(text)) is not None:
        text = text[table.start() :]
    return any(redactor.is_secret(word, "body") for word in set(_WORD.findall(_STRING.sub("''", text))))
