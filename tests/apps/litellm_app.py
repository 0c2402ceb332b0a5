"""LiteLLM's proxy without a database and without a key."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY"] = "true"

from litellm.proxy.proxy_server import app

REQUESTS = ("GET /health/liveliness", "GET /routes", "GET /models", "POST /chat/completions {}", "GET /nope")
ROUTES = ("GET /health/liveliness",)
__all__ = ["app"]
