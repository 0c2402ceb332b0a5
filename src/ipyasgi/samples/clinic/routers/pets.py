"""The pets and their photos."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response, UploadFile
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ..database import Session
from ..models import Pet, Photo, Species
from ..schemas import Page, PetChange, PetIn, PetOut, PetQuery, PhotoOut, Report
from ..security import CurrentUser

PHOTO_TYPES = ("image/png", "image/jpeg", "image/webp")
PHOTO_BYTES = 5 * 2**20
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "No such pet"}}

router = APIRouter(prefix="/pets", tags=["pets"])


async def get_pet(pet_id: Annotated[int, Path(ge=1, lt=2**63)], session: Session) -> Pet:
    """Return the pet that the path names."""
    pet = await session.get(Pet, pet_id)
    if pet is None:
        raise HTTPException(404, f"No pet has the id {pet_id}")
    return pet


CurrentPet = Annotated[Pet, Depends(get_pet)]


@router.get("")
async def list_pets(query: Annotated[PetQuery, Query()], session: Session, request: Request) -> Page[PetOut]:
    """List the pets, a page at a time.

    - `species` may be given more than once: `?species=cat&species=dog`
    - `next` is the URL of the next page, or `null` on the last
    """
    found = select(Pet)
    if query.species:
        found = found.where(Pet.species.in_(query.species))
    if query.name:
        found = found.where(Pet.name.icontains(query.name, autoescape=True))
    total = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pets = await session.scalars(found.order_by(Pet.id).limit(query.limit).offset(query.offset))
    end = query.offset + query.limit
    return Page(
        items=[PetOut.model_validate(pet) for pet in pets],
        total=total,
        next=str(request.url.include_query_params(offset=end)) if end < total else None,
    )


@router.post("", status_code=201)
async def create_pet(new: PetIn, session: Session, user: CurrentUser) -> PetOut:
    """Add a pet.

    Its `details` depend on its `kind`:

    | kind | details |
    |---|---|
    | `cat` | `indoor`, `lives_left` |
    | `dog` | `breed`, `weight_kg` |
    """
    pet = Pet(**new.model_dump(), species=Species(new.details.kind))
    session.add(pet)
    await commit(session)
    return PetOut.model_validate(pet)


@router.get("/search", deprecated=True)
async def search_pets(name: str, session: Session) -> list[PetOut]:
    """Find pets by a part of their name. Use `GET /pets?name=` instead."""
    pets = await session.scalars(select(Pet).where(Pet.name.icontains(name, autoescape=True)).order_by(Pet.id))
    return [PetOut.model_validate(pet) for pet in pets]


@router.get("/{pet_id}", responses=NOT_FOUND)
async def show_pet(pet: CurrentPet) -> PetOut:
    """Show one pet."""
    return PetOut.model_validate(pet)


@router.patch("/{pet_id}", responses=NOT_FOUND)
async def change_pet(change: PetChange, pet: CurrentPet, session: Session, user: CurrentUser) -> PetOut:
    """Change a pet.

    Only the fields that are **sent** change. `null` removes a value: `{"chip": null}`.
    """
    for field, value in change.model_dump(exclude_unset=True).items():
        setattr(pet, field, value)
    await commit(session)
    return PetOut.model_validate(pet)


@router.delete("/{pet_id}", status_code=204, responses=NOT_FOUND)
async def delete_pet(pet: CurrentPet, session: Session, user: CurrentUser) -> None:
    """Delete a pet, with its visits and its photo."""
    await session.delete(pet)
    await session.commit()


@router.get("/{pet_id}/report", responses=NOT_FOUND)
async def show_report(pet: CurrentPet) -> Report:
    """Show what a pet has cost: in all, and a visit on average."""
    return build_report(pet.name, [visit.cost_cents for visit in await pet.awaitable_attrs.visits])


def build_report(name: str, costs: list[int]) -> Report:
    """Return the report of these costs, one for each visit."""
    total = sum(costs)
    return Report(name=name, visits=len(costs), total_cents=total, average_cents=total / len(costs))


@router.post("/{pet_id}/photo", status_code=201, responses=NOT_FOUND)
async def upload_photo(photo: UploadFile, pet: CurrentPet, session: Session, user: CurrentUser) -> PhotoOut:
    """Store the photo of a pet: PNG, JPEG or WebP of at most 5 MiB. A new photo replaces the old one."""
    if photo.content_type not in PHOTO_TYPES:
        raise HTTPException(415, f"A photo is one of {', '.join(PHOTO_TYPES)}, not {photo.content_type}")
    content = await photo.read(PHOTO_BYTES + 1)
    if len(content) > PHOTO_BYTES:
        raise HTTPException(413, f"A photo has at most {PHOTO_BYTES} bytes")
    await session.merge(Photo(pet_id=pet.id, content_type=photo.content_type, content=content))
    await session.commit()
    return PhotoOut(pet_id=pet.id, content_type=photo.content_type, size_bytes=len(content))


@router.get(
    "/{pet_id}/photo",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in PHOTO_TYPES}}, **NOT_FOUND},
)
async def show_photo(pet: CurrentPet, session: Session) -> Response:
    """Download the photo of a pet."""
    photo = await session.get(Photo, pet.id)
    if photo is None:
        raise HTTPException(404, f"{pet.name} has no photo")
    return Response(photo.content, media_type=photo.content_type)


async def commit(session: Session) -> None:
    """Write a new or changed pet; another pet may have the same chip."""
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409, "Another pet has this chip") from None
