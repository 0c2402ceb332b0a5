"""The apps attached to one shell, and which one is current. Parses nothing, draws nothing."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ..engine.loops import Loop
from ..explorer.app_source import AppSource, describe, read_expression
from ..explorer.attachment import Attachment
from ..explorer.explorer import Explorer
from ..explorer.replay import OnProgress
from ..protocol.errors import CallError
from ..records.settings import Settings
from .tokenizer import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachOptions:
    """
    How an app is attached.

    :ivar factory: call the named object
    :ivar starts: start the app's lifespan
    :ivar follows: switch when the name is bound to another object
    :ivar name: of the explorer; by default the expression
    :ivar base_url: of the explorer; by default the setting
    :ivar kernel_loop: run the app on the shell's loop and thread
    """

    factory: bool = False
    starts: bool = True
    follows: bool = True
    name: str = ""
    base_url: str | None = None
    kernel_loop: bool = False


class AttachedApps:
    """
    The apps attached to one shell.

    :param namespace: the shell's variables
    :param write_line: shows one line to the user
    :param show_whole: shows an exception with every frame
    :param meter: creates a progress display for replays
    :param on_settings: called with changed settings
    :param shell_loop: returns the loop that runs on the shell's thread
    :ivar attached: by the expression that was attached
    :ivar options: how each was attached, by expression
    :ivar settings: of the attached apps and of apps attached later
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        *,
        write_line: Callable[[str], object],
        show_whole: Callable[[BaseException], object],
        meter: Callable[[], AbstractContextManager[OnProgress]],
        on_settings: Callable[[Settings], object],
        shell_loop: Callable[[], Loop],
    ) -> None:
        self.namespace = namespace
        self._write_line = write_line
        self.show_whole = show_whole
        self.meter = meter
        self.attached: dict[str, Attachment] = {}
        self.current: Attachment | None = None
        self.settings = Settings()
        self.options: dict[str, AttachOptions] = {}
        self._on_settings = on_settings
        self._shell_loop = shell_loop

    def explorer(self) -> Explorer:
        """Return the current explorer; switch its app first if the name is bound to another one."""
        if self.current is None:
            raise CallError("No app attached. Run `%asgi myapp` or `%asgi package.module:app`.")
        self.say(self.current.follow())
        return self.current.explorer

    def attach(
        self,
        expression: str,
        options: AttachOptions | None = None,
        *,
        given: Expression | None = None,
        names: Mapping[str, Any] | None = None,
    ) -> Explorer:
        """
        Attach the app that an expression names and make it current; attaching the same app again changes nothing.

        :param options: None for the previous ones, or the defaults
        :param given: the expression with its value, if already evaluated; its name is not followed
        :param names: where variables are looked up, by default in ``namespace``
        """
        if given is None:
            expression = read_expression(expression)
        held = self.attached.get(expression)
        how = options or (self.options[expression] if held is not None else AttachOptions())
        source = AppSource(
            expression=expression,
            namespace=self.namespace if names is None else names,
            factory=how.factory,
            follows=how.follows,
            value=None if given is None else (given.value,),
        )
        if held is not None and not held.explorer.closed and how == self.options[expression]:
            self.current = held
            self.say(held.renew(source))
            return held.explorer
        app = source.resolve()
        if held is not None:
            self.detach(expression)
        try:
            explorer = Explorer(
                app,
                lifespan="auto" if how.starts else "off",
                name=how.name or expression,
                settings=self.settings,
                base_url=how.base_url,
                loop=self._shell_loop() if how.kernel_loop else None,
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"starting {expression} was interrupted; it is not attached") from None
        try:
            attachment = Attachment(explorer, source)
            self.options[expression] = how
            self.current = self.attached[expression] = attachment
        except BaseException:  # an interrupt: nothing else refers to the explorer
            explorer.close()
            raise
        if explorer.startup_error is not None:
            raised = explorer.lifespan.handled_exception or explorer.startup_error
            self.say(f"{explorer.lifespan.status}: {describe(raised)} (%asgi tb shows all)")
        return explorer

    def detach(self, expression: str) -> None:
        """Shut an attached app down and remove it; if it was current, another one becomes current."""
        attachment = self.attached[expression]
        try:
            attachment.explorer.close()
        finally:  # not before: an interrupt must not leave an open explorer without a name
            self.attached.pop(expression, None)
            self.options.pop(expression, None)
            if self.current is attachment:
                self.current = next(reversed(self.attached.values()), None)

    def follow_all(self) -> None:
        """Switch every explorer whose name is bound to another app; an error is shown, not raised."""
        for attachment in list(self.attached.values()):
            try:
                self.say(attachment.follow())
            except Exception as exc:
                self.say(f"Cannot switch to the new {attachment.expression}: {describe(exc)}")

    def configure(self, **changes: Any) -> Settings:
        """Change fields of `Settings` for every attached app and for apps attached later."""
        self.settings = dataclasses.replace(self.settings, **changes)
        for attachment in self.attached.values():
            attachment.explorer.configure(**changes)
        self._on_settings(self.settings)
        return self.settings

    def clear(self) -> None:
        """Detach every app, even if the shutdown of one fails."""
        with contextlib.ExitStack() as stack:
            for expression in reversed(self.attached):
                stack.callback(self.detach, expression)

    def say(self, line: str) -> None:
        """Show a line to the user, unless it is empty."""
        if line:
            self._write_line(line)
