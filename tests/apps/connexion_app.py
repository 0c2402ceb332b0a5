"""Connexion's AsyncApp on an OpenAPI document."""

import tempfile
from pathlib import Path

from connexion import AsyncApp


def read_item(item_id: int) -> tuple[dict[str, int], int]:
    return {"item_id": item_id}, 200


async def create_item(body: dict[str, str]) -> tuple[dict[str, str], int]:
    return body, 201


DOCUMENT = """
openapi: "3.0.0"
info: {title: shop, version: "1"}
paths:
  /items/{item_id}:
    get:
      operationId: connexion_app.read_item
      parameters: [{name: item_id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: an item}}
  /items:
    post:
      operationId: connexion_app.create_item
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}}
      responses: {"201": {description: the item}}
"""
folder = Path(tempfile.mkdtemp())
(folder / "shop.yaml").write_text(DOCUMENT, encoding="utf-8")
app = AsyncApp(__name__, specification_dir=folder)
app.add_api("shop.yaml")
REQUESTS = ("GET /items/1", "GET /items/x", 'POST /items {"name": "tea"}', "POST /items {}", "GET /nope")
ROUTES = ("GET /items/{item_id:int}", "POST /items")
