"""The apps attached to one shell, and which one is current. Parses nothing, shows nothing.

Two shells have two of these; nothing about "current" is kept anywhere else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ..explorer.attachment import AppSource, Attachment, describe
from ..explorer.explorer import Explorer
from ..explorer.replay import OnProgress
from ..protocol.errors import CallError
from ..records.settings import Settings
from .tokenizer import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachOptions:
    """
    How an app is attached.

    :ivar factory: call what is named
    :ivar starts: start the app's lifespan
    :ivar follows: take the new object when the name comes to mean another
    :ivar name: what to call it; by default the expression
    """

    factory: bool = False
    starts: bool = True
    follows: bool = True
    name: str = ""


class AttachedApps:
    """
    The attached apps by the expression they were attached with.

    :param namespace: where variables are looked up: the shell's
    :param say: shows one line to the user
    :param show_whole: shows an exception with every frame
    :param meter: makes what shows how far a replay has come, also as attribute
    :param on_settings: called with settings that have changed
    :ivar settings: those of the attached apps, and of apps that are attached from now on
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        *,
        say: Callable[[str], object],
        show_whole: Callable[[BaseException], object],
        meter: Callable[[], AbstractContextManager[OnProgress]],
        on_settings: Callable[[Settings], object] = lambda settings: None,
    ) -> None:
        self.namespace = namespace
        self.say = say
        self.show_whole = show_whole
        self.meter = meter
        self.attached: dict[str, Attachment] = {}
        self.current: Attachment | None = None
        self.settings = Settings()
        self._options: dict[str, AttachOptions] = {}
        self._on_settings = on_settings

    def explorer(self) -> Explorer:
        """Return the current explorer, following its name if that means another app now."""
        if self.current is None:
            raise CallError("no app is attached: write %asgi app, where app is a variable or module:attr")
        self._follow(self.current)
        return self.current.explorer

    def options_of(self, expression: str) -> AttachOptions:
        """Return how an app was attached."""
        return self._options[expression]

    def attach(
        self, expression: str, options: AttachOptions | None = None, *, given: Expression | None = None
    ) -> Explorer:
        """
        Attach what an expression names and make it current; attaching the same app again changes nothing.

        :param options: how; None for as before, or as usual
        :param given: the value, where the expression is one that was evaluated already; it is not followed
        """
        held = self.attached.get(expression)
        how = options or (self._options[expression] if held is not None else AttachOptions())
        source = AppSource(
            expression=expression,
            namespace=self.namespace,
            factory=how.factory,
            follows=how.follows,
            value=None if given is None else (given.value,),
        )
        if held is not None and not held.explorer.closed and how == self._options[expression]:
            self.current = held
            self._say(held.renew(source))
            return held.explorer
        app = source.resolve()
        if held is not None:
            self.detach(expression)
        explorer = Explorer(
            app, lifespan="auto" if how.starts else "off", name=how.name or expression, settings=self.settings
        )
        self._options[expression] = how
        self.current = self.attached[expression] = Attachment(explorer, source)
        if explorer.startup_error is not None:
            raised = explorer.lifespan.handled_exception or explorer.startup_error
            self.say(f"{explorer.lifespan.status}: {describe(raised)} (%asgi tb shows all)")
        return explorer

    def detach(self, expression: str) -> None:
        """Shut an attached app down and forget it; another one becomes current if it was."""
        attachment = self.attached.pop(expression)
        self._options.pop(expression, None)
        if self.current is attachment:
            self.current = next(reversed(self.attached.values()), None)
        attachment.explorer.close()

    def follow_all(self) -> None:
        """Let every explorer follow its name; an error is shown in a line, as no caller waits for it."""
        for attachment in list(self.attached.values()):
            try:
                self._follow(attachment)
            except Exception as exc:
                self.say(f"{attachment.expression} is a new object, and stays as it was: {describe(exc)}")

    def configure(self, **changes: Any) -> Settings:
        """Change settings under the names of `Settings`, for every attached app and for those to come."""
        self.settings = dataclasses.replace(self.settings, **changes)
        for attachment in self.attached.values():
            attachment.explorer.configure(**changes)
        self._on_settings(self.settings)
        return self.settings

    def clear(self) -> None:
        """Detach every app; one that fails while shutting down does not keep the others."""
        failures: list[BaseException] = []
        for expression in list(self.attached):
            try:
                self.detach(expression)
            except Exception as exc:
                failures.append(exc)
        if failures:
            raise failures[0]

    def _follow(self, attachment: Attachment) -> None:
        self._say(attachment.follow())

    def _say(self, line: str) -> None:
        if line:
            self.say(line)
