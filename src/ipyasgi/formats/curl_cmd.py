"""
cURL commands for the prompt of Windows' cmd.exe: `render_curl_cmd`. Pure.

cmd.exe reads a line first: it replaces ``%NAME%``, and outside quotation marks a caret escapes the next character. Then
curl.exe splits the line into words; there a backslash escapes a quotation mark. An argument has no line ends, and gets
characters beyond ASCII in the system's code page: a body with either has to be in a file.

Sources: "Parsing C command-line arguments" of Microsoft's C documentation, and ``help cmd`` and ``help set``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..protocol.errors import RequestError
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.template import Placeholder, Template
from ..shown import visible
from .curl_call import CurlCall, Option, build_call, split_form
from .exported import LOCAL_URL
from .placeholders import Text, hide_secrets

_MOST_SHOWN = 40
_MOST_CHARS = 7_000  # of a body in the command; cmd.exe limits a line to 8,191
_IN_BATCH = "rem In a batch file, write ^%% for each ^%"
_ARGUMENT = re.compile(r"[ -~]*")
_BARE = re.compile(r"[A-Za-z0-9_./:-]+")
_QUOTABLE = re.compile(r"[ !#$&-~]*")
_SIGN = re.compile(r'(%)(?=[^"&|<>()^%])|[%"&|<>()^]')
_NOT_IN_COMMENT = re.compile(r"[^\w .,:;()/+=\[\]'-]+")


def render_curl_cmd(
    specs: Iterable[RequestSpec],
    *,
    base_url: str = LOCAL_URL,
    follow_redirects: bool = False,
    redactor: Redactor = Redactor(),
    names: Sequence[str] = (),
) -> str:
    """
    Return a command for each request.

    A secret becomes ``%NAME%``, a variable to set first. A comment names the files that the commands read: those of an
    upload, and those for bodies that cmd.exe cannot pass.

    :param base_url: the server, for requests whose spec has only a path
    :param names: of the exchanges, which begin the names of such files
    Raises `RequestError` for anything else that cmd.exe cannot pass.
    """
    hidden, _ = hide_secrets(specs, redactor)
    parts = []
    for number, request in enumerate(hidden):
        call = build_call(request, base_url=base_url, follow_redirects=follow_redirects)
        parts.append("\n".join(_render(call, names[number] if names else "")))
    text = "\n\n".join(parts)
    return f"{_IN_BATCH}\n{text}" if "^%" in text else text


def _render(call: CurlCall, name: str) -> Iterator[str]:
    """Yield the lines of the command for a request, comments first."""
    options, notes = list(call.options), list(call.notes)
    if call.body and call.is_form and call.body.placeholders:
        options += split_form(call.body)
    elif call.body and _is_argument(call.body):
        options.append(("--data-raw", call.body))
    elif call.body:
        file = f"{name}-body.bin" if name else "body.bin"
        content = f"explorer.history['{name}'].spec.body" if name else "its bytes"
        why = (
            "it is too long" if len(call.body.outline) > _MOST_CHARS else "it has line ends or characters beyond ASCII"
        )
        notes.append(
            f"cmd.exe cannot pass this body, {call.body_bytes:,} bytes: {why}. Write {content} to {file} first"
        )
        options.append(("--data-binary", Template.of(f"@{file}")))
    url = call.url.map_text(lambda text: text.replace('"', "%22"))  # which httpx sends as well
    every: list[Option] = [*call.switches, ("--url", url), *options]
    unsafe: dict[str, None] = {}
    for option, value in every:
        if value is not None and not _is_argument(value):
            text = visible(value.outline[:_MOST_SHOWN])
            raise RequestError(
                f"cmd.exe cannot pass {option} {text}: it has line ends or characters beyond ASCII. "
                "Export it as curl-powershell"
            )
        if value is not None and not _is_quotable(value):
            unsafe |= dict.fromkeys(one.name for one in value.placeholders)
    if unsafe:
        notes.append(f"Write a caret before each sign that cmd.exe reads, such as an ampersand, in {', '.join(unsafe)}")
    yield from (f"rem {_NOT_IN_COMMENT.sub(' ', note)}" for note in notes)
    first = ["curl", *map(_option, call.switches), _word(url)]
    yield " ^\n  ".join([" ".join(first), *map(_option, options)])


def _option(option: Option) -> str:
    name, value = option
    return name if value is None else f"{name} {_word(value)}"


def _is_argument(value: Text) -> bool:
    texts = [piece for piece in value.pieces if isinstance(piece, str)]
    return len(value.outline) <= _MOST_CHARS and all(map(_ARGUMENT.fullmatch, texts))


def _is_quotable(value: Text) -> bool:
    """Return whether quotation marks are enough, within which cmd.exe reads only another one and a percent sign."""
    return all(_QUOTABLE.fullmatch(piece) for piece in value.pieces if isinstance(piece, str))


def _word(value: Text) -> str:
    """Return a value as one argument."""
    if not value.placeholders and _BARE.fullmatch(value.outline):
        return value.outline
    if _is_quotable(value):
        text = value.render(_variable)
        return f'"{text}{_slashes_at_end(text)}"'
    text = value.render(_variable, _escape)
    return f'^"{text}{_slashes_at_end(text)}^"'


def _variable(one: Placeholder) -> str:
    return f"%{one.name}%"


def _slashes_at_end(text: str) -> str:
    return "\\" * (len(text) - len(text.rstrip("\\")))


def _escape(text: str) -> str:
    """
    Return a part of an argument between ``^"``.

    A caret after a percent sign keeps what follows from being the name of a variable.
    """
    for_curl = re.sub(r'(\\*)"', r'\1\1\\"', text)
    return _SIGN.sub(lambda sign: "^%^" if sign[1] else f"^{sign[0]}", for_curl)
