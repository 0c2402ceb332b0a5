"""The request form, as a user's hand finds it: any panel that has one, in any front end. No fixture."""

from playwright.sync_api import Locator


def choose(panel: Locator, words: str, key: str = "") -> None:
    """Search a route by words, and click the first that is found, or the first whose text contains ``key``.

    The kernel describes a route that was chosen before when it can, and the form then has the focus: unless a key was
    pressed since, which `Locator.fill` alone does not do.
    """
    path = panel.get_by_role("combobox", name="path")
    path.press("Control+a")
    path.fill(words)
    panel.locator("[role=option]", has_text=key).first.click()
