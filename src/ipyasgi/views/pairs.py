"""Plain lists: the head of a response, default headers and cookies, the settings, imported requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..explorer.defaults import DefaultCookies, DefaultHeaders
from ..explorer.overrides import Overrides
from ..formats.imported import Imported
from ..history.exchange import ExchangeHead
from ..records.secret_rules import MASK
from ..records.settings import SETTINGS, Settings
from .exchange import ExchangeShown, exchange_data, show_exchange, summary_line
from .figures import count_of, size_of
from .view import View, build_view, one_line, shows, texts

Pairs = Sequence[tuple[str, str]]
_DEPENDENCIES = 60


def _head_data(exchange: ExchangeHead, settings: Settings) -> dict[str, Any]:
    whole = exchange_data(exchange, settings)
    return {key: whole[key] for key in ("method", "target", "status", "ms", "headers")}


@texts(ExchangeHead)
def _head_text(exchange: ExchangeHead, settings: Settings) -> str:
    return _view_head(exchange, settings).text


@shows(ExchangeHead, _head_data)
def _view_head(exchange: ExchangeHead, settings: Settings) -> View:
    shown = show_exchange(exchange, settings)
    return _view(summary_line(shown), shown.response_headers, summary=shown)


def _headers_data(headers: DefaultHeaders, settings: Settings) -> dict[str, Any]:
    return {"headers": list(map(list, _mask_headers(headers, settings)))}


@shows(DefaultHeaders, _headers_data)
def _view_headers(headers: DefaultHeaders, settings: Settings) -> View:
    return _view(f"{count_of(len(headers), 'header')} with every request", _mask_headers(headers, settings))


def _cookies_data(cookies: DefaultCookies, settings: Settings) -> dict[str, Any]:
    return {"cookies": list(map(list, _mask_cookies(cookies, settings)))}


@shows(DefaultCookies, _cookies_data)
def _view_cookies(cookies: DefaultCookies, settings: Settings) -> View:
    pairs = _mask_cookies(cookies, settings)
    return _view(count_of(len(pairs), "cookie") if pairs else "No cookies", pairs)


def _overrides_data(overrides: Overrides, settings: Settings) -> dict[str, Any]:
    return {
        "overrides": {one.name: one.value for one in overrides.sent()},
        "available": [one.name for one in overrides.available],
    }


@shows(Overrides, _overrides_data)
def _view_overrides(overrides: Overrides, settings: Settings) -> View:
    values = {one.name: one.value for one in overrides.sent()}
    every = overrides.available
    listed = sorted(every, key=lambda one: one.name not in values)[:_DEPENDENCIES]
    pairs = [(one.name, " instead of ".join(filter(None, [values.get(one.name), one.source]))) for one in listed]
    title = f"{len(values):,} of {len(every):,} dependencies overridden"
    if not every:
        title = "No dependencies: those of FastAPI's and Litestar's routes can be overridden"
    elif len(every) > len(listed):
        title = f"{title}; {len(listed)} are listed"
    return _view(title, pairs)


def _settings_data(shown: Settings, settings: Settings) -> dict[str, Any]:
    fields = {one.field: getattr(shown, one.field) for one in SETTINGS.values()}
    return fields | {"secret_names": list(shown.secret_names)}


@shows(Settings, _settings_data)
def _view_settings(shown: Settings, settings: Settings) -> View:
    return _view("Settings", [(one.field, repr(getattr(shown, one.field))) for one in SETTINGS.values()])


def _mask_headers(headers: DefaultHeaders, settings: Settings) -> Pairs:
    raw = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return settings.redactor.headers(raw)


def _mask_cookies(cookies: DefaultCookies, settings: Settings) -> Pairs:
    # All values are masked, because any cookie may identify a session.
    return [(name, value if settings.redactor.show else MASK) for name, value in cookies.items()]


def _view(title: str, pairs: Pairs, summary: ExchangeShown | None = None) -> View:
    width = min(max((len(name) for name, _ in pairs), default=0), 30)
    lines = [title, *(f"  {one_line(name, 60):<{width}}  {one_line(value)}" for name, value in pairs)]
    return build_view("\n".join(lines), "pairs.html", title=title, pairs=pairs, summary=summary)


def _imported_data(imported: Imported, settings: Settings) -> dict[str, Any]:
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


@shows(Imported, _imported_data)
def _view_imported(imported: Imported, settings: Settings) -> View:
    rows = []
    for name, spec in ((one.name, one.spec) for one in imported):
        size = size_of(len(spec.body)) if spec.body else ""
        rows.append((spec.method, settings.redactor.url(spec.target), size, name))
    title = f"{count_of(len(rows), 'request')} read"
    lines = [title]
    lines += [f"  {method} {one_line(target, 120)}  {size}  {name}".rstrip() for method, target, size, name in rows]
    lines += [f"  note: {one_line(note)}" for note in imported.notes]
    return build_view("\n".join(lines), "imported.html", rows=rows, title=title, notes=imported.notes)
