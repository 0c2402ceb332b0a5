"""What is in a new database."""

from datetime import UTC, date, datetime

from fastapi.concurrency import run_in_threadpool

from .database import Sessions
from .models import Pet, Species, User, Visit, VisitStatus
from .schemas import Address, CatDetails, DogDetails, Owner
from .security import hash_password

ANN = Owner(name="Ann", phone="+43 1 5550100", address=Address(street="Ringstrasse 1", city="Wien", zip="1010"))
BEN = Owner(name="Ben")


async def add_examples(sessions: Sessions) -> None:
    """Add a user, four pets and four visits. Nelly has not been here yet."""
    password_hash = await run_in_threadpool(hash_password, "correct horse")
    async with sessions() as session:
        session.add(User(email="ann@example.com", name="Ann", password_hash=password_hash))
        session.add_all(build_pets())
        await session.commit()


def build_pets() -> list[Pet]:
    """Return the pets with their visits."""
    return [
        Pet(
            name="Minka",
            species=Species.CAT,
            born=date(2019, 5, 1),
            chip="040098100000001",
            tags=["shy", "diabetic"],
            details=CatDetails(kind="cat", lives_left=7).model_dump(),
            owner=ANN.model_dump(),
            visits=[
                Visit(at=at(2, 9), reason="vaccination", status=VisitStatus.DONE, cost_cents=4200),
                Visit(at=at(9, 9), reason="blood sugar", status=VisitStatus.WAITING),
            ],
        ),
        Pet(
            name="Rex",
            species=Species.DOG,
            born=None,
            chip=None,
            tags=[],
            details=DogDetails(kind="dog", breed="beagle", weight_kg=12.5).model_dump(),
            owner=BEN.model_dump(),
            visits=[
                Visit(at=at(9, 10), reason="limps on the left", status=VisitStatus.IN_TREATMENT),
                Visit(at=at(30, 10), reason="check again"),
            ],
        ),
        Pet(
            name="Tom",
            species=Species.CAT,
            born=date(2023, 8, 17),
            chip=None,
            tags=["bites"],
            details=CatDetails(kind="cat", indoor=False).model_dump(),
            owner=BEN.model_dump(),
        ),
        Pet(
            name="Nelly",
            species=Species.DOG,
            born=date(2024, 12, 24),
            chip="040098100000004",
            tags=["puppy"],
            details=DogDetails(kind="dog", weight_kg=3.1).model_dump(),
            owner=ANN.model_dump(),
        ),
    ]


def at(day: int, hour: int) -> datetime:
    """Return a time in the month of the examples."""
    return datetime(2026, 6, day, hour, tzinfo=UTC)
