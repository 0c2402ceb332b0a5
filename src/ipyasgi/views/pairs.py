"""Plain lists: the head of a response, default headers and cookies, the settings, imported requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..explorer.defaults import DefaultCookies, DefaultHeaders
from ..formats.imported import Imported
from ..history.exchange import ExchangeHead
from ..records.redaction import MASK
from ..records.settings import SETTINGS, Settings
from .exchange import ExchangeShown, exchange_data, show_exchange, summary_line
from .figures import count_of, size_of
from .view import View, build_view, one_line, shows

Pairs = Sequence[tuple[str, str]]


def head_data(exchange: ExchangeHead, settings: Settings) -> dict[str, Any]:
    """Return ``method, target, status, ms, headers``."""
    whole = exchange_data(exchange, settings)
    return {key: whole[key] for key in ("method", "target", "status", "ms", "headers")}


@shows(ExchangeHead, head_data)
def view_head(exchange: ExchangeHead, settings: Settings) -> View:
    """Return the view of an exchange's head: its summary line and the response headers."""
    shown = show_exchange(exchange, settings)
    return _view(summary_line(shown), shown.response_headers, summary=shown)


def headers_data(headers: DefaultHeaders, settings: Settings) -> dict[str, Any]:
    """Return the default headers as pairs."""
    return {"headers": list(map(list, mask_default_headers(headers, settings)))}


@shows(DefaultHeaders, headers_data)
def view_headers(headers: DefaultHeaders, settings: Settings) -> View:
    """Return the view of the default headers."""
    return _view(f"{count_of(len(headers), 'header')} with every request", mask_default_headers(headers, settings))


def cookies_data(cookies: DefaultCookies, settings: Settings) -> dict[str, Any]:
    """Return the cookies as pairs."""
    return {"cookies": list(map(list, mask_cookies(cookies, settings)))}


@shows(DefaultCookies, cookies_data)
def view_cookies(cookies: DefaultCookies, settings: Settings) -> View:
    """Return the view of the cookies. All values are masked, because any cookie may identify a session."""
    pairs = mask_cookies(cookies, settings)
    return _view(count_of(len(pairs), "cookie") if pairs else "No cookies", pairs)


def settings_data(shown: Settings, settings: Settings) -> dict[str, Any]:
    """Return the settings by their Python names."""
    fields = {one.field: getattr(shown, one.field) for one in SETTINGS.values()}
    return fields | {"secret_names": list(shown.secret_names)}


@shows(Settings, settings_data)
def view_settings(shown: Settings, settings: Settings) -> View:
    """Return the view of the settings, by their Python names."""
    return _view("Settings", [(one.field, repr(getattr(shown, one.field))) for one in SETTINGS.values()])


def mask_default_headers(headers: DefaultHeaders, settings: Settings) -> Pairs:
    """Return the default headers with secret values masked."""
    raw = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return settings.redactor.headers(raw)


def mask_cookies(cookies: DefaultCookies, settings: Settings) -> Pairs:
    """Return the cookies, each value masked."""
    return [(name, value if settings.redactor.show else MASK) for name, value in cookies.items()]


def _view(title: str, pairs: Pairs, summary: ExchangeShown | None = None) -> View:
    width = min(max((len(name) for name, _ in pairs), default=0), 30)
    lines = [title, *(f"  {one_line(name, 60):<{width}}  {one_line(value)}" for name, value in pairs)]
    return build_view("\n".join(lines), "pairs.html", title=title, pairs=pairs, summary=summary)


def imported_data(imported: Imported, settings: Settings) -> dict[str, Any]:
    """Return the imported requests, and the notes."""
    return {
        "requests": [
            {
                "name": one.name,
                "method": one.spec.method,
                "target": settings.redactor.url(one.spec.target),
                "body_bytes": len(one.spec.body),
            }
            for one in imported
        ],
        "notes": list(imported.notes),
    }


@shows(Imported, imported_data)
def view_imported(imported: Imported, settings: Settings) -> View:
    """Return the view of imported requests, a line for each, and of the notes."""
    rows = []
    for name, spec in ((one.name, one.spec) for one in imported):
        size = size_of(len(spec.body)) if spec.body else ""
        rows.append((spec.method, settings.redactor.url(spec.target), size, name))
    title = f"{count_of(len(rows), 'request')} read"
    lines = [title]
    lines += [f"  {method} {one_line(target, 120)}  {size}  {name}".rstrip() for method, target, size, name in rows]
    lines += [f"  note: {one_line(note)}" for note in imported.notes]
    return build_view("\n".join(lines), "imported.html", rows=rows, title=title, notes=imported.notes)
