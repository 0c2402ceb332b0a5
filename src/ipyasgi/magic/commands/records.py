"""Subcommands about recorded exchanges: history, show, replay, recheck, diff, export and import."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ...formats import FORMATS, Imported, import_requests, method_of
from ...formats.placeholders import hide_secrets
from ...formats.python_code import build_code
from ...history.exchange import Exchanges
from ...history.history import is_name
from ...views.figures import count_of
from ..attached_apps import AttachedApps
from ..grammar import Line
from ..python_call import Argument, PythonCall, ShownText, coded, imported, literal, read_string, run, send
from ..request_line.item_values import read_file
from ..tokenizer import GrammarError, Token
from .against import read_against, run_against
from .command import command, one_of, run_metered, run_named

_MOST_NOTES = 20


def _run_export(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    if "to" not in line.options:
        return ShownText(run_named(apps, line, python))
    path = Path(line.options["to"].fill())
    try:
        run_named(apps, line, python)
    except (OSError, ValueError) as exc:
        raise GrammarError(f"Cannot write {path.name}: {exc}") from None
    return path.expanduser()


def _run_history(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    count = len(apps.explorer().history)
    found = run(python, apps.explorer())
    if found is None:
        apps.say(f"{count_of(count, 'exchange')} removed from the history")
    return found


@command(
    "history",
    "[FILTER|clear]",
    "list recorded exchanges, or remove all; a filter is for example method:POST status:4xx slow:100ms",
    run=_run_history,
    example="history status:4xx",
)
def _history(explorer: PythonCall, line: Line) -> PythonCall:
    if line.tail() == "clear":
        return explorer.history.clear()
    return explorer.history.filter(line.tail()) if line.words else explorer.history


@command(
    "show",
    "[NAME]",
    "show an exchange (default: the newest)",
    run=run_named,
    example="show r1",
    options=("headers", "show-secrets"),
    most=1,
)
def _show(explorer: PythonCall, line: Line) -> PythonCall:
    (name,) = line.texts() or (-1,)
    exchange = explorer.history[name]
    if "show-secrets" in line.options:
        exchange = exchange.with_secrets()
    return exchange.head() if "headers" in line.options else exchange


@command(
    "replay",
    "[NAME | A-B | FILTER]",
    "resend recorded requests (default: the newest)",
    run=run_metered,
    example="replay r1",
    options=("timeout", "background"),
)
def _replay(explorer: PythonCall, line: Line) -> PythonCall:
    which = [line.tail()] if line.words else [explorer.history[-1]]
    replay = explorer.begin_replay if "background" in line.options else explorer.replay
    return replay(*which, **line.seconds(timeout="timeout"))


@command(
    "recheck",
    "[NAME | A-B | FILTER]",
    "resend recorded requests and report changed responses (default: all)",
    run=run_against,
    example="recheck method:GET",
    options=("against", "timeout", "send-twice", "background"),
)
def _recheck(explorer: PythonCall, line: Line) -> PythonCall:
    which = [line.tail()] if line.words else []
    options = line.seconds(timeout="timeout")
    if "against" in line.options:
        options["against"] = read_against(line)
    if "send-twice" in line.options:
        given = line.options["send-twice"].fill()
        options["send_twice"] = one_of(given, ("safe", "always", "never"), "recheck --send-twice")
    recheck = explorer.begin_recheck if "background" in line.options else explorer.recheck
    return recheck(*which, **options)


@command("diff", "A B", "compare two exchanges", run=run_named, example="diff r1 r2", most=2)
def _diff(explorer: PythonCall, line: Line) -> PythonCall:
    if len(line.words) != 2:
        raise GrammarError("%asgi diff needs two names, such as %asgi diff r1 r2.")
    return explorer.compare(*line.texts())


@command(
    "export",
    f"[NAME | A-B | FILTER] {'|'.join(FORMATS)}",
    "export recorded requests in another format (default: the newest); secrets become placeholders, ids carried values",
    run=_run_export,
    example="export r1 curl",
    options=("to", "show-secrets"),
)
def _export(explorer: PythonCall, line: Line) -> PythonCall:
    words = list(line.words)
    if words and _format_of(words[0]) in FORMATS and _format_of(words[-1]) not in FORMATS:
        words.append(words.pop(0))  # %asgi export pytest r1-r3
    kind = one_of(_format_of(words[-1]) if words else "", tuple(FORMATS), "export")
    exchanges = _exchanges(explorer, " ".join(word.source for word in words[:-1]))
    options: dict[str, object] = {"show_secrets": True} if "show-secrets" in line.options else {}
    if kind == "pytest" and ":" in line.app:
        module, _, attributes = line.app.removesuffix("()").rpartition(":")
        name = Path(module).stem if module.endswith(".py") else module
        options["app"] = f"{name}:{attributes}"
        options |= {"factory": True} if line.app.endswith("()") else {}
    text = getattr(exchanges, method_of(kind))(**options)
    if "to" not in line.options:
        return text
    target = line.options["to"].fill()
    path = imported(Path, "pathlib")(target)
    path = path.expanduser() if target.startswith("~") else path
    return path.write_text(text, encoding="utf-8", newline="\n")  # a POSIX shell takes no line ends of Windows


def _format_of(word: Token) -> str:
    return word.text.fill().lower().removeprefix(".")  # HAR, .http


def _exchanges(explorer: PythonCall, which: str) -> PythonCall:
    """Return the exchange of a name, the newest without one, or the exchanges of a range or filter."""
    return explorer.history[which or -1] if is_name(which) or not which else explorer.history.select(which)


def _run_import(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    explorer = apps.explorer()
    if "send" not in line.options:
        return run(python, explorer)
    found: Imported = run(_reader(line), explorer)
    more = len(found.notes) - _MOST_NOTES
    notes = [*found.notes[:_MOST_NOTES], *([f"{more} more notes: import without --send shows all"] if more > 0 else [])]
    for note in notes:  # such as requests that cannot be read
        apps.say(f"note: {note}")
    return Exchanges(found.send_each(explorer.send))


@command(
    "import",
    "FILE|-",
    "read requests from a .http file, a HAR archive or curl commands; - reads the text below",
    run=_run_import,
    example="import -",
    options=("send",),
    most=1,
    takes_cell=True,
)
def _import_from(explorer: PythonCall, line: Line) -> PythonCall:
    found = _reader(line)
    if "send" not in line.options:
        return found
    return imported(Exchanges)(found.send_each(explorer.send))


def _reader(line: Line) -> PythonCall:
    """Return the call that reads the requests."""
    (name,) = line.texts() or ("",)
    if not name:
        raise GrammarError("%asgi import needs a file (.http, HAR or curl), or - with the text below %%asgi.")
    if name != "-":
        text = _text_or_path(line)
    elif line.body is None:
        raise GrammarError("%asgi import - reads the text below it. Write %%asgi import -.")
    else:
        text = literal(line.body)
    reader = PythonCall(coded(import_requests, "ipyasgi.import_requests", "import ipyasgi"))
    return reader(text, variables=coded(line.names, "globals()"))


def _run_file(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    try:
        return run_named(apps, line, python)
    except OSError as exc:
        raise GrammarError(f"Cannot {line.head}: {exc}") from None


@command(
    "save",
    "FILE",
    "save the history to FILE (overwrites), as text; secrets are masked",
    run=_run_file,
    example="save session.jsonl",
    options=("show-secrets",),
    most=1,
)
def _save(explorer: PythonCall, line: Line) -> PythonCall:
    options: dict[str, object] = {"show_secrets": True} if "show-secrets" in line.options else {}
    return explorer.save(_file_of(line), **options)


@command(
    "restore",
    "FILE",
    "add the exchanges of a saved FILE to the history",
    run=_run_file,
    example="restore session.jsonl",
    most=1,
)
def _restore(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.restore(_file_of(line))


def _file_of(line: Line) -> Argument:
    if not line.words:
        raise GrammarError(f"%asgi {line.head} needs a file, such as %asgi {line.head} session.jsonl.")
    return read_string(line.words[0].text)


def _run_curl(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    for note in _read_curl(line).notes:
        apps.say(f"note: {note}")
    return run(python, apps.explorer())


@command(
    "curl",
    "OPTION ... URL",
    "send the request of a cURL command; a command of several lines in a cell",
    run=_run_curl,
    example="curl localhost:8000/items",
    options=("show-secrets",),
    takes_cell=True,
)
def _curl(explorer: PythonCall, line: Line) -> PythonCall:
    specs = _read_curl(line).specs
    if len(specs) != 1:
        raise GrammarError(
            f"%asgi curl takes one command, not {len(specs)}. Write them below `%%asgi import - --send`."
        )
    redactor = replace(line.redactor, show="show-secrets" in line.options)
    call = send(explorer, specs[0], lambda: build_code(hide_secrets(specs, redactor)[0][0]), waits=True, options={})
    return call.with_secrets() if "show-secrets" in line.options else call


def _read_curl(line: Line) -> Imported:
    if line.body is None:
        raise GrammarError("%asgi curl needs a URL, such as %asgi curl localhost:8000/items.")
    return import_requests(line.body, variables=line.names)


def _text_or_path(line: Line) -> Argument:
    """Return the path of an existing file, or the text of a Python value with the content."""
    path, content, _ = read_file(line.words[0].text, is_item=False)
    if path:
        return read_string(line.words[0].text)
    return content


COMMANDS = (_history, _show, _replay, _recheck, _diff, _export, _import_from, _save, _restore, _curl)
