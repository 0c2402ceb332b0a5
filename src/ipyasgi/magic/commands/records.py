"""Subcommands about exchanges that are kept: the history, showing, sending again, comparing, export and import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...formats import FORMATS, import_requests
from ...history.exchange import Exchanges
from ...history.history import is_name
from ..attached_apps import AttachedApps
from ..grammar import Line
from ..python_call import Argument, PythonCall, ShownText, coded, imported, literal, read_string, wrapped
from ..request_line.item_values import read_file
from ..tokenizer import GrammarError
from .command import command, one_of, run_named


def _run_export(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    if "to" not in line.options:
        return ShownText(run_named(apps, line, python))
    path = Path(line.options["to"].fill())
    try:
        run_named(apps, line, python)
    except (OSError, ValueError) as exc:
        raise GrammarError(f"{path.name} cannot be written: {exc}") from None
    return path.expanduser()


def _run_metered(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    """Run a call showing how far it has come: what is written by ``--as-python`` does the same without that."""
    if "background" in line.options:
        return run_named(apps, line, python)
    with apps.meter() as meter:
        return run_named(apps, line, python, on_progress=meter)


@command(
    "history",
    "[FILTER]",
    "the exchanges so far, or those that a filter lets through: method:POST status:4xx slow:100ms",
    example="history status:4xx",
)
def _history(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.history.filter(line.tail()) if line.words else explorer.history


@command(
    "show",
    "[NAME]",
    "one exchange again, the newest by default",
    run=run_named,
    example="show r1",
    options=("headers", "show-secrets"),
)
def _show(explorer: PythonCall, line: Line) -> PythonCall:
    words = line.at_most(1)
    exchange = explorer.history[words[0] if words else -1]
    if "show-secrets" in line.options:
        exchange = exchange.with_secrets()
    return exchange.head() if "headers" in line.options else exchange


@command(
    "replay",
    "[NAME | A-B | FILTER]",
    "send kept requests again, the newest by default",
    run=_run_metered,
    example="replay r1",
    options=("timeout", "background"),
)
def _replay(explorer: PythonCall, line: Line) -> PythonCall:
    which = [line.tail()] if line.words else [explorer.history[-1]]
    if "background" in line.options:
        return explorer.begin_replay(*which, **_timeout(line))
    return explorer.replay(*which, **_timeout(line))


@command(
    "recheck",
    "[NAME | A-B | FILTER]",
    "send kept requests again and say what the app answers otherwise now; by default all",
    run=_run_metered,
    example="recheck method:GET",
    options=("timeout", "send-twice", "background"),
)
def _recheck(explorer: PythonCall, line: Line) -> PythonCall:
    which = [line.tail()] if line.words else []
    options = _timeout(line)
    if "send-twice" in line.options:
        given = line.options["send-twice"].fill()
        options["send_twice"] = one_of(given, ("safe", "always", "never"), "recheck --send-twice")
    if "background" in line.options:
        return explorer.begin_recheck(*which, **options)
    return explorer.recheck(*which, **options)


def _timeout(line: Line) -> dict[str, object]:
    timeout_s = line.seconds("timeout")
    return {} if timeout_s is None else {"timeout": timeout_s}


@command("diff", "A B", "what differs between two exchanges", run=run_named, example="diff r1 r2")
def _diff(explorer: PythonCall, line: Line) -> PythonCall:
    words = line.at_most(2)
    if len(words) != 2:
        raise GrammarError("%asgi diff needs two names: %asgi diff r1 r2")
    return explorer.compare(*words)


@command(
    "export",
    f"[NAME | A-B | FILTER] {'|'.join(FORMATS)}",
    "the requests in another format, the newest by default; secrets are names to be filled",
    run=_run_export,
    example="export r1 curl",
    options=("to", "show-secrets"),
)
def _export(explorer: PythonCall, line: Line) -> PythonCall:
    words = line.texts()
    kind = one_of(words[-1] if words else "", tuple(FORMATS), "export")
    exchanges = _exchanges(explorer, " ".join(word.source for word in line.words[:-1]))
    options: dict[str, object] = {"show_secrets": True} if "show-secrets" in line.options else {}
    if kind == "pytest" and ":" in line.app:
        options["app"] = line.app
    text = getattr(exchanges, f"to_{kind}")(**options)
    if "to" not in line.options:
        return text
    place = line.options["to"].fill()
    path = imported(Path, "Path", "pathlib")(place)
    return (path.expanduser() if place.startswith("~") else path).write_text(text, encoding="utf-8")


def _exchanges(explorer: PythonCall, which: str) -> PythonCall:
    """Return the exchange of a name, the newest for no name, else the exchanges of a range or a filter."""
    return explorer.history[which or -1] if is_name(which) or not which else explorer.history.select(which)


@command(
    "import",
    "FILE|-",
    "read requests from a .http file, a HAR archive or curl commands; - reads them from below",
    example="import -",
    options=("send",),
    takes_cell=True,
)
def _import_from(explorer: PythonCall, line: Line) -> PythonCall:
    (name,) = line.at_most(1) or ("",)
    if not name:
        raise GrammarError("%asgi import needs a file, or - and the text below %%asgi: .http, HAR or curl")
    if name != "-":
        text = _text_or_path(line)
    elif line.body is None:
        raise GrammarError("%asgi import - reads what stands below it: write %%asgi import -")
    else:
        text = literal(line.body)
    reader = PythonCall(coded(import_requests, "ipyasgi.import_requests", "import ipyasgi"))
    found = reader(text, variables=coded(line.names, "globals()"))
    if "send" not in line.options:
        return found
    return imported(Exchanges, "Exchanges")(PythonCall(coded(map, "map"))(explorer.send, found.specs))


def _text_or_path(line: Line) -> Argument:
    """Return the path of a file that is there, or the text of a Python value that is its content."""
    path, content, _ = read_file(line.words[0].text)
    if path:
        return read_string(line.words[0].text)
    return wrapped(content.value.decode("utf-8", "replace"), "", content, ".decode()")


COMMANDS = (_history, _show, _replay, _recheck, _diff, _export, _import_from)
