"""Where documents come from: methods of real apps, mounts, and the app's own route."""

import copy
import gc

import anyio
import pytest
from fastapi import FastAPI
from litestar import Litestar, get
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from ipyasgi import Explorer
from ipyasgi.explorer.explored_app import document_source_of
from ipyasgi.openapi.document import read_document
from ipyasgi.openapi.source import DocumentSource, combine

from .documents import document_of, schemas


def fastapi_with(*paths):
    """Return a FastAPI app that has these paths."""
    app = FastAPI()
    for path in paths:
        app.get(path)(lambda: 1)
    return app


def test_an_app_of_fastapi():
    """Its own method gives the document, through a middleware too."""
    app = fastapi_with("/a")
    for one in (app, GZipMiddleware(app)):
        document = DocumentSource(one).read()
        assert list(document.operations) == ["GET /a"]


def test_an_app_of_litestar():
    """Litestar's schema is the document; without one there is none."""

    @get("/a/{x:int}", sync_to_thread=False)
    def show() -> int:
        return 1

    document = DocumentSource(Litestar([show], logging_config=None)).read()
    assert document.operation("GET /a/{x:int}") is document.operations["GET /a/{x}"]
    assert document.problems == ()
    assert not DocumentSource(Litestar([show], openapi_config=None, logging_config=None)).read()


def test_an_app_without_a_method():
    """A bare app has no document, and nothing is sent to find out."""

    async def app(scope, receive, send):
        raise AssertionError("nothing is sent")

    assert not DocumentSource(app).read()


def test_mounted_apps():
    """Each app's paths are under its prefix, and its references lead into its own document."""
    inner = FastAPI()

    class Pet(BaseModel):
        name: str

    inner.post("/pets")(_taking(Pet))
    app = fastapi_with("/a")
    app.mount("/sub", inner)
    document = DocumentSource(Starlette(routes=[Mount("/v1", app)])).read()

    assert list(document.operations) == ["GET /v1/a", "POST /v1/sub/pets"]
    body = document.operations["POST /v1/sub/pets"].body
    assert body is not None
    assert document.flatten(body.media[0].schema)["properties"]["name"]["type"] == "string"
    assert document.problems == ()


def _taking(kind):
    def endpoint(body):
        return 1

    endpoint.__annotations__["body"] = kind
    return endpoint


def test_a_method_that_fails():
    """What the app raises is told, and what mounted apps say is there all the same."""

    def fail():
        raise ZeroDivisionError("no document today")

    app, inner = FastAPI(), fastapi_with("/b")
    app.openapi = fail
    app.mount("/in", inner)
    with Explorer(app) as explorer:
        assert list(explorer.openapi.operations) == ["GET /in/b"]
        assert explorer.openapi.problems == (
            "the app failed to make its OpenAPI document: ZeroDivisionError: no document today",
        )


@pytest.mark.parametrize("data", [None, [], "text", {"paths": 7}])
def test_a_method_that_gives_something_else(data):
    """What is no document gives an empty one with a problem."""
    app = FastAPI()
    app.openapi = lambda: data
    document = DocumentSource(app).read()
    assert not document
    assert document.problems


def test_it_is_read_once():
    """The same document is the same object, until the app has made another."""
    app = fastapi_with("/a")
    with Explorer(app) as explorer:
        first = explorer.openapi
        assert explorer.openapi is first
        app.get("/b")(lambda: 1)
        assert list(explorer.openapi.operations) == ["GET /a", "GET /b"]
        explorer.replace_app(fastapi_with("/c"))
        assert document_source_of(explorer).ready is None
        assert list(explorer.openapi.operations) == ["GET /c"]
        assert explorer.operation("GET /c") is explorer.openapi.operations["GET /c"]
        assert explorer.operation("GET /a") is None


def made_anew(app, made):
    """Return an app of FastAPI whose document is made again at each call."""
    make = app.openapi

    def openapi():
        made.append(1)
        app.openapi_schema = None
        return copy.deepcopy(make())

    app.openapi = openapi
    return app


@pytest.mark.parametrize("mounted", ["", "mounted"])
@pytest.mark.parametrize(
    "command",
    [
        lambda explorer: explorer.openapi,
        lambda explorer: explorer.operation("GET /p3"),
        lambda explorer: explorer.routes.describe(),
        lambda explorer: explorer.routes.describe("p"),
        lambda explorer: [route.example() for route in explorer.routes.values() if route.path.startswith("/p")],
        lambda explorer: list(explorer.routes),
    ],
    ids=["openapi", "operation", "docs", "docs filter", "examples", "routes"],
)
def test_a_document_made_anew_is_read_once_by_each_command(mounted, command):
    """However many routes a command describes, the app makes its document once, and a later change is seen."""
    made = []
    inner = made_anew(fastapi_with(*(f"/p{number}" for number in range(9))), made)
    app = Starlette(routes=[Mount("/sub", app=inner)]) if mounted else inner
    with Explorer(app) as explorer:
        command(explorer)
        command(explorer)
        assert len(made) <= 2
        before = explorer.openapi
        assert explorer.openapi is before  # an equal one is not read again
        inner.get("/new")(lambda: 1)
        assert f"GET {'/sub' if mounted else ''}/new" in explorer.openapi.operations
        inner.title = "Another"
        assert mounted or explorer.openapi.title == "Another"


def test_a_served_document_is_requested_once_for_all_routes():
    """The route is requested once for many descriptions; again after the routes changed, or after it failed."""
    asked, failing = [], [True]

    async def schema(request):
        asked.append(1)
        if failing:
            raise RuntimeError("not yet")
        return JSONResponse(document_of({f"/p{len(asked)}": {"get": {}}}))

    async def page(request):
        return Response("")

    routes = [Route("/openapi.json", schema), *(Route(f"/p{number}", page) for number in range(5))]
    app = Starlette(routes=routes)
    with Explorer(app) as explorer:
        explorer.routes.describe()
        assert len(asked) == 1
        failing.clear()
        explorer.routes.describe()
        explorer.routes.describe("p")
        assert list(explorer.openapi.operations) == ["GET /p2"]
        app.router.routes[-1] = Route("/other", page)  # as many as before
        assert list(explorer.openapi.operations) == ["GET /p3"]


def test_litestar_makes_its_document_once():
    """The schema of Litestar is converted when it is another object, not at each command."""

    @get("/a", sync_to_thread=False)
    def show() -> int:
        return 1

    app, made = Litestar([show], logging_config=None), []
    schema = app.openapi_schema
    kind = type(schema)

    class Counted(kind):
        def to_schema(self):
            made.append(1)
            return super().to_schema()

    schema.__class__ = Counted
    with Explorer(app) as explorer:
        explorer.routes.describe()
        assert explorer.openapi is explorer.openapi
        assert len(made) == 1


def test_whether_it_matters_when_it_is_made():
    """Made early, FastAPI's own document changes nothing; one that is kept for ever would lack later routes."""

    def with_own_method(app):
        app.openapi = dict
        return app

    def of_an_older_fastapi(app):
        del app._openapi_routes_version
        return app

    class Own(FastAPI):
        def openapi(self):
            return self.openapi_schema or {}

    inner = Starlette(routes=[Mount("/inner", app=Own())])
    assert DocumentSource(FastAPI()).keeps_up
    assert DocumentSource(GZipMiddleware(FastAPI())).keeps_up
    assert DocumentSource(Starlette()).keeps_up
    for_ever = Litestar([], logging_config=None)
    for app in (with_own_method(FastAPI()), of_an_older_fastapi(FastAPI()), Own(), inner, for_ever):
        assert not DocumentSource(app).keeps_up


def test_an_app_that_serves_its_document():
    """Where there is no method the app's own route is asked, once, and the history does not have it."""
    asked = []

    async def schema(request):
        asked.append(request.headers["accept"])
        return JSONResponse(document_of({"/a": {"get": {}}}))

    with Explorer(Starlette(routes=[Route("/api/openapi.json", schema)])) as explorer:
        assert document_source_of(explorer).read() is document_source_of(explorer).ready
        assert list(explorer.openapi.operations) == ["GET /a"]
        assert list(explorer.openapi.operations) == ["GET /a"]
        assert list(document_source_of(explorer).read().operations) == ["GET /a"]
        assert asked == ["application/json"]
        assert len(explorer.history) == 0


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda: Response("no", 404), "GET /openapi.json did not return a document: HTTPStatusError"),
        (lambda: Response("{"), "GET /openapi.json did not return a document: JSONDecodeError"),
        (lambda: 1 / 0, "GET /openapi.json did not return a document: ZeroDivisionError"),
        (lambda: JSONResponse([]), "of type list"),
    ],
)
def test_a_document_that_cannot_be_had(answer, problem):
    """Whatever the route answers is told, not raised."""

    async def schema(request):
        return answer()

    with Explorer(Starlette(routes=[Route("/openapi.json", schema)])) as explorer:
        assert not explorer.openapi
        assert problem in explorer.openapi.problems[0]


def test_a_document_that_does_not_come():
    """An endpoint that never answers costs the explorer's timeout, no more."""

    async def schema(request):
        await anyio.sleep_forever()

    with Explorer(Starlette(routes=[Route("/openapi.json", schema)]), timeout=0.2) as explorer:
        assert not explorer.openapi
        assert "did not return a document" in explorer.openapi.problems[0]


def together(**data):
    """Return the document of an app, and of those mounted under these names."""
    return read_document(combine([(f"/{name}" if name != "root" else "", one) for name, one in data.items()]))


def test_references_lead_into_their_own_document():
    """Schemas of the same name are two, and what an author gave as an example is not touched."""
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
    paths = {"/a": {"post": {"requestBody": body}}}
    one = {"const": 1, "example": {"$ref": "#/x"}}
    two = {"oneOf": [{"const": 2}], "discriminator": {"propertyName": "p", "mapping": {"k": "#/components/schemas/A"}}}
    document = together(root=document_of(paths, schemas(A=one)), sub=document_of(paths, schemas(A=two)))

    flat = []
    for operation in document.operations.values():
        assert operation.body is not None
        flat.append(document.flatten(operation.body.media[0].schema))
    assert list(document.operations) == ["POST /a", "POST /sub/a"]
    assert flat[0] == {"const": 1, "examples": [{"$ref": "#/x"}]}
    assert flat[1]["oneOf"] == [{"const": 2}]
    assert flat[1]["discriminator"]["mapping"] == {"k": "#/x-mounted/1/components/schemas/A"}
    assert document.problems == ()


def test_schemes_of_the_same_name():
    """Security schemes of two apps are told apart where they differ, and are one where they do not."""

    def secured(name):
        schemes = {"key": {"type": "apiKey", "name": name}}
        return document_of({"/a": {"get": {}}}, {"securitySchemes": schemes}, security=[{"key": []}])

    document = together(root=secured("X-A"), same=secured("X-A"), other=secured("X-B"))
    used = [next(iter(operation.security[0])) for operation in document.operations.values()]
    assert used == ["key", "key", "key (/other)"]
    assert [document.schemes[key].name for key in used] == ["X-A", "X-A", "X-B"]


def test_what_is_broken():
    """A part that is no document is left out, one without end is cut."""
    endless = document_of({"/a": {"get": {}}})
    endless["x"] = endless
    assert list(together(root=None, sub=document_of({"/a": None, "/b": {"get": 1}}), e=endless).operations) == [
        "GET /e/a"
    ]


@pytest.mark.parametrize("fails", [False, True])
def test_no_garbage_is_collected_while_the_app_makes_it(fails):
    """The collector would look through hundreds of thousands of new objects; afterwards it is on, whatever happened."""
    app, seen = fastapi_with("/a"), []

    def openapi():
        seen.append(gc.isenabled())
        return 1 / 0 if fails else {"openapi": "3.1.0", "paths": {}}

    app.openapi = openapi
    DocumentSource(app).read()
    assert seen == [False]
    assert gc.isenabled()
