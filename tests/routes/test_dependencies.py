"""The dependencies that can be replaced: their names, and what is in the place of each before and after."""

import functools
import itertools
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer
from litestar import Litestar, WebSocket, get, websocket
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from ipyasgi.errors import OverrideError
from ipyasgi.routes.dependencies import Replacement, import_path, read_dependencies

bearer = HTTPBearer()


def given(call: Any) -> Any:
    return Annotated[Any, Depends(call)]


def get_db() -> str:
    return "real"


def get_user(token: given(bearer), db: given(get_db)) -> str:
    return db


small_page = functools.partial(get_db)


class Pager:
    def __init__(self, limit: int = 10) -> None:
        self.limit = limit


def test_names_of_fastapi() -> None:
    """A function and a class have their own names, an object and a partial those of their variables."""
    app = FastAPI()

    @app.get("/")
    def endpoint(user: given(get_user), page: given(small_page), pager: given(Pager)) -> None: ...

    found = read_dependencies(app)
    assert [one.name for one in found] == ["get_user", "bearer", "get_db", "small_page", "Pager"]
    assert found[0].path == f"{__name__}.get_user"
    assert found[0].imported == f"{__name__}:get_user"
    assert found[1].imported == f"{__name__}:bearer"
    assert found[2].source.endswith(f"/test_dependencies.py:{get_db.__code__.co_firstlineno}")


def test_everywhere_in_an_app() -> None:
    """Those of a router, of an inclusion, of a mounted app and of a WebSocket are found, each once."""
    app, inner, router = FastAPI(), FastAPI(), APIRouter()

    def of_router() -> None: ...

    def of_inclusion() -> None: ...

    def of_socket() -> None: ...

    @router.get("/a", dependencies=[Depends(of_router)])
    def a(db: given(get_db)) -> None: ...

    @inner.get("/b")
    def b(db: given(get_db)) -> None: ...

    @app.websocket("/c")
    async def c(x: given(of_socket)) -> None: ...

    app.include_router(router, dependencies=[Depends(of_inclusion)])
    app.mount("/inner", inner)
    found = {one.name: one for one in read_dependencies(app)}
    assert sorted(found) == ["get_db", "of_inclusion", "of_router", "of_socket"]
    assert [place.is_in(app) for place in found["get_db"].places] == [True, False]


def test_one_name_twice_is_a_path() -> None:
    """Different functions of one name are listed with their modules, and answer to the end of it."""

    def of(module: str) -> Any:
        def get_session() -> None: ...

        get_session.__module__, get_session.__qualname__ = module, "get_session"
        return get_session

    app = FastAPI()

    @app.get("/")
    def endpoint(a: given(of("shop.db")), b: given(of("shop.auth"))) -> None: ...

    found = read_dependencies(app)
    assert [one.name for one in found] == ["shop.db.get_session", "shop.auth.get_session"]
    assert [one.path for one in found if one.answers_to("db.get_session")] == ["shop.db.get_session"]
    assert len([one for one in found if one.answers_to("get_session")]) == 2


def test_what_the_app_has_overridden_comes_back() -> None:
    """An override of the app's own is in its table again, and one that it sets meanwhile stays."""
    app = FastAPI()

    @app.get("/")
    def endpoint(db: given(get_db)) -> None: ...

    app.dependency_overrides[get_db] = own = lambda: "own"
    replacement = Replacement(read_dependencies(app)[0], small_page)
    replacement.put()
    assert app.dependency_overrides[get_db] is small_page
    replacement.take_out()
    assert app.dependency_overrides[get_db] is own
    del app.dependency_overrides[get_db]
    replacement.put()
    replacement.take_out()
    assert app.dependency_overrides == {}
    replacement.put()
    app.dependency_overrides[get_db] = own
    replacement.take_out()
    assert app.dependency_overrides[get_db] is own


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("is_own", [True, False])
def test_several_replacements_in_any_order(order: tuple[int, ...], is_own: bool) -> None:
    """Whichever is taken out first, at the end there is what was there before all of them."""
    app = FastAPI()

    @app.get("/")
    def endpoint(db: given(get_db)) -> None: ...

    before = {get_db: lambda: "own"} if is_own else {}
    app.dependency_overrides.update(before)
    replacements = [Replacement(read_dependencies(app)[0], f"value {number}") for number in range(3)]
    for one in replacements:
        one.put()
    left = [0, 1, 2]
    for number in order:
        replacements[number].take_out()
        left.remove(number)
        assert not left or app.dependency_overrides[get_db]() == f"value {left[-1]}"

    assert app.dependency_overrides == before


def test_litestar_by_key() -> None:
    """Litestar's dependencies are found by their keys, of every layer and of WebSockets, and restored as they were."""

    async def db() -> str:
        return "real"

    @get("/")
    async def handler(db: NamedDependency[str]) -> str:
        return db

    @websocket("/ws")
    async def talk(socket: WebSocket[Any, Any, Any], db: NamedDependency[str]) -> None: ...

    app = Litestar([talk, handler], dependencies={"db": Provide(db)}, logging_config=None)
    (one,) = read_dependencies(app)
    assert one.name == "db"
    (place,) = one.places
    before = place.read()
    replacement = Replacement(one, "fake")
    replacement.put()
    assert place.read() is not before
    replacement.take_out()
    assert place.read() is before


def test_litestar_gives_what_the_original_takes() -> None:
    """A replacement that needs a parameter which the original does not have is refused in words."""

    async def db(limit: FromQuery[int]) -> int:
        return limit

    @get("/")
    async def handler(db: NamedDependency[int]) -> int:
        return db

    (one,) = read_dependencies(Litestar([handler], dependencies={"db": Provide(db)}, logging_config=None))
    with pytest.raises(OverrideError, match=r"needs session.*has only limit"):
        Replacement(one, lambda session: session)
    Replacement(one, lambda limit, more=1, **rest: limit)


def test_an_app_that_breaks() -> None:
    """A table of an unknown shape has no dependencies."""

    class App:
        def __init__(self) -> None:
            self.routes = [object(), 3]

        async def __call__(self, scope, receive, send) -> None: ...

    assert read_dependencies(App()) == ()
    assert read_dependencies(3) == ()


def test_import_path() -> None:
    """A value is imported under a name only if that name is bound to it."""

    def local() -> None: ...

    assert import_path(get_db) == f"{__name__}:get_db"
    assert import_path(bearer, __name__, "bearer") == f"{__name__}:bearer"
    assert [import_path(local), import_path(3), import_path(get_db, __name__, "bearer"), import_path(local, "no")] == [
        ""
    ] * 4
