"""What a notebook that was run and saved, widget state and all, holds of secrets."""

import nbclient
import nbformat
import pytest
from nbformat import v4

pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(180)]

SECRET = "hunter2-of-ada"
# Every slot of a request, every way in, every way out.
CELLS = r"""
%load_ext ipyasgi
# %%
import os, json
secret = os.environ["IPYASGI_TESTED_SECRET"]

async def app(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError
    await receive()
    answer = {"access_token": secret, "who": "ada", "nested": [{"password": secret}]}
    headers = [
        (b"content-type", b"application/json"),
        (b"set-cookie", b"session=" + secret.encode() + b"; Path=/"),
        (b"location", b"/next?token=" + secret.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
# %%
%asgi app
# %%
%asgi POST /login Authorization:'Bearer {{secret}}' X-API-Key:{{secret}} Cookie:sid={{secret}} token=={{secret}}
# %%
%asgi --form POST /login password={{secret}} user=ada
# %%
%%asgi POST /login?api_key={{secret}}
Authorization: Basic {{secret}}

{"client_secret": {{secret}}, "deep": [{"refresh_token": {{secret}}}]}
# %%
from pathlib import Path
http = f'POST http://testserver/login\nAuthorization: Bearer {secret}\n\n{{"pin": "{secret}"}}'
curl = f"curl http://testserver/login -u 'ada:{secret}' -b 'sid={secret}' -d 'password={secret}'"
written = Path('login.http').write_text(http), Path('login.sh').write_text(curl)
# %%
%asgi import login.http
# %%
%asgi import login.sh
# %%
%asgi history
# %%
%asgi show r1
# %%
%asgi diff r1 r2
# %%
%asgi export r1 curl
# %%
%asgi export r1 httpx
# %%
%asgi export r1 pytest
# %%
%asgi export r1 http
# %%
%asgi export r1 har
# %%
%asgi --as-python POST /login Authorization:'Bearer {{secret}}' password={{secret}}
# %%
explorer = %asgi app
explorer.history[0]
# %%
explorer.history[0].spec
# %%
explorer.history[0].run
# %%
explorer.panel()
""".strip().split("\n# %%\n")
SHOWN = "%asgi POST /login password={{secret}} --show-secrets"


def run(cells, directory, monkeypatch):
    """Return the notebook as it is saved after all its cells have run, as text."""
    monkeypatch.setenv("IPYASGI_TESTED_SECRET", SECRET)
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    resources = {"metadata": {"path": str(directory)}}
    nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources=resources, store_widget_state=True
    ).execute()
    return nbformat.writes(notebook)


def test_a_saved_notebook_holds_no_secret(tmp_path, monkeypatch):
    """A secret that went through every slot, import, export and panel is in no output and no widget state."""
    saved = run(CELLS, tmp_path, monkeypatch)

    assert SECRET not in saved
    assert "•••" in saved
    assert '"widgets"' in saved


def test_who_asks_sees_it(tmp_path, monkeypatch):
    """With ``--show-secrets`` it is there: the test above looks where a secret would be."""
    assert SECRET in run([*CELLS[:3], SHOWN], tmp_path, monkeypatch)
