"""A page of NiceGUI inside FastAPI."""

from fastapi import FastAPI
from nicegui import ui

app = FastAPI()


@app.get("/items/{item_id}")
def read_item(item_id: int) -> dict[str, int]:
    return {"item_id": item_id}


@ui.page("/")
def home() -> None:
    ui.label("hello")


ui.run_with(app, mount_path="/gui")
REQUESTS = ("GET /items/1", "GET /items/x", "GET /openapi.json", "GET /gui/_nicegui_ws/socket.io/", "GET /nope")
ROUTES = ("GET /items/{item_id}",)
