"""Socket.IO beside a FastAPI app."""

import socketio
from fastapi import FastAPI

api = FastAPI()
api.state.hits = 0


@api.get("/items/{item_id}")
def read_item(item_id: int) -> dict[str, int]:
    api.state.hits += 1
    return {"item_id": item_id}


@api.post("/items")
def create_item(item: dict[str, str]) -> dict[str, str]:
    return item


app = socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"), other_asgi_app=api)
REQUESTS = ("GET /items/1", "GET /items/x", 'POST /items {"name": "tea"}', "GET /openapi.json", "GET /nope")
ROUTES = ("GET /items/{item_id}", "POST /items")
