"""A marimo notebook served as an app."""

import tempfile
from pathlib import Path

import marimo

NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    1 + 1
    return
"""
file = Path(tempfile.mkdtemp()) / "sum.py"
file.write_text(NOTEBOOK, encoding="utf-8")
app = marimo.create_asgi_app().with_app(path="/sum", root=str(file)).build()
REQUESTS = ("GET /sum/health", "GET /sum/api/status", "GET /sum/manifest.json", "GET /sum/nope", "GET /nope")
ROUTES = ()
