"""Prefect's server, by its factory."""

import os
import tempfile

os.environ["PREFECT_HOME"] = tempfile.mkdtemp()
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"

from prefect.server.api.server import create_app

FACTORY = "create_app"
REQUESTS = (
    "GET /api/health",
    "GET /api/version",
    "POST /api/flows/filter {}",
    "GET /api/flows/x",
    "GET /api/nope",
)
ROUTES = ("GET /api/health",)
__all__ = ["create_app"]
