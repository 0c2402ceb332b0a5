"""The tables."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class Species(StrEnum):
    """The species that the clinic treats."""

    CAT = "cat"
    DOG = "dog"


class VisitStatus(StrEnum):
    """Where a visit is between the calendar and the bill."""

    PLANNED = "planned"
    WAITING = "waiting"
    IN_TREATMENT = "in treatment"
    DONE = "done"
    CANCELLED = "cancelled"


class UTCDateTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite does not keep time zones, so this takes it away and puts it back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what is stored."""
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what was stored."""
        return value and value.replace(tzinfo=UTC)


class Base(AsyncAttrs, DeclarativeBase):
    """Base class of the tables. Lists and dicts are kept as JSON."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        list[str]: JSON,
        dict[str, Any]: JSON,
    }


class User(Base):
    """A person who may sign in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]


class Pet(Base):
    """A patient."""

    __tablename__ = "pets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    species: Mapped[Species]
    born: Mapped[date | None]
    chip: Mapped[str | None] = mapped_column(unique=True)
    tags: Mapped[list[str]]
    details: Mapped[dict[str, Any]]
    owner: Mapped[dict[str, Any]]
    visits: Mapped[list["Visit"]] = relationship(back_populates="pet", cascade="all, delete-orphan")
    photo: Mapped["Photo | None"] = relationship(cascade="all, delete-orphan")


class Visit(Base):
    """An appointment of a pet."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    pet_id: Mapped[int] = mapped_column(ForeignKey("pets.id"))
    at: Mapped[datetime]
    reason: Mapped[str]
    status: Mapped[VisitStatus] = mapped_column(default=VisitStatus.PLANNED)
    cost_cents: Mapped[int] = mapped_column(default=0)
    pet: Mapped[Pet] = relationship(back_populates="visits")


class Photo(Base):
    """The photo of a pet."""

    __tablename__ = "photos"

    pet_id: Mapped[int] = mapped_column(ForeignKey("pets.id"), primary_key=True)
    content_type: Mapped[str]
    content: Mapped[bytes]
