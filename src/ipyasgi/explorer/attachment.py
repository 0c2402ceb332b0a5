"""Attaches an app to an explorer, and follows its name when the cell that binds it runs again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..protocol.errors import AppNotFoundError, NotAnAppError
from .app_source import AppSource, describe
from .explored_app import lost_overrides_of, settled_app_of
from .explorer import Explorer


class Attachment:
    """
    An explorer and the source of its app. When the name is bound to another object, the explorer switches to it.

    It compares the variable, or the attribute of a ``module:attr`` that is loaded now. For an imported variable it also
    compares the attribute of its module: `%autoreload` rebinds the attribute, but not the variable.
    """

    def __init__(self, explorer: Explorer, source: AppSource) -> None:
        self.explorer = explorer
        self.expression = source.expression
        self._source = source
        self._readers = source.readers()
        self._seen = [_try_read(reader) for reader in self._readers]

    def follow(self) -> str:
        """
        Switch to the app that the name is bound to now, and return a line about it; empty if nothing changed.

        A name that was deleted, or bound to an object that is not an app, changes nothing. Raises what a factory
        raises, once for each new factory.
        """
        if self.explorer.closed:
            return ""
        for number, reader in enumerate(self._readers):
            found = _try_read(reader)
            if found is _GONE or found is self._seen[number]:
                continue
            line = ""
            try:
                app = self._source.make(found)
                if app is not settled_app_of(self.explorer):
                    line = self.replace_app(app)
            except (AppNotFoundError, NotAnAppError):
                pass
            except Exception:
                self._seen[number] = found
                raise
            self._seen[number] = found  # not after an interrupt: then the next call switches
            if line:
                return line
        return ""

    def renew(self, source: AppSource) -> str:
        """Switch to the app of ``source``, even if it is not followed; only a new factory is called."""
        if source.factory:
            return self.follow()
        app = source.resolve()
        return "" if app is settled_app_of(self.explorer) else self.replace_app(app)

    def replace_app(self, app: Any) -> str:
        """Replace the attached app, and return a line for the user."""
        failure = self.explorer.replace_app(app)
        old = "was shut down" if failure is None else f"failed while shutting down ({describe(failure)})"
        status = self.explorer.lifespan.status
        error = self.explorer.lifespan.handled_exception or self.explorer.startup_error
        new = status if error is None else f"{status}: {describe(error)}"
        lost = ", ".join(lost_overrides_of(self.explorer))
        ended = f"; it has no dependency {lost}, so the override has ended" if lost else ""
        return f"{self.expression} is a new object: the old app {old}, the new one is {new}{ended}"


_GONE = object()


def _try_read(source: Callable[[], Any]) -> Any:
    try:
        return source()
    except AppNotFoundError:
        return _GONE
