"""Settings, read from the environment at startup."""

import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What may differ from one installation to another."""

    secret_key: str = field(repr=False)
    api_key: str = field(repr=False)
    token_lifetime: timedelta = timedelta(minutes=15)


def read_settings() -> Settings:
    """Return the settings. Without ``CLINIC_SECRET_KEY``, each start has a new key, and old tokens are not valid."""
    return Settings(
        secret_key=os.environ.get("CLINIC_SECRET_KEY") or secrets.token_urlsafe(32),
        api_key=os.environ.get("CLINIC_API_KEY") or "clinic-admin",
    )


def get_settings(connection: HTTPConnection) -> Settings:
    """Return the settings that the lifespan read."""
    settings: Settings = connection.state.settings
    return settings


CurrentSettings = Annotated[Settings, Depends(get_settings)]
