"""GraphQL with Ariadne, whose app is a bare ASGI app."""

from ariadne import QueryType, gql, make_executable_schema
from ariadne.asgi import GraphQL

query = QueryType()


@query.field("hello")
def resolve_hello(*_: object) -> str:
    return "hello"


app = GraphQL(make_executable_schema(gql("type Query { hello: String! }"), query))
REQUESTS = (
    'POST / {"query": "{ hello }"}',
    'POST / {"query": "{ nope }"}',
    'POST / {"query": "{ __typename }"}',
    "GET /",
    "PUT /",
)
ROUTES = ()
