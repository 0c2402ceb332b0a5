"""Routes of a Quart app."""

import pytest
from quart import Blueprint, Quart
from quart.views import MethodView

from ipyasgi.routes.path_template import read_angles
from ipyasgi.routes.routes import read_routes

app = Quart(__name__)
part = Blueprint("part", __name__, url_prefix="/part")


@app.route("/i/<int:pk>/<path:rest>", methods=["GET", "POST"])
async def show(pk, rest):
    """Show it."""


@part.websocket("/ws")
async def talk(): ...


class Pages(MethodView):
    async def get(self): ...

    async def put(self): ...


app.add_url_rule("/pages", view_func=Pages.as_view("pages"))
app.register_blueprint(part)


def test_its_routes():
    """Views, class views, blueprints and WebSockets are there; what is added to every rule is not."""
    routes = read_routes(app)
    own = [route.key for route in routes.values() if not route.installed]

    assert set(own) == {
        "GET /i/{pk}/{rest:path}",
        "POST /i/{pk}/{rest:path}",
        "GET /pages",
        "PUT /pages",
        "WS /part/ws",
    }
    assert list(routes)[-1] == "GET /static/{filename:path}"
    assert (routes["GET /i/{pk}/{rest:path}"].handler, routes["GET /i/{pk}/{rest:path}"].doc) == ("show", "Show it.")


def test_a_middleware_around_it_is_seen_through():
    """A wrapper that keeps the method ``asgi_app`` leads to the app as well."""

    class Wrapper:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send): ...

    assert list(read_routes(Wrapper(app.asgi_app))) == list(read_routes(app))


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/a/<b>/<int:c>", "/a/{b}/{c}"),
        ("/a/<any(x, y):b>/<uuid:c>", "/a/{b}/{c:uuid}"),
        ("/a/<string(length=2):b>", "/a/{b}"),
        ("/a", "/a"),
    ],
)
def test_places_in_angle_brackets(path, template):
    """A convertor is kept only where it says how the place is filled."""
    assert read_angles(path) == template
