"""What was read from a foreign text: its requests as a list, and what of it was left out."""

from __future__ import annotations

from ..formats.imported import Imported
from ..records.settings import Settings
from .figures import count_of, size_of
from .view import View, build_view, one_line


def view_imported(imported: Imported, settings: Settings) -> View:
    """Return one line for each request, secrets of its query masked, and the notes."""
    rows = [
        (
            request.spec.method,
            settings.redactor.url(request.spec.target),
            size_of(len(request.spec.body)) if request.spec.body else "",
            request.name,
        )
        for request in imported
    ]
    title = f"{count_of(len(rows), 'request')} read"
    lines = [title]
    lines += [f"  {method} {one_line(target, 120)}  {size}  {name}".rstrip() for method, target, size, name in rows]
    lines += [f"  note: {one_line(note)}" for note in imported.notes]
    return build_view("\n".join(lines), "imported.html", rows=rows, title=title, notes=imported.notes)
