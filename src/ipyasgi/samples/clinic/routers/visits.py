"""The visits, and a live stream of their changes."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import func, select

from ..database import Session, SessionMaker
from ..live import CurrentFeed, Feed
from ..models import Pet, Visit, VisitStatus
from ..schemas import Page, VisitChange, VisitIn, VisitOut, VisitQuery
from ..security import CurrentUser

KEEP_ALIVE_S = 15
PRESENT = (VisitStatus.WAITING, VisitStatus.IN_TREATMENT)

router = APIRouter(prefix="/visits", tags=["visits"])


@router.get("")
async def list_visits(query: Annotated[VisitQuery, Query()], session: Session, request: Request) -> Page[VisitOut]:
    """List the visits in the order of their time, a page at a time."""
    found = select(Visit)
    if query.status:
        found = found.where(Visit.status.in_(query.status))
    if query.pet_id is not None:
        found = found.where(Visit.pet_id == query.pet_id)
    total = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
    visits = await session.scalars(found.order_by(Visit.at, Visit.id).limit(query.limit).offset(query.offset))
    end = query.offset + query.limit
    return Page(
        items=[VisitOut.model_validate(visit) for visit in visits],
        total=total,
        next=str(request.url.include_query_params(offset=end)) if end < total else None,
    )


@router.post("", status_code=201, responses={404: {"description": "No such pet"}})
async def create_visit(new: VisitIn, session: Session, user: CurrentUser, feed: CurrentFeed) -> VisitOut:
    """Make an appointment."""
    if await session.get(Pet, new.pet_id) is None:
        raise HTTPException(404, f"No pet has the id {new.pet_id}")
    visit = Visit(**new.model_dump())
    session.add(visit)
    await session.commit()
    feed.publish(VisitOut.model_validate(visit))
    return VisitOut.model_validate(visit)


@router.get("/live", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def follow_visits(
    sessions: SessionMaker,
    feed: CurrentFeed,
    limit: Annotated[int | None, Query(ge=1, le=1000, description="end after so many events")] = None,
) -> StreamingResponse:
    """Follow the visits as *server-sent events*.

    First come the pets in the waiting room, then every visit that is made or changes. The stream ends after `limit`
    events, or when the client leaves.
    """
    return StreamingResponse(stream_visits(sessions, feed, limit), media_type="text/event-stream")


@router.patch("/{visit_id}", responses={404: {"description": "No such visit"}})
async def change_visit(
    visit_id: Annotated[int, Path(ge=1, lt=2**63)],
    change: VisitChange,
    session: Session,
    user: CurrentUser,
    feed: CurrentFeed,
) -> VisitOut:
    """Set the status of a visit, and what it cost."""
    visit = await session.get(Visit, visit_id)
    if visit is None:
        raise HTTPException(404, f"No visit has the id {visit_id}")
    for field, value in change.model_dump(exclude_none=True).items():
        setattr(visit, field, value)
    await session.commit()
    feed.publish(VisitOut.model_validate(visit))
    return VisitOut.model_validate(visit)


async def stream_visits(sessions: SessionMaker, feed: Feed, limit: int | None) -> AsyncIterator[str]:
    """Return the stream in pieces: an event for each visit, a comment where nothing has happened for a while."""
    sent = 0
    with feed.listen() as queue:
        present = await find_present(sessions)
        while sent != limit:
            try:
                visit = present.popleft() if present else await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
            except TimeoutError:
                yield ": nothing new\n\n"
            else:
                yield f"event: visit\nid: {visit.id}\ndata: {visit.model_dump_json()}\n\n"
                sent += 1


async def find_present(sessions: SessionMaker) -> deque[VisitOut]:
    """Return the visits of those who wait or are in treatment."""
    async with sessions() as session:
        visits = await session.scalars(select(Visit).where(Visit.status.in_(PRESENT)).order_by(Visit.at))
        return deque(VisitOut.model_validate(visit) for visit in visits)
