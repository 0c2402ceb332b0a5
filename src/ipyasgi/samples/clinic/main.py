"""The app: its lifespan, its middleware and its routers."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware

from .database import open_database
from .examples import add_examples
from .live import Feed, Rooms
from .routers import admin, auth, chat, pets, visits
from .settings import read_settings

DESCRIPTION = """
Pets, their visits, and a chat for the waiting room.

Everyone may read. To change something, sign in as `ann@example.com` with the password `correct horse`, or register.
"""
TAGS = [
    {"name": "auth", "description": "Register and sign in."},
    {"name": "pets", "description": "The patients, and a **photo** of each."},
    {"name": "visits", "description": "Appointments, and a live stream of them."},
    {"name": "admin", "description": "For the owner of the clinic, with an API key."},
]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Open the database before the first request, close it after the last."""
    settings = read_settings()
    async with open_database() as sessions:
        await add_examples(sessions)
        print(f"{app.title}: open")
        yield {"settings": settings, "sessions": sessions, "feed": Feed(), "rooms": Rooms()}
    print(f"{app.title}: closed")


app = FastAPI(title="Pet clinic", version="2.3.1", description=DESCRIPTION, openapi_tags=TAGS, lifespan=lifespan)
for router in (auth.router, pets.router, visits.router, chat.router, admin.router):
    app.include_router(router)


@app.middleware("http")
async def time_request(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Say in a header how long the app took to begin its response."""
    started = time.perf_counter()
    response = await call_next(request)
    response.headers["X-Process-Time"] = f"{time.perf_counter() - started:.4f}"
    return response


app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:5173"], allow_methods=["*"], allow_headers=["*"])
