"""``%asgi`` and ``%%asgi``: parse, make one public call, return the object. What is "current" is held here.

One `AsgiMagics` belongs to one shell and holds that shell's attached apps; two shells have two.
"""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from ..explore.attachment import Attachment, resolve_app
from ..explore.exchange import Exchange, Exchanges
from ..explore.explorer import Explorer
from ..explore.settings import Settings
from ..protocol.errors import CallError, IpyasgiError
from .commands import COMMANDS
from .commands.help import usage
from .display import Displays, fold_traceback, one_line
from .grammar import METHODS, GrammarError, Parsed, build_request, did_you_mean, parse_line, split_cell


@magics_class
class AsgiMagics(Magics):
    """The magics of one shell and the apps attached to it."""

    shell: Any

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.commands = COMMANDS
        self.attached: dict[str, Attachment] = {}
        self.current: Attachment | None = None
        self._displays = Displays(shell, self._settings)

    def open(self) -> None:
        """Register what the shell needs beside the magic itself."""
        self._displays.open()

    def close(self) -> None:
        """Detach every app and take the registrations back."""
        self._displays.close()
        for name in list(self.attached):
            self.detach(name)

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

    # -- what the commands call --------------------------------------------------------------------------

    def explorer(self) -> Explorer:
        """Return the current explorer, following its name if that means another app now."""
        if self.current is None:
            raise CallError("no app is attached: write %asgi app, where app is a variable or module:attr")
        told = self.current.follow()
        if told:
            print(told)  # noqa: T201  (the one line that says the app was followed)
        return self.current.explorer

    def attach(self, expression: str, options: dict[str, str]) -> Explorer:
        """Attach what an expression names and make it the current app; attaching the same app again changes nothing."""
        namespace = self.shell.user_ns
        factory = "factory" in options
        app = resolve_app(expression, namespace, factory=factory)
        held = self.attached.get(expression)
        if held is not None and not held.explorer.closed and not factory:
            self.current = held
            return self.explorer()
        if held is not None:
            self.detach(expression)
        explorer = Explorer(
            app,
            lifespan="off" if "no-lifespan" in options else "auto",
            name=options.get("name") or expression,
        )
        follows = not factory and "no-follow" not in options and ":" not in expression
        read = (lambda: resolve_app(expression, namespace)) if follows else None
        self.current = self.attached[expression] = Attachment(explorer, expression, read)
        return explorer

    def detach(self, expression: str) -> None:
        """Shut an attached app down and forget it."""
        attachment = self.attached.pop(expression)
        if self.current is attachment:
            self.current = next(reversed(self.attached.values()), None)
        attachment.explorer.close()

    # -- parsing and sending -----------------------------------------------------------------------------

    def _run(self, line: str, cell: str | None) -> Any:
        if cell is not None:
            found = split_cell(line, cell)
            results = [self._one(first, rest) for first, rest in found]
            value = results[0] if len(results) == 1 else Exchanges(results)
            return self._assigned(parse_line(found[0][0], self._evaluate).assign, value)
        parsed = parse_line(line, self._evaluate)
        return self._assigned(parsed.assign, self._do(parsed, None))

    def _one(self, line: str, rest: str) -> Any:
        parsed = parse_line(line, self._evaluate)
        if not parsed.sends:
            raise GrammarError(f"%%asgi sends requests: begin with a method and a path, not {parsed.head!r}")
        return self._do(parsed, rest)

    def _do(self, parsed: Parsed, cell: str | None) -> Any:
        if not parsed.head or ("help" in parsed.options and not parsed.sends):
            return usage(self.commands, parsed.head)
        if parsed.sends and ":" not in parsed.head:
            return self._send(parsed, cell)
        command = COMMANDS.get(parsed.head)
        if command is not None:
            return command.run(self, parsed)
        return self._attach(parsed)

    def _send(self, parsed: Parsed, cell: str | None) -> Exchange:
        if parsed.head not in METHODS and parsed.head in self.shell.user_ns:
            raise GrammarError(
                f"{parsed.head} looks like a method: to attach the variable write %asgi attach {parsed.head}"
            )
        spec = build_request(parsed, cell, self._evaluate)
        explorer = self.explorer()
        timeout_s = parsed.timeout_s()
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
        return self.attach(parsed.head, parsed.options)

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

    def _settings(self) -> Settings:
        return self.current.explorer.settings if self.current is not None else Settings()
