"""Secrets of a JSON text masked in place: what is not secret stays byte for byte as it was sent. Pure.

For bodies of any size that are handed on whole: one pass where there is no secret, and no value is ever built, so
numbers, repeated names and broken JSON stay what they are. Short and shown texts are laid out by the views instead.
"""

from __future__ import annotations

import json
import re

from .redaction import MASK, end_of_value, is_secret

_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?', re.DOTALL)
"""A whole string, so that a quote inside one is never taken for the beginning of another; with a colon it is a name."""
_NAME = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"\s*+:|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
"""The same strings, of which only names are kept: finding them is most of the work, and this takes half the time."""


def mask_json_text(text: str, *, show: bool = False) -> str:
    """
    Return JSON text with the values of secret names replaced by the mask; the very text where there is none.

    :param text: JSON, several lines of JSON, or JSON that is cut or broken
    :param show: leave everything as it is
    """
    if show:
        return text
    secret = {name for name in set(_NAME.findall(text)) if is_secret(_decoded(name))}
    if not secret:
        return text
    parts: list[str] = []
    done = position = 0
    while (found := _STRING.search(text, position)) is not None:
        position = found.end()
        if found[2] and found[1] in secret:
            parts += [text[done:position], f' "{MASK}"']
            done = position = end_of_value(text, position)
    return "".join([*parts, text[done:]])


def _decoded(name: str) -> str:
    if "\\" not in name:
        return name
    try:
        return str(json.loads(f'"{name}"', strict=False))
    except ValueError:
        return name
