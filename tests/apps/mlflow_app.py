"""MLflow's server: FastAPI around Flask."""

import os
import tempfile

folder = tempfile.mkdtemp()
os.environ["_MLFLOW_SERVER_FILE_STORE"] = f"sqlite:///{folder}/mlflow.db"
os.environ["_MLFLOW_SERVER_ARTIFACT_ROOT"] = folder

from mlflow.server.fastapi_app import app  # noqa: E402

REQUESTS = (
    "GET /health",
    "GET /version",
    "GET /api/2.0/mlflow/registered-models/search",
    "GET /api/2.0/mlflow/experiments/get?experiment_id=99",
    "GET /nope",
)
ROUTES = ("GET /health",)
__all__ = ["app"]
