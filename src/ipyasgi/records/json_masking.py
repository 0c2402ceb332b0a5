"""Secrets of a JSON text masked in place: what is not secret stays byte for byte as it was sent. Pure.

For bodies of any size that are handed on whole: one pass where there is no secret, and no value is ever built, so
numbers, repeated names and broken JSON stay what they are. Short and shown texts are laid out by the views instead.
"""

from __future__ import annotations

from .json_tokens import end_of_value, find_member, member_names
from .redaction import MASK, is_secret


def mask_json_text(text: str, *, show: bool = False) -> str:
    """
    Return JSON text with the values of secret names replaced by the mask; the very text where there is none.

    :param text: JSON, several lines of JSON, or JSON that is cut or broken
    :param show: leave everything as it is
    """
    if show:
        return text
    secret = set(filter(is_secret, member_names(text)))
    if not secret:
        return text
    parts: list[str] = []
    done = position = 0
    while (member := find_member(text, position)) is not None:
        name, position = member
        if name in secret:
            parts += [text[done:position].rstrip(), f' "{MASK}"']
            done = position = end_of_value(text, position)
    return "".join([*parts, text[done:]])
