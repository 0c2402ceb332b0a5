"""
Writes one HTML page with an exchange of every kind and every other view, to be looked at:

    python -m tests.views.page page.html [light|dark|unstyled|bare]

``light`` and ``dark`` set a few of JupyterLab's variables and the rules of its outputs that reach into ours;
``unstyled`` takes our styles away; ``bare`` also the elements of drawings, but not their text, as JupyterLab does with
a notebook that is not trusted. Not a test; `test_page.py` writes it too.
"""

import re
import sys
from pathlib import Path

from ipyasgi import Explorer
from ipyasgi.views.comparison import view_comparison, view_recheck
from ipyasgi.views.exchange import view_exchange, view_exchanges, view_history
from ipyasgi.views.explorer import view_explorer
from ipyasgi.views.lifespan import view_lifespan
from ipyasgi.views.preview import view_preview
from ipyasgi.views.routes import view_routes
from ipyasgi.views.run import view_run
from ipyasgi.views.state import view_state
from ipyasgi.views.view import View

from .calls import call_everything
from .exhibit import Exhibit, check_again, send_everything

_LAB = """
body { background: var(--jp-layout-color0); font-family: system-ui; margin: 0; padding: 12px 20px;
  --jp-content-font-size1: 14px; --jp-ui-font-size1: 13px; --jp-code-font-size: 13px; --jp-code-line-height: 1.3077;
  --jp-code-font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; }
h2 { color: gray; font: 600 12px system-ui; margin: 22px 0 4px; }
.jp-RenderedHTMLCommon { color: var(--jp-content-font-color1); line-height: 1.6; font-size: 14px; }
.jp-RenderedHTMLCommon tbody tr:nth-child(even) { background: var(--jp-rendermime-table-row-background); }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: var(--jp-layout-color0); }
:not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon :is(td, th, tr) { text-align: right; }
.jp-RenderedHTMLCommon :is(td, th, tr) { vertical-align: middle; padding: .5em; line-height: normal; border: none; }
.jp-RenderedHTMLCommon table { border: none; border-collapse: collapse; color: var(--jp-ui-font-color1);
  font-size: 13px; margin-bottom: 1em; table-layout: fixed; }
.jp-RenderedHTMLCommon thead { border-bottom: 1px solid var(--jp-border-color1); vertical-align: bottom; }
.jp-ThemedContainer .jp-RenderedHTMLCommon :is(pre, code) { background-color: var(--jp-layout-color0); border: 0;
  color: var(--jp-content-font-color1); font-family: var(--jp-code-font-family); font-size: inherit; line-height: 1.3;
  padding: 0; white-space: pre-wrap; }
.jp-ThemedContainer .jp-RenderedHTMLCommon pre { font-size: 13px; margin: 0; }
.jp-RenderedHTMLCommon p { margin: 0 0 1em; }
.jp-RenderedHTMLCommon :is(ul, ol):not(.list-inline) { margin-bottom: 1em; padding-left: 2em; }
.jp-RenderedHTMLCommon :is(img, svg) { height: auto; max-width: 100%; }
"""
_THEMES = {
    "light": "--jp-layout-color0: white; --jp-content-font-color1: rgba(0,0,0,.87);"
    "--jp-ui-font-color1: rgba(0,0,0,.87); --jp-border-color1: #bdbdbd;"
    " --jp-rendermime-table-row-background: #eee; --jp-success-color1: #388e3c;"
    "--jp-error-color1: #d32f2f; --jp-warn-color1: #f57c00; --jp-brand-color1: #1976d2;",
    "dark": "--jp-layout-color0: #111; --jp-content-font-color1: #fff; --jp-ui-font-color1: rgba(255,255,255,.87);"
    "--jp-border-color1: #616161; --jp-rendermime-table-row-background: #212121; --jp-success-color1: #4caf50;"
    "--jp-error-color1: #f44336; --jp-warn-color1: #ff9800; --jp-brand-color1: #2196f3;",
}


def draw_everything(explorer: Explorer) -> list[tuple[str, View]]:
    """Return a title and a view for every kind of thing there is to show."""
    settings = explorer.settings
    exchanges = send_everything(explorer)
    views = [(one.request.url.path[:60], view_exchange(one, settings)) for one in exchanges]
    checked = check_again(explorer)
    previews = [one for one in exchanges if one.request.url.path in ("/page", "/svg", "/pdf", "/talk")]
    return [
        ("recheck", view_recheck(checked, settings)),
        *((f"comparison {one.target.partition('?')[0]}", view_comparison(one, settings)) for one in checked),
        ("explorer", view_explorer(explorer, settings)),
        ("routes", view_routes(explorer.routes, settings)),
        ("state", view_state(explorer.state, settings)),
        ("lifespan", view_lifespan(explorer.lifespan, settings)),
        ("exchanges", view_exchanges(explorer.history[:6], settings)),
        ("history", view_history(explorer.history, settings)),
        *((title, view_run(run, settings)) for title, run in call_everything(Exhibit())),
        *((f"preview of {one.request.url.path}", view_preview(one.preview(), settings)) for one in previews),
        *views,
    ]


def build_page(views: list[tuple[str, View]], theme: str) -> str:
    """Return the page."""
    outputs = "\n".join(
        f"<h2>{title.replace('&', '&amp;').replace('<', '&lt;')}</h2>"
        f'<div class="jp-RenderedHTMLCommon jp-OutputArea-output">{view.html}</div>'
        for title, view in views
    )
    if theme in ("unstyled", "bare"):
        outputs = re.sub(r"<style>.*?</style>| class=\"[^\"]*\"", "", outputs, flags=re.DOTALL)
        outputs = strip_drawings(outputs) if theme == "bare" else outputs
        return f"<!doctype html><meta charset=utf-8><title>ipyasgi, {theme}</title>{outputs}"
    return (
        f"<!doctype html><meta charset=utf-8><meta name=viewport content=width=device-width>"
        f"<title>ipyasgi, {theme}</title><style>:root {{ {_THEMES[theme]} }}{_LAB}</style>"
        f'<body class="jp-ThemedContainer">{outputs}'
    )


def strip_drawings(html: str) -> str:
    """Return the HTML without the elements of its drawings; their text stays."""
    return re.sub(r"</?(?:svg|g|line|path|rect|text|title|tspan)\b[^>]*>", "", html)


if __name__ == "__main__":
    with Explorer(Exhibit(), name="the exhibit") as shown:
        Path(sys.argv[1]).write_text(build_page(draw_everything(shown), *(sys.argv[2:3] or ["light"])), "utf-8")
