"""The form's piece of page: its traits and messages, and nothing else."""

from __future__ import annotations

from typing import Any

import traitlets

from ..part import Part, read_bundle, read_style
from .code_kinds import CODE_KINDS


class RequestForm(Part):
    """
    The form on the page.

    :ivar choices: the routes (`page_state.choices_of`)
    :ivar methods: the methods to choose from
    :ivar draft: what the form shows when a page opens, and after a `fill` (`page_state.page_draft`), with ``fill``, the
        number of fills so far, and ``seq``, the number of the page's own changes since
    :ivar verdict: `page_state.judge` of a draft, with that draft's ``fill`` and ``seq``
    :ivar code_kinds: name and title of the tabs with the request as code
    :ivar run: how sending goes: ``turn`` (counts every attempt), ``busy``, ``elapsed_ms``, ``tone``, ``text``

    :ivar auth: by security scheme whether a credential is set, and words about it
    :ivar sheet: what the app's document says of one operation (`sheet_page.page_sheet`), with its ``key``, with
        ``start``, the untouched form, and ``generation``, which counts the documents read; before the first it is 0

    The page says ``{ask: "draft", draft}`` while it is typed in, ``{ask: "send", draft}``, ``{ask: "cancel"}``,
    ``{ask: "sheet", key}``, ``{ask: "credential", key, values}``, ``{ask: "forget", key}``, and
    ``{ask: "file", id, index, count, name, type}`` with one buffer.
    """

    _esm = read_bundle("request_form")
    _css = read_style("request_form", "fields")
    choices: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    methods: traitlets.List[str] = traitlets.List().tag(sync=True)
    draft = traitlets.Dict().tag(sync=True)
    verdict = traitlets.Dict().tag(sync=True)
    auth = traitlets.Dict().tag(sync=True)
    sheet = traitlets.Dict().tag(sync=True)
    run = traitlets.Dict().tag(sync=True)
    code_kinds: traitlets.List[tuple[str, str]] = traitlets.List(list(CODE_KINDS.items())).tag(sync=True)
