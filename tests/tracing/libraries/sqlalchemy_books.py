"""Books and their authors as models of SQLAlchemy, in words that 1.4 knows too; prints what a trace has. Not a test."""

import asyncio
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, declarative_base, relationship
from sqlalchemy.pool import StaticPool

from ipyasgi import Explorer

Base: Any = declarative_base()


class Author(Base):
    """One author."""

    __tablename__ = "author"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)


class Book(Base):
    """One book."""

    __tablename__ = "book"
    id = sa.Column(sa.Integer, primary_key=True)
    author_id = sa.Column(sa.ForeignKey("author.id"))
    author = relationship(Author)


def books() -> list[Any]:
    return [Book(id=number, author=Author(id=number, name=f"Ann {number}")) for number in range(1, 4)]


engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}, future=True)
Base.metadata.create_all(engine)
with Session(engine) as filled:
    filled.add_all(books())
    filled.commit()


def loop() -> None:
    with Session(engine) as session:
        for book in session.execute(sa.select(Book).order_by(Book.id)).scalars():
            str(book.author.name)


async def loop_async() -> None:
    async_engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    async with async_engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(async_engine) as session:
        session.add_all(books())
        await session.commit()
        for number in range(1, 4):
            await session.execute(sa.select(Author).where(Author.id == number))
    await async_engine.dispose()


async def app(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.to_thread(loop) if scope["path"] == "/loop" else await loop_async()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


if __name__ == "__main__":
    with Explorer(app, lifespan="off") as explorer:
        traces = {path: explorer.get(path, trace=True).trace for path in ("/loop", "/loop_async")}
    found = {path: trace.to_dict() for path, trace in traces.items() if trace is not None}
    print(json.dumps({"version": sa.__version__, **found}))
