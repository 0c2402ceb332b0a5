"""Which formats exchanges can be exported to from the page, and what the file is called. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ...formats.exports import FORMATS
from ...history.exchange import Exchanges
from ...protocol.errors import RequestError
from ...views.figures import count_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """
    Exchanges in another format.

    :ivar about: what it is, in a few words
    :ivar filename: under which it is saved
    """

    about: str
    filename: str
    text: str


def export(exchanges: Exchanges, kind: str) -> Export:
    """
    Return the exchanges in another format; their secrets are names to be filled, or masked.

    :param kind: one of `FORMATS`
    Raises `RequestError` for a format there is not, where one cannot hold the exchanges, and where there are none.
    """
    if not exchanges:
        raise RequestError("there is nothing to export: select exchanges first")
    if kind not in FORMATS:
        raise RequestError(f"there is no format called {kind!r}: choose one of {', '.join(FORMATS)}")
    text: str = getattr(exchanges, f"to_{kind}")()
    what = exchanges[0].name if len(exchanges) == 1 else count_of(len(exchanges), "exchange")
    return Export(about=f"{what} as {kind}", filename=FORMATS[kind], text=text)
