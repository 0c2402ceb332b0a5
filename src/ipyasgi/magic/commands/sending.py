"""What a line that begins with a method does: the command that has no name of its own."""

from __future__ import annotations

from ..request_line import SENDING_OPTIONS, write_request
from .command import Command

SEND = Command(
    name="METHOD",
    usage="/path [items]",
    description="send a request; the value of the line is the Exchange",
    python=write_request,
    example="GET /items limit==2",
    options=SENDING_OPTIONS,
    takes_cell=True,
)
