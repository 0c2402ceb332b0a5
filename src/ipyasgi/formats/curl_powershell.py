"""
cURL commands for PowerShell on Windows: `render_curl_powershell`. Pure.

The text is the same for Windows PowerShell 5.1 and PowerShell 7, and it is ASCII, because 5.1 reads a script without a
byte order mark in the system's code page. In an argument 5.1 removes quotation marks, and curl.exe gets characters
beyond ASCII in that code page. What has one of these is written to a temporary file, which curl reads.

Sources: about_Quoting_Rules, about_Parsing and `$PSNativeCommandArgumentPassing` in PowerShell's documentation.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator

from ..protocol.errors import RequestError
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.template import Placeholder, Template
from .curl_call import CurlCall, Option, build_call, split_form
from .exported import LOCAL_URL
from .placeholders import Text, hide_secrets

_ABOUT_FILES = "# curl reads from a file what Windows PowerShell 5.1 changes in an argument, such as quotation marks"
_NOTHING: Text = Template()
_MOST_CHARS = 8_000  # of a value in the command; Windows limits a whole command to 32,767
_ARGUMENT = re.compile(r"[ !#-~]*")
_BARE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./:-]*")
_EXPANDABLE = re.compile(r"[ !#%-_a-~]*")
_PRINTABLE = re.compile(r"[ -~]*")
_ESCAPES = {"\n": "`n", "\r": "`r", "\t": "`t", "`": "``", "$": "`$", '"': '`"'}
_TO_ESCAPE = re.compile(r"[^ !#%-_a-~]")
_OF_CONFIG = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def render_curl_powershell(
    specs: Iterable[RequestSpec],
    *,
    base_url: str = LOCAL_URL,
    follow_redirects: bool = False,
    redactor: Redactor = Redactor(),
) -> str:
    """
    Return the commands for each request.

    A secret becomes ``$env:NAME``, a variable to set first. The files of an upload are read from the working directory,
    and a comment names them.

    :param base_url: the server, for requests whose spec has only a path
    Raises `RequestError` for a NUL character outside the body.
    """
    hidden, _ = hide_secrets(specs, redactor)
    calls = (build_call(one, base_url=base_url, follow_redirects=follow_redirects) for one in hidden)
    text = "\n\n".join("\n".join(_render(call)) for call in calls)
    return f"{_ABOUT_FILES}\n{text}" if "(New-TemporaryFile)" in text else text


def _render(call: CurlCall) -> Iterator[str]:
    """Yield the lines of the commands for a request."""
    head: list[Option] = [*call.switches, ("--url", _without_quotes(call.url))]
    options, content = list(call.options), _NOTHING
    if call.body and call.is_form and call.body.placeholders:
        options += split_form(call.body)
    elif call.body and _is_argument(call.body):
        options.append(("--data-raw", call.body))
    else:
        content = call.body
    read = [option for option in head if not _is_passed(option)]
    if not all(map(_is_passed, options)):
        read, options = [*read, *options], []  # all of them, because their order counts
    config = Template.of(*(_config_line(*option) for option in read))

    yield from (f"# {note}" for note in call.notes)
    files = [(name, text) for name, text in (("$options", config), ("$body", content)) if text]
    for name, text in files:
        yield f"{name} = (New-TemporaryFile).FullName"
        yield _write(name, text)
    first = ["curl.exe", *(["--config $options"] if config else []), *map(_option, filter(_is_passed, head))]
    lines = [" ".join(first), *map(_option, options), *(['--data-binary "@$body"'] if content else [])]
    yield " `\n  ".join(lines)
    if files:
        yield f"Remove-Item {', '.join(name for name, _ in files)}"


def _option(option: Option) -> str:
    name, value = option
    if value is None:
        return name
    return _word(value) if name == "--url" else f"{name} {_word(value)}"


def _without_quotes(url: Text) -> Text:
    return url.map_text(lambda text: text.replace('"', "%22"))  # which httpx sends as well


def _is_passed(option: Option) -> bool:
    return option[1] is None or _is_argument(option[1])


def _is_argument(value: Text) -> bool:
    """
    Return whether every PowerShell passes a value as it is.

    5.1 drops an empty value. It puts one with blanks in quotation marks, the last of which a backslash would escape.
    """
    texts = [piece for piece in value.pieces if isinstance(piece, str)]
    outline = value.outline
    if outline in ("", "--%") or len(outline) > _MOST_CHARS or (" " in outline and outline.endswith("\\")):
        return False
    return all(map(_ARGUMENT.fullmatch, texts))


def _word(value: Text) -> str:
    """Return a value as one argument."""
    texts = [piece for piece in value.pieces if isinstance(piece, str)]
    if not value.placeholders:
        text = value.outline
        if "'" in text:  # not doubled, because other shells, and our own reader, read two as none
            return _expandable(text)
        return text if _BARE.fullmatch(text) else _literal(text)
    if all(map(_EXPANDABLE.fullmatch, texts)):
        return (
            '"'
            + re.sub(r"\$\{(env:\w+)\}(?=[\"; &,/]|\Z)", r"$\1", value.render(lambda one: f"${{env:{one.name}}}"))
            + '"'
        )
    return f"({_expression(value, _variable)})"


def _variable(one: Placeholder) -> str:
    return f"$env:{one.name}"


def _expression(value: Text, variable: Callable[[Placeholder], str]) -> str:
    return " + ".join(_literal(piece) if isinstance(piece, str) else variable(piece) for piece in value.pieces)


def _literal(text: str) -> str:
    """Return a string as PowerShell writes it, in ASCII and in one line."""
    if _PRINTABLE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return _expandable(text)


def _expandable(text: str) -> str:
    return '"' + _TO_ESCAPE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _ESCAPES:
        return _ESCAPES[char]
    units = char.encode("utf-16-be")
    return "".join(f"$([char]0x{units[at : at + 2].hex().upper()})" for at in range(0, len(units), 2))


# -- files ---------------------------------------------------------------------------------------------------


def _config_line(name: str, value: Text | None) -> Text:
    """Return an option as a line of a file for ``--config``; raises `RequestError`."""
    if value is None:
        return Template.of(f"{name}\n")
    if "\x00" in "".join(piece for piece in value.pieces if isinstance(piece, str)):
        raise RequestError(f"{name} has a NUL character, which curl cannot be given. Export it as httpx")
    return Template.of(f'{name} "', value.map_text(lambda text: text.translate(_OF_CONFIG)), '"\n')


def _write(name: str, content: Text) -> str:
    """Return the command that writes a file, as UTF-8 or from bytes in base64."""
    variable = _variable if name == "$body" else _escaped_variable
    if all(_is_readable(piece) for piece in content.pieces if isinstance(piece, str)):
        return f"[IO.File]::WriteAllText({name}, {_expression(content, variable)})"
    parts = " + ".join(
        f"[Convert]::FromBase64String('{b64encode(piece.encode('utf-8', 'surrogateescape')).decode()}')"
        if isinstance(piece, str)
        else f"[Text.Encoding]::UTF8.GetBytes({variable(piece)})"
        for piece in content.pieces
    )
    return f"[IO.File]::WriteAllBytes({name}, {parts})"


def _escaped_variable(one: Placeholder) -> str:
    return f"($env:{one.name} -replace '([\\\\\"])', '\\$1')"


def _is_readable(text: str) -> bool:
    """Return whether a person can still read a string when its characters beyond ASCII are escaped."""
    rare = sum(not char.isascii() for char in text)
    plain = text.translate({ord(char): None for char in "\n\r\t"})
    return plain.isprintable() and rare * 5 <= len(text)
