"""What a user may set, as one frozen value. Reads no file, no environment, no shell."""

from __future__ import annotations

from dataclasses import dataclass

from ..shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Shown):
    """
    :ivar timeout_s: seconds for one request of the magic, a panel or the explorer; None for ever
    :ivar lifespan_timeout_s: seconds for one lifespan step, startup or shutdown
    :ivar show_secrets: show what `ipyasgi.explore.redaction` would mask
    :ivar secret_names: headers, cookies and fields to mask too; taken away again they stay masked in this process
    :ivar history_count: exchanges the history keeps
    :ivar history_bytes: bytes the history keeps, as `ipyasgi.explore.memory` estimates them
    :ivar body_shown_bytes: bytes of one body that a view shows
    """

    timeout_s: float | None = 30.0
    lifespan_timeout_s: float = 10.0
    show_secrets: bool = False
    secret_names: tuple[str, ...] = ()
    history_count: int = 500
    history_bytes: int = 64 * 1024 * 1024
    body_shown_bytes: int = 64 * 1024
