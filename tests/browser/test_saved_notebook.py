"""A notebook that is saved after secrets were typed, shown, sent and masked has none of them."""

import json
import re
from base64 import b64encode
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from .request_form import choose

CLINIC = "%load_ext ipyasgi\nfrom ipyasgi.samples.clinic import app\nexplorer = %asgi app"
PASSWORD = "corr3ct-horse-battery"
EMAIL = "zoe@example.com"
# The state of the widgets is saved too, as a user can choose in JupyterLab's settings.
_SAVE_JS = """async () => {
    const { commands } = window.jupyterapp;
    const keep = "@jupyter-widgets/jupyterlab-manager:saveWidgetState";
    if (!commands.isToggled(keep)) await commands.execute(keep);
    await commands.execute("docmanager:save");
}"""


def _send(bench: Locator, status: str) -> None:
    bench.get_by_role("button", name="Send", exact=True).click()
    expect(bench.locator(".ipyasgi-outcome")).to_have_text(status)


def test_no_secret_is_saved(run_notebook: Callable) -> None:
    """Neither the password, typed in two forms and shown by its eye, nor the token, shown and used."""
    notebook = run_notebook(CLINIC, "%asgi panel")
    bench = notebook.locator(".ipyasgi-workbench")
    for words, name, status in (("register", "email", "201 Created"), ("auth/token", "username", "200 OK")):
        choose(bench, words)
        bench.get_by_label(name, exact=True).fill(EMAIL)
        field = bench.get_by_label("password", exact=True)
        field.fill(PASSWORD)
        bench.get_by_role("button", name="Show password").click()
        expect(field).to_have_attribute("type", "text")
        _send(bench, status)
    row = bench.get_by_role("treeitem").filter(has_text="access_token")
    row.get_by_role("button").first.click()
    expect(row).to_contain_text("eyJ")
    token = row.inner_text().split('"')[1].rstrip("…")
    assert len(token) > 40
    bench.get_by_role("button", name="Use as credentials").click()
    choose(bench, "auth/me")
    _send(bench, "200 OK")
    notebook.page.evaluate(_SAVE_JS)
    text = notebook.file.read_text("utf-8")
    assert json.loads(text)["metadata"]["widgets"]
    assert EMAIL in text
    for secret in (PASSWORD, token, token.split(".")[1], token[-20:]):
        assert secret not in text
    # The page may show only the beginning of the token; and a part of the saved text may be encoded once more.
    assert re.findall(r"eyJ[\w-]{8,}", text) == []
    for encoded in (b64encode(PASSWORD.encode()), b64encode(f"{EMAIL}:{PASSWORD}".encode())):
        assert encoded.decode().rstrip("=")[:-1] not in text
