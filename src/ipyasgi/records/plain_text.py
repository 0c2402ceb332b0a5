"""Secrets in text that no parser reads: ``token=abc``, ``Password: abc``, ``<token>abc</token>``, users in URLs. Pure.

Judged by names, as everywhere; a sentence about a password is left alone, one word after it is not.
"""

from __future__ import annotations

import re

from .redaction import MASK, is_secret, mask_headers, mask_text

_NAME = r"[A-Za-z][\w.-]{0,63}"
_ASSIGNED = re.compile(rf"""(?<![\w.-])({_NAME})([ \t]?=[ \t]?)(?!=)("[^"\n]*"?|'[^'\n]*'?|[^\s&;,"'<>()\[\]{{}}]+)""")
_LINE = re.compile(
    rf"^([ \t]*(?:[-*>#][ \t])?)({_NAME}(?: [\w.-]{{1,32}}){{0,3}})([ \t]*:[ \t]+)([^\n]+)", re.MULTILINE
)
_ONE_WORD = re.compile(r"(?:(?:basic|bearer|digest|negotiate|token|apikey)[ \t]+)?\S+\s*", re.IGNORECASE)
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
_ELEMENT = re.compile(r"<([A-Za-z][\w:.-]{0,63})([^<>]{0,200})>([^<]+)(?=</\1\s*>)")
_INPUT = re.compile(r"<input\b[^<>]{0,1000}", re.IGNORECASE)
_FIELD_NAME = re.compile(r"""\bname\s*=\s*["']?([\w.\[\]-]{1,64})""", re.IGNORECASE)
_FIELD_VALUE = re.compile(r"""(\bvalue\s*=\s*)("[^"]*"?|'[^']*'?|[^\s>]+)""", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#@\s<>\"'();,{}]{1,200}(?=@)")


def mask_plain_text(text: str, *, show: bool = False) -> str:
    """Return text with what looks like the value of a secret masked, JSON and Python in it included."""
    if show:
        return text
    text = mask_text(text)
    text = _INPUT.sub(_mask_input, text)
    text = _ASSIGNED.sub(_mask_assigned, text)
    text = _LINE.sub(_mask_line, text)
    text = _ELEMENT.sub(_mask_element, text)
    return _USER.sub(MASK, text)


def _mask_assigned(match: re.Match[str]) -> str:
    if not is_secret(match[1]):
        return match[0]
    quote = match[3][0] if match[3][0] in "\"'" else ""
    return f"{match[1]}{match[2]}{quote}{MASK}{quote}"


def _mask_line(match: re.Match[str]) -> str:
    start, name, colon, value = match.groups()
    if name.lower() in _HEADERS:
        ((_, masked),) = mask_headers([(name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))])
        return f"{start}{name}{colon}{masked}"
    if is_secret(name) and _ONE_WORD.fullmatch(value):
        return f"{start}{name}{colon}{MASK}"
    return match[0]


def _mask_element(match: re.Match[str]) -> str:
    return f"<{match[1]}{match[2]}>{MASK}" if is_secret(match[1]) and match[3].strip() else match[0]


def _mask_input(match: re.Match[str]) -> str:
    name = _FIELD_NAME.search(match[0])
    if name is None or not is_secret(name[1]):
        return match[0]
    return _FIELD_VALUE.sub(rf'\1"{MASK}"', match[0])
