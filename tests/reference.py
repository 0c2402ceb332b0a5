"""
Writes what `.github/REFERENCE.md` says of the code: subcommands, options, settings, the attributes of classes.

    python tests/reference.py

`tests/test_readme.py` fails where that page differs from the code. What is outside the two marks is written by hand.
"""

import inspect
import re
from collections.abc import Iterable
from pathlib import Path

from ipyasgi import AsyncTestClient, Exchange, Exchanges, Explorer, History, TestClient
from ipyasgi.magic.commands import SEND
from ipyasgi.magic.configuration import values_of
from ipyasgi.magic.grammar import ANYWHERE, OPTIONS
from ipyasgi.notebook.magics import COMMANDS
from ipyasgi.records.settings import SETTINGS, Settings

REFERENCE = Path(__file__).parents[1] / ".github" / "REFERENCE.md"
CLASSES = (Explorer, Exchange, Exchanges, History, TestClient, AsyncTestClient)
BEGIN = "<!-- Written by tests/reference.py: change the code, then run it. -->\n"
END = "<!-- Here ends what tests/reference.py writes. -->\n"


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _code(text: str) -> str:
    return f"`{text}`"


def _options(names: Iterable[str]) -> str:
    return ", ".join(_code(f"--{name}") for name in names)


def _commands() -> list[str]:
    lines = [_row("line", "what it does", "options"), "|---|---|---|", _row(_code("%asgi app"), "attach an app", "")]
    for command in (SEND, *COMMANDS.values()):
        line = f"%asgi {command.name} {command.usage}".strip()
        lines.append(_row(_code(line), command.description, _options(command.options)))
    return lines


def _every_option() -> list[str]:
    rows = [_row(_code(option.usage), option.description) for option in OPTIONS.values()]
    note = f"On every line: {_options(ANYWHERE)}."
    return [note, "", _row("option", "what it does"), "|---|---|", *rows]


def _settings() -> list[str]:
    defaults = values_of(Settings())
    lines = [_row("setting", "in Python", "default", "give", "what it says"), "|---|---|---|---|---|"]
    for name, setting in SETTINGS.items():
        default = str(defaults[name]).lower()
        lines.append(_row(_code(name), _code(setting.field), default, setting.expects, setting.help))
    return lines


def split(text: str) -> tuple[str, str, str]:
    """Return the page before the first mark, what stands between the two, and what comes after the second."""
    before, begin, rest = text.partition(BEGIN)
    found, end, after = rest.partition(END)
    assert begin, f"the page has no line {BEGIN!r}"
    assert end, f"the page has no line {END!r}"
    return before, found, after


_CLASSES = """\
## The classes

Every public attribute of the six classes that you meet most, a line each. In Python and in a notebook a question mark
shows the whole docstring, with the parameters and what is raised: `explorer.replay?`."""

# httpx says nothing of these, or nothing that is true of a client without a network.
_HTTPX: dict[str, str] = {
    "event_hooks": "Functions to call with each request and each response: `{'request': [...], 'response': [...]}`.",
    "follow_redirects": "Whether redirects are followed.",
    "is_closed": "Whether `close` or `aclose` was called.",
    "max_redirects": "How many redirects one call may follow.",
    "query": "Send a `QUERY` request; with httpx2 only.",
    "sse": "Connect to a stream of server-sent events and yield an `EventSource`; with httpx2 only.",
    "stream": "Send a request and read the response's body in chunks, inside `with` or `async with`.",
    "timeout": "The longest gap between two messages of the app, as an `httpx.Timeout`; None in it means no limit.",
    "trust_env": "As in httpx; a proxy is never used.",
}
_IVAR = re.compile(r"^:ivar (\w+): (.+(?:\n +.+)*)", re.MULTILINE)


def _first_paragraph(docstring: str) -> str:
    text = " ".join(docstring.partition("\n\n")[0].split()).replace("``", "`")
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", ":")) else ".")


def _documented(kind: type) -> dict[str, str]:
    """Return the ``:ivar`` lines of a class and of its bases; the nearest class has the last word."""
    return {
        name: _first_paragraph(line)
        for one in reversed(kind.__mro__)
        for name, line in _IVAR.findall(inspect.cleandoc(vars(one).get("__doc__") or ""))
    }


def _arguments(function: object) -> str:
    """Return the names of a method's arguments, with ``*`` before those that are given by name."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    plain = [
        one.replace(
            kind=one.POSITIONAL_OR_KEYWORD if one.kind is one.POSITIONAL_ONLY else one.kind,
            annotation=one.empty,
            default=one.empty,
        )
        for one in signature.parameters.values()
        if one.name != "self"
    ]
    return str(signature.replace(parameters=plain, return_annotation=signature.empty))


def members(kind: type) -> dict[str, tuple[str, str]]:
    """Return each public attribute of a class's values as it is written, and the line that says what it is."""
    lines = _documented(kind)
    from_httpx = {
        name: line for name, line in _HTTPX.items() if any(one.__module__.startswith("httpx") for one in kind.__mro__)
    }
    found = {}
    for name in sorted({name for name in dir(kind) if not name.startswith("_")} | {*lines, *from_httpx}):
        member = inspect.getattr_static(kind, name, None)
        is_method = inspect.isroutine(member)
        docstring = (inspect.getdoc(member) or "") if is_method or isinstance(member, property) else ""
        line = from_httpx.get(name) or lines.get(name) or _first_paragraph(docstring)
        found[name] = (name + _arguments(getattr(kind, name)) if is_method else name, line)
    return found


def reference() -> str:
    """Return what stands between the two marks."""
    parts = [
        "## The magic",
        "\n".join(["### Subcommands", "", *_commands()]),
        "\n".join(["### Options", "", *_every_option()]),
        "\n".join(["### Settings", "", *_settings()]),
        _CLASSES,
        *map(_class, CLASSES),
    ]
    return "\n" + "\n\n".join(parts) + "\n\n"


def _class(kind: type) -> str:
    rows = [_row(_code(written), line) for written, line in members(kind).values()]
    summary = _first_paragraph(inspect.getdoc(kind) or "")
    lines = [f"### {kind.__name__}", "", f"`from ipyasgi import {kind.__name__}`. {summary}", ""]
    return "\n".join([*lines, _row("attribute", "what it is or does"), "|---|---|", *rows])


if __name__ == "__main__":
    first, _, last = split(REFERENCE.read_text(encoding="utf-8"))
    REFERENCE.write_text(first + BEGIN + reference() + END + last, encoding="utf-8")
