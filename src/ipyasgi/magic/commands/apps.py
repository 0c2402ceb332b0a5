"""Subcommands about apps: attach, use and detach them, show their routes, state and exception, run their lifespan."""

from __future__ import annotations

import traceback

from ...engine.kernel_loop import KernelLoop
from ...explorer.app_file import is_file_name, try_app_file
from ...explorer.app_source import look_up
from ...explorer.explorer import Explorer
from ..attached_apps import AttachedApps, AttachOptions
from ..configuration import read_setting
from ..grammar import Line, did_you_mean
from ..python_call import PythonCall, coded, imported, source_of_expression
from ..tokenizer import Expression, GrammarError
from .command import command, one_of

_ATTACH_OPTIONS = ("factory", "no-lifespan", "no-follow", "name", "base-url", "kernel-loop")
_ACTIONS = {"start": "startup", "step": "step", "stop": "shutdown", "restart": "restart"}


def read_attach(line: Line) -> tuple[str, AttachOptions | None, Expression | None]:
    """Return the expression, the options if the line has any, and the evaluated expression of ``{{expr}}``."""
    (expression,) = line.texts() or ("",)
    embedded = line.words[0].text.whole if line.words else None
    if embedded is not None:
        expression = embedded.name
    if not expression:
        raise GrammarError("%asgi attach needs an app. Give a variable, module:attr or a file.")
    if not line.options.keys() & set(_ATTACH_OPTIONS):
        return expression, None, embedded
    options = AttachOptions(
        factory="factory" in line.options,
        starts="no-lifespan" not in line.options,
        follows="no-follow" not in line.options,
        name=line.options["name"].fill() if "name" in line.options else "",
        kernel_loop="kernel-loop" in line.options,
        base_url=read_setting("base_url", line.options["base-url"].fill())[1] if "base-url" in line.options else None,
    )
    return expression, options, embedded


def write_explorer(expression: str, options: AttachOptions, embedded: Expression | None = None) -> PythonCall:
    """Return the call that creates the explorer of an expression."""
    call = "()" if options.factory else ""
    more: dict[str, object] = {} if options.starts else {"lifespan": "off"}
    more |= {} if options.base_url is None else {"base_url": options.base_url}
    if options.kernel_loop:
        more["loop"] = imported(KernelLoop)()
    file = try_app_file(expression) if embedded is None else None
    expression = file.name if file is not None else expression
    module, colon, attributes = expression.partition(":")
    if embedded is not None:
        app = coded(None, f"{source_of_expression(embedded)}{call}")
    elif colon:
        app = coded(None, f"{attributes}{call}", f"from {module} import {attributes.partition('.')[0]}")
    else:
        app = coded(None, f"{expression}{call}")
    return imported(Explorer)(app, **more, name=options.name or expression)


def _run_attach(apps: AttachedApps, line: Line, python: PythonCall) -> Explorer:
    expression, options, embedded = read_attach(line)
    if embedded is None and expression.partition(".")[0] in line.local_names and not is_file_name(expression):
        # The name ends with its function, so it cannot be followed.
        embedded = Expression(expression, value=look_up(expression, line.local_names))
    return apps.attach(expression, options, given=embedded, names=line.names)


@command(
    "attach",
    "EXPR",
    "attach an app (a variable, module:attr, a file or {{expr}}) and start its lifespan",
    run=_run_attach,
    example="attach app",
    options=_ATTACH_OPTIONS,
    most=1,
)
def _attach(explorer: PythonCall, line: Line) -> PythonCall:
    expression, options, embedded = read_attach(line)
    return write_explorer(expression, options or AttachOptions(), embedded)


def _run_use(apps: AttachedApps, line: Line, python: PythonCall) -> Explorer:
    for word in line.texts():
        apps.current = apps.attached[find_attached(apps, word)]
    return apps.explorer()


def _run_detach(apps: AttachedApps, line: Line, python: PythonCall) -> None:
    words = line.texts()
    if words:
        apps.detach(find_attached(apps, words[0]))
    elif apps.current is not None:
        apps.detach(apps.current.expression)
    else:
        raise GrammarError("No app attached.")


@command("use", "[NAME]", "switch to another attached app", run=_run_use, most=1)
def _use(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer


@command("detach", "[NAME]", "shut an app down and remove it (default: the current one)", run=_run_detach, most=1)
def _detach(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.close()


def find_attached(apps: AttachedApps, name: str) -> str:
    """Return the expression of an attached app, from the expression or its explorer's name."""
    if name in apps.attached:
        return name
    names = {attachment.explorer.name: expression for expression, attachment in apps.attached.items()}
    if name not in names:
        held = ", ".join(apps.attached) or "none"
        near = did_you_mean(name, {**apps.attached, **names})
        raise GrammarError(f"{name!r} is not attached.{near} Attached: {held}.")
    return names[name]


@command("middleware", "", "list the layers of the app, outermost first", most=0)
def _middleware(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.middleware


@command("routes", "", "list routes", most=0)
def _routes(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.routes


@command(
    "docs",
    "[WORD]",
    "describe routes: docstrings, parameters, bodies; WORD filters by method, path or handler",
    example="docs /items",
)
def _docs(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.routes.describe(" ".join(line.texts())) if line.words else explorer.routes.describe()


@command("state", "", "show app.state and the lifespan state", most=0)
def _state(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.state


def _run_tb(apps: AttachedApps, line: Line, python: PythonCall) -> None:
    raised = apps.explorer().last_exception
    if raised is None:
        raise GrammarError("The app has raised no exception yet.")
    apps.show_whole(raised)


@command("tb", "", "show the full traceback of the last exception", run=_run_tb, most=0)
def _tb(explorer: PythonCall, line: Line) -> PythonCall:
    return PythonCall(coded(traceback, "traceback", "import traceback")).print_exception(explorer.last_exception)


@command(
    "lifespan",
    "[start|step|stop|restart|status]",
    "start, step, stop or restart the app's lifespan, or show its status (default)",
    example="lifespan step",
    options=("timeout",),
    most=1,
)
def _lifespan(explorer: PythonCall, line: Line) -> PythonCall:
    (word,) = line.texts() or ("status",)
    action = one_of(word, (*_ACTIONS, "status"), "lifespan")
    options = line.seconds(timeout="timeout")
    if action == "status":
        return explorer.lifespan
    return getattr(explorer.lifespan, _ACTIONS[action])(**options)


COMMANDS = (_attach, _use, _detach, _routes, _middleware, _docs, _state, _tb, _lifespan)
