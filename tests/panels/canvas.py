"""A widget's stand-in: keeps what is written on it. Used only here, at the comm writer's seam."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Canvas:
    """Notes each comm message as (kind, payload), and the threads that wrote."""

    def __init__(self) -> None:
        self.__dict__.update(
            written=[], threads=set(), hooks=[], held=None, before_write=lambda: None, comm=type("Comm", (), {})()
        )

    def __setattr__(self, name: str, value: object) -> None:
        assert self.held is not None, "traits are written under hold_sync"
        self.held[name] = value

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self._note(content["paint"], {**content, "buffers": buffers})

    def send_state(self, key: list[str]) -> None:
        self._note("again", sorted(key))

    def on_msg(self, callback: Callable[..., None], remove: bool = False) -> None:
        self.hooks.remove(callback) if remove else self.hooks.append(callback)

    @contextmanager
    def hold_sync(self) -> Iterator[None]:
        self.__dict__["held"] = {}
        yield
        self._note("state", self.held)
        self.__dict__["held"] = None

    def hear(self, **content: object) -> None:
        """Act as the front end."""
        for hook in self.hooks:
            hook(self, content, [])

    def of(self, kind: str) -> list[Any]:
        """Return the payloads of one kind."""
        return [payload for each, payload in self.written if each == kind]

    def rows(self) -> list[object]:
        """Return the rows that arrived, in order."""
        return [row for payload in self.of("rows") for row in payload["rows"]]

    def _note(self, kind: str, payload: object) -> None:
        self.before_write()
        self.threads.add(threading.current_thread())
        self.written.append((kind, payload))
