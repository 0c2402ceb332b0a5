"""Sends a request with a `BaseExplorer`, and prints its exchange: as text, as JSON, or its body alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..client.response import kept_content
from ..explorer.base_explorer import BaseExplorer
from ..history.exchange import Exchange
from ..protocol.errors import CallError, IpyasgiError
from ..records.exception_text import read_exception
from ..records.output import HeldOutput
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..shown import visible
from ..views.changes import exception_lines, show_exception
from ..views.exchange import shows_output
from . import statuses
from .event_stream import EventStreams
from .opened import OpenedApp
from .output import Output, say


@contextmanager
def open_explorer(opened: OpenedApp, settings: Settings) -> Iterator[BaseExplorer]:
    """Attach the app within ``with``; raises the exception of its startup."""
    lifespan: Any = "auto" if opened.starts else "off"
    with BaseExplorer(opened.app, lifespan=lifespan, settings=settings, name=opened.name) as explorer:
        if explorer.startup_error is not None:
            raise explorer.lifespan.handled_exception or explorer.startup_error
        yield explorer


def send_shown(
    opened: OpenedApp,
    spec: RequestSpec,
    options: Mapping[str, Any],
    view: str,
    settings: Settings,
    output: Output,
) -> int:
    """
    Send a request, print its exchange, and return the exit status.

    :param view: ``json``, ``text``, ``headers``, or empty for what fits the output
    """
    is_body = not (view or output.is_terminal)
    with open_explorer(opened, settings) as explorer:
        if is_body:
            explorer.configure(body_bytes=2**53)  # all of it goes into the pipe
        streams = EventStreams(output, settings) if output.is_terminal and view in ("", "text") else None
        exchange = send_recorded(explorer, spec, options, streams)
        if is_body:
            _print_body(exchange, settings, output)
        else:
            output.write_text(show(exchange, view, output) + "\n")
    return status_of(exchange)


def send_recorded(
    explorer: BaseExplorer, spec: RequestSpec, options: Mapping[str, Any], streams: EventStreams | None = None
) -> Exchange:
    """Send a request and return its exchange, whatever the app does; what its display has is printed only there."""
    held = HeldOutput()
    with held:
        try:
            on_call = None if streams is None else streams.follow
            exchange = explorer.send(spec, raise_exceptions=False, on_call=on_call, **options)
        except CallError:
            raise
        except Exception:  # such as a deadline, which is part of the exchange
            if not len(explorer.history):
                raise
            exchange = explorer.history[-1]
    if shows_output(exchange):
        held.drop()
    else:
        held.release()
    return exchange


def show(exchange: Exchange, view: str, output: Output, *, indent: int | None = 2) -> str:
    """Return an exchange as text or JSON, in colours if a terminal allows them."""
    if view == "json":
        return json.dumps(exchange.to_dict(), indent=indent, ensure_ascii=not output.is_unicode)
    return painted((exchange.head() if view == "headers" else exchange).to_text(), output)


def painted(text: str, output: Output) -> str:
    """Return the text of a display, in colours if a terminal allows them."""
    if not output.is_terminal:
        return text
    from ..views.colours import allows_colours, paint

    return paint(text) if allows_colours() else text


def status_of(exchange: Exchange) -> int:
    """Return the exit status for an exchange."""
    if exchange.response is None or exchange.exception_name:
        return statuses.FAILED
    return statuses.of_response(exchange.response.status_code)


def describe_error(error: BaseException, settings: Settings) -> str:
    """Return an exception of the app with its last frames, an error of ours in one line; masked."""
    if isinstance(error, IpyasgiError):
        return settings.redactor.text(str(error))
    return visible("\n".join(exception_lines(show_exception(read_exception(error), settings))))


def _print_body(exchange: Exchange, settings: Settings, output: Output) -> None:
    """Write the body, and what else was asked for to the standard error."""
    if exchange.response is not None and exchange.answered:
        output.write(kept_content(exchange.response))
    for part in (exchange.trace, exchange.profile):
        if part is not None:
            say(part.to_text())
    if exchange.exception is not None:
        say(describe_error(exchange.exception, settings))
    elif exchange.response is None or exchange.response.status_code >= 400:
        say(visible(exchange.outcome))
