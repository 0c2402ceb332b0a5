"""What requests and responses contain: `…In` is read, `…Change` is read in part, `…Out` is sent."""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from .models import Species, VisitStatus

T = TypeVar("T")

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=200),
    Field(examples=["bob@example.com"], json_schema_extra={"format": "email"}),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Chip = Annotated[str, Field(pattern=r"^\d{15}$", description="15 digits", examples=["276098102345678"])]


class Page(BaseModel, Generic[T]):
    """A part of a longer list."""

    items: list[T]
    total: int
    next: str | None = Field(description="the URL of the next page; null on the last")


class PageQuery(BaseModel):
    """Which part of a list."""

    limit: int = Field(default=10, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=1_000_000)


# --- auth


class UserIn(BaseModel):
    """A new user."""

    email: Email
    name: Name
    password: str = Field(min_length=8, max_length=200, json_schema_extra={"format": "password"})


class UserOut(BaseModel):
    """A user, without the password."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str


class Token(BaseModel):
    """What OAuth2 calls an access token response."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int = Field(description="seconds")


# --- pets


class CatDetails(BaseModel):
    """What matters about a cat."""

    kind: Literal["cat"]
    indoor: bool = True
    lives_left: int = Field(default=9, ge=0, le=9)


class DogDetails(BaseModel):
    """What matters about a dog."""

    kind: Literal["dog"]
    breed: Name | None = None
    weight_kg: float = Field(gt=0, le=120)


Details = Annotated[CatDetails | DogDetails, Field(discriminator="kind")]


class Address(BaseModel):
    """Where a person lives."""

    street: Name
    city: Name
    zip: str = Field(pattern=r"^\d{4,5}$", examples=["1010"])


class Owner(BaseModel):
    """The person who brings a pet."""

    name: Name
    phone: str | None = Field(default=None, max_length=40)
    address: Address | None = None


class PetIn(BaseModel):
    """A new pet. Its species is the kind of its details."""

    name: Name
    born: date | None = None
    chip: Chip | None = None
    tags: list[Name] = Field(default=[], max_length=10)
    details: Details
    owner: Owner


class PetChange(BaseModel):
    """Changes of a pet. A field that is left out does not change, so no default is ever used."""

    name: Name = Field(default_factory=str)
    born: date | None = None
    chip: Chip | None = None
    tags: list[Name] = Field(default_factory=list, max_length=10)


class PetOut(PetIn):
    """A pet."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    species: Species


class PetQuery(PageQuery):
    """Which pets."""

    species: list[Species] = Field(default=[], description="only these species; all of them where none is given")
    name: str | None = Field(default=None, max_length=80, description="a part of the name")


class PhotoOut(BaseModel):
    """What is known about a stored photo."""

    pet_id: int
    content_type: str
    size_bytes: int


class Report(BaseModel):
    """What a pet has cost so far."""

    name: str
    visits: int
    total_cents: int
    average_cents: float


# --- visits


class VisitIn(BaseModel):
    """A new visit."""

    pet_id: int = Field(ge=1, lt=2**63)
    at: AwareDatetime
    reason: str = Field(min_length=3, max_length=500)


class VisitChange(BaseModel):
    """A new status of a visit, and its price where it is known."""

    status: VisitStatus
    cost_cents: int | None = Field(default=None, ge=0, le=10_000_000)


class VisitOut(VisitIn):
    """A visit."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    status: VisitStatus
    cost_cents: int


class VisitQuery(PageQuery):
    """Which visits."""

    status: list[VisitStatus] = Field(default=[], description="only these; all of them where none is given")
    pet_id: int | None = Field(default=None, ge=1, lt=2**63)


# --- admin


class Stats(BaseModel):
    """The clinic in numbers."""

    users: int
    pets: dict[Species, int]
    visits: dict[VisitStatus, int]
    listeners: int = Field(description="clients of the live stream")
    rooms: dict[str, int] = Field(description="the people in each chat room")
