"""The desk of one shell: the apps attached to it, and which one is current. Parses nothing, shows nothing.

Two shells have two desks; nothing about "current" is kept anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..explore.attachment import Attachment, describe, resolve_app
from ..explore.explorer import Explorer
from ..protocol.errors import CallError


class Desk:
    """
    The attached apps by the expression they were attached with.

    :param namespace: where variables are looked up: the shell's
    :param tell: shows one line to the user
    :param show_whole: shows an exception with every frame
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        *,
        tell: Callable[[str], object],
        show_whole: Callable[[BaseException], object],
    ) -> None:
        self.namespace = namespace
        self.show_whole = show_whole
        self.attached: dict[str, Attachment] = {}
        self.current: Attachment | None = None
        self._tell = tell

    def explorer(self) -> Explorer:
        """Return the current explorer, following its name if that means another app now."""
        if self.current is None:
            raise CallError("no app is attached: write %asgi app, where app is a variable or module:attr")
        told = self.current.follow()
        if told:
            self._tell(told)
        return self.current.explorer

    def attach(self, expression: str, options: Mapping[str, str]) -> Explorer:
        """Attach what an expression names and make it current; attaching the same app again changes nothing."""
        factory = "factory" in options
        app = resolve_app(expression, self.namespace, factory=factory)
        held = self.attached.get(expression)
        if held is not None and not held.explorer.closed and not options:
            self.current = held
            if held.explorer.app is not app:
                self._tell(held.adopt(app))
            return held.explorer
        if held is not None:
            self.detach(expression)
        explorer = Explorer(
            app,
            lifespan="off" if "no-lifespan" in options else "auto",
            name=options.get("name") or expression,
        )
        follows = not factory and "no-follow" not in options and ":" not in expression
        read = (lambda: resolve_app(expression, self.namespace)) if follows else None
        self.current = self.attached[expression] = Attachment(explorer, expression, read)
        if explorer.startup_error is not None:
            self._tell(f"{explorer.lifespan.status}: {describe(explorer.startup_error)} (%asgi tb shows all)")
        return explorer

    def detach(self, expression: str) -> None:
        """Shut an attached app down and forget it; another one becomes current if it was."""
        attachment = self.attached.pop(expression)
        if self.current is attachment:
            self.current = next(reversed(self.attached.values()), None)
        attachment.explorer.close()

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
