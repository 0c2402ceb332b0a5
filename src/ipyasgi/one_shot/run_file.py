"""Sends the requests of a file in order: ``ipyasgi APP run FILE``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..formats import import_requests
from ..history.exchange import Exchange
from ..protocol.errors import RequestError
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..shown import visible
from ..views.exchange import summarize, summary_line
from . import statuses
from .opened import OpenedApp
from .output import Output, say
from .shown import open_explorer, painted, send_recorded, show, status_of


def run_file(
    opened: OpenedApp, text: bytes, options: Mapping[str, Any], view: str, settings: Settings, output: Output
) -> int:
    """
    Send the requests of a text in order, print a line for each, and return the worst exit status.

    A request that fails does not stop the next ones. One that cannot be read is left out; one that needs a value of an
    earlier response, which does not have it, ends the command. Variables have the values of the environment.

    :param view: ``text`` or ``headers`` for the display of each instead, ``json`` for a line of JSON
    """
    found = import_requests(text, base_url=settings.base_url, variables=os.environ)
    for note in found.notes:
        say(f"note: {visible(settings.redactor.text(note))}")
    worst = statuses.USAGE if found.left_out else 0
    with open_explorer(opened, settings) as explorer:

        def send(spec: RequestSpec) -> Exchange:
            nonlocal worst
            exchange = send_recorded(explorer, spec, options)
            output.write_text(_row(exchange, view, settings, output) + "\n")
            worst = max(worst, status_of(exchange))  # any of them is more than that of a request that is left out
            return exchange

        try:
            found.send_each(send)
        except RequestError as exc:
            say(settings.redactor.text(str(exc)))
            return worst or statuses.USAGE
    return worst


def _row(exchange: Exchange, view: str, settings: Settings, output: Output) -> str:
    if view:
        return show(exchange, view, output, indent=None) + ("\n" if view != "json" else "")
    text = summary_line(summarize(exchange, settings))
    return painted(text, output)
