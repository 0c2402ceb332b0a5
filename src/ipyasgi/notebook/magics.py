"""``%asgi`` and ``%%asgi``: parse, make one public call, return the object. Each shell has one `AsgiMagics`."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from ..explore.exchange import Exchange, Exchanges
from ..explore.explorer import Explorer
from ..explore.requests import RequestSpec
from ..protocol.errors import CallError, IpyasgiError
from .commands import COMMANDS
from .commands.help import usage
from .desk import Desk
from .display import Displays, fold_traceback, one_line, show_whole
from .grammar import (
    ATTACHING_OPTIONS,
    METHODS,
    GrammarError,
    Parsed,
    build_request,
    did_you_mean,
    parse_line,
    split_cell,
)


@magics_class
class AsgiMagics(Magics):
    """The magics of one shell; what is attached to it lies on its `Desk`."""

    shell: Any

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.desk = Desk(shell.user_ns, tell=print, show_whole=lambda raised: show_whole(shell, raised))
        self._displays = Displays(shell)

    def open(self) -> None:
        """Register what the shell needs beside the magic itself."""
        self._displays.open()

    def close(self) -> None:
        """Detach every app and take the registrations back."""
        try:
            self.desk.clear()
        finally:
            self._displays.close()

    @no_var_expand
    @line_cell_magic
    def asgi(self, line: str, cell: str | None = None) -> Any:
        """Explore an ASGI app: ``%asgi app`` attaches, ``%asgi GET /`` calls it, ``%asgi help`` lists everything."""
        try:
            return self._run(line, cell)
        except CallError as exc:
            raise UsageError(str(exc)) from None
        except UsageError:
            raise
        except IpyasgiError as exc:
            one_line(exc)
            raise
        except BaseException as exc:
            fold_traceback(self.shell, exc)
            raise

    # -- parsing and sending -----------------------------------------------------------------------------

    def _run(self, line: str, cell: str | None) -> Any:
        if cell is not None:
            return self._run_cell(split_cell(line, cell))
        parsed = parse_line(line, self._evaluate)
        return self._assigned(parsed.assign, self._do(parsed))

    def _run_cell(self, parts: list[tuple[str, str]]) -> Any:
        # All are read before the first is sent: a typo in the third leaves the app untouched.
        found = [(parsed := parse_line(line, self._evaluate), self._spec(parsed, rest)) for line, rest in parts]
        results = [(self._assigned(parsed.assign, self._send(parsed, spec))) for parsed, spec in found]
        shown = [result for result in results if result is not None]
        return Exchanges(shown) if len(shown) > 1 else next(iter(shown), None)

    def _do(self, parsed: Parsed) -> Any:
        if not parsed.head or "help" in parsed.options:
            return usage(COMMANDS, parsed.head)
        if parsed.sends:
            return self._send(parsed, self._spec(parsed, None))
        command = COMMANDS.get(parsed.head)
        if command is not None:
            parsed.allow(command.options)
            return command.run(self.desk, parsed)
        return self._attach(parsed)

    def _spec(self, parsed: Parsed, cell: str | None) -> RequestSpec:
        if not parsed.sends:
            raise GrammarError(f"%%asgi sends requests: begin with a method and a path, not {parsed.head!r}")
        if parsed.head not in METHODS and parsed.head in self.shell.user_ns:
            raise GrammarError(
                f"{parsed.head} looks like a method: to attach the variable write %asgi attach {parsed.head}"
            )
        return build_request(parsed, cell, self._evaluate)

    def _send(self, parsed: Parsed, spec: RequestSpec) -> Exchange:
        timeout_s = parsed.timeout_s()
        explorer = self.desk.explorer()
        return explorer.send(spec) if timeout_s is None else explorer.send(spec, timeout=timeout_s)

    def _attach(self, parsed: Parsed) -> Explorer:
        if parsed.words:
            known = (*COMMANDS, *METHODS)
            raise GrammarError(
                f"{parsed.head!r} is neither a method nor a subcommand{did_you_mean(parsed.head, known)}; %asgi help"
            )
        near = did_you_mean(parsed.head, (*COMMANDS, *METHODS))
        if near and ":" not in parsed.head and parsed.head.split(".")[0] not in self.shell.user_ns:
            raise GrammarError(f"{parsed.head!r} is no subcommand, method or variable{near}")
        parsed.allow(ATTACHING_OPTIONS)
        return self.desk.attach(parsed.head, parsed.options)

    def _assigned(self, name: str, value: Any) -> Any:
        if not name:
            return value
        self.shell.user_ns[name] = value
        return None

    def _evaluate(self, expression: str) -> Any:
        try:
            return eval(expression, self.shell.user_global_ns, self.shell.user_ns)  # the user's own cell, {{expr}}
        except Exception as exc:
            raise GrammarError(f"{{{{{expression}}}}}: {type(exc).__name__}: {exc}") from None
