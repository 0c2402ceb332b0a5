"""The database: a temporary file for each life of the app, and a session for each request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import Annotated

import anyio
from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.requests import HTTPConnection
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from .models import Base

Sessions = async_sessionmaker[AsyncSession]


@asynccontextmanager
async def open_database() -> AsyncIterator[Sessions]:
    """Create a database with empty tables, and delete it at the end."""
    folder = await run_in_threadpool(TemporaryDirectory[str], prefix="clinic-", ignore_cleanup_errors=True)
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=f"{folder.name}/clinic.sqlite3"))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        with anyio.CancelScope(shield=True):  # also when the startup is cancelled
            await engine.dispose()
            await run_in_threadpool(folder.cleanup)


def get_sessions(connection: HTTPConnection) -> Sessions:
    """Return what makes sessions, for work that outlives the request's own."""
    sessions: Sessions = connection.state.sessions
    return sessions


async def get_session(sessions: Annotated[Sessions, Depends(get_sessions)]) -> AsyncIterator[AsyncSession]:
    """Open a session for one request. What is not committed is rolled back."""
    async with sessions() as session:
        yield session


SessionMaker = Annotated[Sessions, Depends(get_sessions)]
Session = Annotated[AsyncSession, Depends(get_session)]
