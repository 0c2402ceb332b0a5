"""The admin pages of sqladmin over SQLite."""

import tempfile

from sqladmin import Admin, ModelView
from sqlalchemy import Integer, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette

engine = create_engine(f"sqlite:///{tempfile.mkdtemp()}/shop.db", connect_args={"check_same_thread": False})


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String)


class ItemAdmin(ModelView, model=Item):
    column_list = [Item.id, Item.name]  # noqa: RUF012


Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Item(name="tea"), Item(name="cup")])
    session.commit()

app = Starlette()
Admin(app, engine).add_view(ItemAdmin)
REQUESTS = (
    "GET /admin/",
    "GET /admin/item/list",
    "GET /admin/item/details/1",
    "GET /admin/item/details/9",
    "GET /nope",
)
ROUTES = ("GET /admin/{identity}/list",)
