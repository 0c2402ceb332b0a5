"""No panel has a serious violation of the accessibility rules that axe-core knows, empty or full, light or dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from ipyasgi.notebook.panels import PANELS

EMPTY = """
import ipyasgi
from ipyasgi.notebook.panels import PANELS
from ipyasgi.samples.shop import app
explorer = ipyasgi.Explorer(app, name="shop")
"""
FULL = (
    EMPTY
    + """
explorer.get("/items")
explorer.post("/items", json={"name": "pot", "price": 3.5})
explorer.get("/items/99")
explorer.send(explorer.history[-1].spec.__class__(method="GET", path="/boom"), raise_exceptions=False)
explorer.replay("r1")
"""
)
# All but the page around the panel, which is the front end's.
_OPTIONS = {"resultTypes": ["violations"], "rules": {"region": {"enabled": False}}}


def _serious(page: Page) -> list[str]:
    response = Axe().run(page, context=".ipyasgi-panel", options=_OPTIONS).response
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for violation in response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("setup", [EMPTY, FULL], ids=["empty", "full"])
@pytest.mark.parametrize("name", PANELS)
def test_no_serious_violation(run_notebook: Callable, lab_page: Page, theme: Callable, name: str, setup: str) -> None:
    """Roles, names, labels and contrast are in order, with everything unfolded that can be."""
    notebook = run_notebook(setup, f"PANELS[{name!r}](explorer)")
    notebook.locator(".ipyasgi-panel .ipyasgi-page:visible").first.wait_for()
    folded = notebook.locator(".ipyasgi-fold-button[aria-expanded='false']")
    while folded.count():
        folded.first.click()
    for tone in ("light", "dark"):
        theme(tone)
        assert _serious(lab_page) == []
