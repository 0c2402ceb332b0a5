"""GraphQL with Strawberry in FastAPI."""

import strawberry
from fastapi import FastAPI
from strawberry.fastapi import GraphQLRouter


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"


app = FastAPI()
app.include_router(GraphQLRouter(strawberry.Schema(Query)), prefix="/graphql")
REQUESTS = (
    'POST /graphql {"query": "{ hello }"}',
    'POST /graphql {"query": "{ hello(name: \\"ann\\") }"}',
    'POST /graphql {"query": "{ nope }"}',
    "GET /graphql?query={hello}",
    "GET /nope",
)
ROUTES = ("POST /graphql",)
