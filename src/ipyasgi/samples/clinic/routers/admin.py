"""For the owner of the clinic."""

from fastapi import APIRouter, Depends
from sqlalchemy import func, select

from ..database import Session
from ..live import CurrentFeed, CurrentRooms
from ..models import Pet, User, Visit
from ..schemas import Stats
from ..security import check_api_key

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(check_api_key)])


@router.get("/stats", responses={403: {"description": "Wrong API key"}})
async def show_stats(session: Session, feed: CurrentFeed, rooms: CurrentRooms) -> Stats:
    """Show the clinic in numbers. This needs the header `X-API-Key`."""
    pets = await session.execute(select(Pet.species, func.count()).group_by(Pet.species))
    visits = await session.execute(select(Visit.status, func.count()).group_by(Visit.status))
    return Stats(
        users=await session.scalar(select(func.count()).select_from(User)) or 0,
        pets=dict(pets.all()),
        visits=dict(visits.all()),
        listeners=len(feed),
        rooms=rooms.count(),
    )
