"""``%asgi`` and ``%%asgi``: parse, make one public call, return its value. Each shell has one `AsgiMagics`."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import shlex
from pathlib import Path
from typing import Any

import traitlets
from IPython.core import async_helpers
from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from traitlets.config import Configurable

from ..engine.kernel_loop import KernelLoop
from ..explorer.explorer import Explorer
from ..magic.attached_apps import AttachedApps
from ..magic.command_call import CommandCall, do, gather, read_calls, write_calls
from ..magic.commands import SEND, build_commands
from ..magic.commands.command import command, one_of
from ..magic.commands.help import usage
from ..magic.completion import Completer
from ..magic.configuration import read_project, values_of
from ..magic.grammar import Line
from ..magic.python_call import PythonCall, imported
from ..magic.tokenizer import GrammarError
from ..panels import PANELS
from ..panels.replay_meter import ReplayMeter
from ..protocol.errors import CallError, IpyasgiError, LoopError
from ..records.output import HeldOutput
from ..records.settings import SETTINGS, Setting, Settings
from ..shown import visible
from ..views.exchange import shows_output
from .caller import Caller
from .completion_hook import CompletionHook
from .display import TracebackHook, mark_one_line
from .terminal import Terminal
from .written_output import WrittenOutput


def _trait_of(setting: Setting) -> Any:
    kinds = {
        bool: traitlets.Bool,
        int: traitlets.Int,
        float: traitlets.Float,
        tuple: traitlets.Tuple,
        str: traitlets.Unicode,
    }
    takes_none = "none" in setting.expects
    made = kinds[type(setting.default)](default_value=setting.default, allow_none=takes_none, help=setting.help)
    return made.tag(config=True)


SettingTraits: Any = type("SettingTraits", (Configurable,), {one.name: _trait_of(one) for one in SETTINGS.values()})
"""The settings as traits, for ``%config AsgiMagics`` and ``c.AsgiMagics`` in a profile."""


@command(
    "panel", f"[{'|'.join(PANELS)}]", "open a panel in a notebook (default: workbench)", example="panel request", most=1
)
def _panel(explorer: PythonCall, line: Line) -> PythonCall:
    (word,) = line.texts() or ("workbench",)
    name = one_of(word, tuple(PANELS), "panel")
    if name == "workbench":
        return explorer.panel()
    return imported(PANELS[name], "ipyasgi.panels")(explorer)


COMMANDS = build_commands(_panel)
"""The subcommands of ``%asgi`` by name."""


def _documented(magic: Any) -> Any:
    """Add the help to the docstring of the magic, for ``%asgi?``."""
    magic.__doc__ = f"{magic.__doc__}\n\n{usage(COMMANDS, SEND)}"
    return magic


def _write_line(text: str) -> None:
    print(visible(text))  # noqa: T201  # to the cell


@magics_class
class AsgiMagics(SettingTraits, Magics):
    """The magics of one shell; `AttachedApps` has its apps, and the traits are their settings."""

    shell: Any

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._terminal = Terminal(shell, self._name_app)
        self._written_output = WrittenOutput(shell, self._terminal.build_bundle)
        self._traceback_hook = TracebackHook(shell, lambda: self.apps.current is not None, self._terminal.show_pages)
        self.apps = AttachedApps(
            shell.user_ns,
            write_line=_write_line,
            show_whole=self._traceback_hook.show_whole,
            meter=functools.partial(ReplayMeter, shell),
            on_settings=self._take_settings,
            shell_loop=_shell_loop,
        )
        self._completer = Completer(self.apps, COMMANDS)
        self._completion_hook = CompletionHook(shell, self._completer)
        self._read_settings()
        self.observe(self._hear_setting, names=list(SETTINGS))

    def open(self) -> None:
        """Register the event handler and the completion."""
        # Not post_execute, which also fires for messages of widgets.
        self.shell.events.register("post_run_cell", self._after_cell)
        self._completion_hook.open()
        self._traceback_hook.open()
        self._terminal.open()
        self._written_output.open()

    def close(self) -> None:
        """Detach every app and undo `open`."""
        try:
            self.apps.clear()
        finally:
            self._written_output.close()
            self._terminal.close()
            self._traceback_hook.close()
            self._completion_hook.close()
            self.shell.events.unregister("post_run_cell", self._after_cell)

    @no_var_expand
    @line_cell_magic
    @_documented
    def asgi(self, line: str, cell: str | None = None) -> Any:
        """Explore an ASGI app: ``%asgi app`` attaches it, ``%asgi GET /`` sends a request."""
        try:
            return self._run(line, cell)
        except CallError as exc:
            text = " ".join(str(exc).split("\n"))  # it may quote a file, a response or the line
            raise UsageError(visible(self._settings.redactor.text(text))) from None
        except UsageError:
            raise
        except (IpyasgiError, KeyboardInterrupt) as exc:  # frames of an interrupt are useless, and slow to draw
            mark_one_line(exc)
            raise

    # -- running a line ----------------------------------------------------------------------------------

    def _run(self, line: str, cell: str | None) -> Any:
        current = self.apps.current
        app = ""
        if current is not None:
            app = current.expression + "()" * self.apps.options[current.expression].factory
        caller = Caller(self.shell)
        evaluate = functools.partial(_evaluate, caller)
        redactor = self._settings.redactor
        calls = read_calls(line, cell, evaluate, caller.names, COMMANDS, app, redactor, local_names=caller.local)
        if any("as-python" in call.line.options for call in calls):
            return write_calls(calls, self.apps)
        shown = self._is_shown(line)
        held = HeldOutput()
        with held if shown else contextlib.nullcontext():
            values = [self._finish(call, do(call, self.apps), shown=shown) for call in calls]
            kept = [value for call, value in zip(calls, values, strict=True) if not call.line.assign]
            is_quiet = any(call.line.quiet for call in calls) and shown
            value = None if is_quiet else gather(kept) if len(kept) > 1 else next(iter(kept), None)
        if shows_output(value):
            held.drop()
        else:
            held.release()
        return value

    def _name_app(self, explorer: Explorer) -> str:
        """Return the app of an explorer as an argument of ``ipyasgi``, if it was not attached as a variable."""
        for expression, attachment in self.apps.attached.items():
            if attachment.explorer is explorer and ":" in expression:
                return shlex.quote(expression) + " --factory" * self.apps.options[expression].factory
        return "module:app"

    @property
    def _settings(self) -> Settings:
        current = self.apps.current
        return current.explorer.settings if current is not None else self.apps.settings

    def _finish(self, call: CommandCall, value: Any, *, shown: bool) -> Any:
        if call.line.assign:
            self.shell.user_ns[call.line.assign] = value
        if "show" in call.line.options and (call.line.assign or not shown):
            self.shell.display_pub.publish(*self.shell.display_formatter.format(value))
        return value

    def _is_shown(self, line: str) -> bool:
        """Return whether the shell will show this line's value, because it is the last expression of its cell."""
        history = self.shell.history_manager.input_hist_parsed
        try:
            last = ast.parse(history[-1]).body[-1]
        except (IndexError, SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        match last:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(attr="run_line_magic" | "run_cell_magic"),
                    args=[ast.Constant(value="asgi"), ast.Constant(value=str(given)), *_],
                )
            ):
                return given.strip() == line.strip()
        return False

    # -- after a cell, and settings ----------------------------------------------------------------------

    def _after_cell(self, result: object) -> None:
        self.apps.follow_all()
        self._completer.read_ahead()

    def _read_settings(self) -> None:
        """Apply the project's settings that the shell's configuration does not set."""
        configured = self.config.get(type(self).__name__, {})
        fields, errors = read_project(Path.cwd())
        for error in errors:
            self.apps.say(f"ipyasgi: {error}")
        for name, setting in SETTINGS.items():
            if setting.field in fields and name not in configured:
                setattr(self, name, fields[setting.field])
        self._hear_setting()

    def _hear_setting(self, change: Any = None) -> None:
        # Only the changed one, because an app may be attached with a base_url of its own.
        names = list(SETTINGS) if change is None else [change.name]
        self.apps.configure(**{SETTINGS[name].field: getattr(self, name) for name in names})

    def _take_settings(self, settings: Settings) -> None:
        for name, value in values_of(settings).items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _shell_loop() -> KernelLoop:
    """Return the loop of the shell's own thread: a kernel's runs now, that of a terminal only for ``await``."""
    try:
        return KernelLoop()
    except LoopError:
        made = getattr(async_helpers, "get_asyncio_loop", asyncio.new_event_loop)  # IPython 8 and later
        return KernelLoop(made())


def _evaluate(caller: Caller, expression: str) -> Any:
    try:
        return caller.evaluate(expression)
    except (Exception, SystemExit) as exc:
        raise GrammarError(f"{{{{{expression}}}}}: {type(exc).__name__}: {exc}") from None
