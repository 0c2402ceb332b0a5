"""A Gradio interface mounted in FastAPI."""

import gradio
from fastapi import FastAPI

api = FastAPI()


@api.get("/items/{item_id}")
def read_item(item_id: int) -> dict[str, int]:
    return {"item_id": item_id}


app = gradio.mount_gradio_app(api, gradio.Interface(lambda name: f"hello {name}", "text", "text"), path="/ui")
REQUESTS = ("GET /items/1", "GET /items/x", "GET /ui/gradio_api/info", "GET /ui/gradio_api/nope", "GET /nope")
ROUTES = ("GET /items/{item_id}",)
