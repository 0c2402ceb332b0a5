"""Dagster's web server over one asset, by a factory."""

import os
import tempfile
from pathlib import Path

os.environ["DAGSTER_HOME"] = tempfile.mkdtemp()
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"

from dagster._core.instance import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from starlette.applications import Starlette

ASSET = """
from dagster import Definitions, asset


@asset
def tea() -> int:
    return 1


defs = Definitions([tea])
"""
file = Path(os.environ["DAGSTER_HOME"]) / "assets.py"
file.write_text(ASSET, encoding="utf-8")


def make() -> Starlette:
    target = PythonFileTarget(str(file), attribute=None, working_directory=None, location_name=None)
    context = WorkspaceProcessContext(DagsterInstance.get(), target).__enter__()
    return create_app_from_workspace_process_context(context)


FACTORY = "make"
REQUESTS = (
    "GET /server_info",
    'POST /graphql {"query": "{ version }"}',
    'POST /graphql {"query": "{ nope }"}',
    "GET /dagit_info",
    "POST /nope",
)
ROUTES = ("GET /server_info",)
