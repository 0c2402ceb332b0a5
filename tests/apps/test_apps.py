"""Real apps, each in an environment of its own: attached, toured and compared with uvicorn; for the night."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.conformance, pytest.mark.nightly, pytest.mark.timeout(400)]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
APPS = {
    "ariadne": ["ariadne"],
    "blacksheep": ["blacksheep"],
    "connexion": ["connexion[uvicorn]"],
    "dagster": ["dagster-webserver"],
    "datasette": ["datasette"],
    "django": ["channels", "djangorestframework", "django-ninja"],
    "falcon": ["falcon"],
    "fastmcp": ["fastmcp"],
    "gradio": ["gradio"],
    "litellm": ["litellm[proxy]"],
    "litestar": ["litestar"],
    "marimo": ["marimo"],
    "mlflow": ["mlflow"],
    "nicegui": ["nicegui"],
    "prefect": ["prefect"],
    "quart": ["quart"],
    "ravyn": ["ravyn"],
    "sanic": ["sanic"],
    "socketio": ["python-socketio", "fastapi"],
    "sqladmin": ["sqladmin", "sqlalchemy[asyncio]", "itsdangerous"],
    "strawberry": ["strawberry-graphql[fastapi]"],
}


def install(name: str) -> Path:
    """Return the interpreter of an environment with an app; it is made anew each time, which takes seconds."""
    place = ROOT / f".venv-apps-{name}"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, place], check=True, timeout=60)
    needed = [*APPS[name], "uvicorn", "pytest", "-e", str(ROOT)]
    command = [uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--python", place, *needed]
    subprocess.run(command, check=True, timeout=120)
    return place / "bin/python"


def tour(name: str) -> dict[str, Any]:
    """Return what was seen of an app."""
    done = subprocess.run(
        [install(name), "tour.py", name], cwd=HERE, env={**os.environ, "PYTHONPATH": "", "PYTHONHASHSEED": "0"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("=== ")]
    assert lines, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return json.loads(lines[-1][4:])


@pytest.mark.parametrize("name", APPS)
def test_an_app_as_its_users_write_it(name: str) -> None:
    """Routes, responses as from uvicorn, state, a recheck without a change, exported tests that pass, and traces."""
    seen = tour(name)
    assert seen["missing"] == [], seen["routes"]
    assert seen["different"] == []
    assert seen["recheck"] == ["same"] * len(seen["statuses"]), "\n".join(seen["changed"])
    assert seen["state"]
    assert seen["tests"] == "passed", seen["tests"]
    assert seen["traced"] == []
