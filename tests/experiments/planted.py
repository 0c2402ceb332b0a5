"""An app with planted faults, each where another experiment looks for it: fuzz, shrink or load."""

import time
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

POOL_THREADS = 40  # anyio's limit


@asynccontextmanager
async def lifespan(app):
    app.state.items = {1: {"id": 1, "name": "teapot", "price": 24.5}}
    app.state.deleted = set()
    app.state.starts = getattr(app.state, "starts", 0) + 1
    yield


class NewItem(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=20)]
    price: Annotated[float, Field(ge=0, le=1e6)]
    tags: list[str] = []


class Item(BaseModel):
    id: int
    name: str
    price: float


class Report(BaseModel):
    total: int


NOT_FOUND = {404: {"description": "no such item"}}


router = APIRouter()
bearer = OAuth2PasswordBearer(tokenUrl="token")


@router.get("/health")
async def health():
    return {"ok": True}


@router.get("/items", response_model=list[Item])
async def list_items(request: Request, limit: Annotated[int, Field(ge=1, le=100)] = 10):
    return list(request.app.state.items.values())[:limit]


@router.post("/items", status_code=201, response_model=Item)
async def add_item(new: NewItem, request: Request):
    state = request.app.state
    if len(new.tags) >= 2 and new.tags[0] == new.tags[1]:
        1 / (len(set(new.tags)) - 1)  # planted: two equal tags
    number = max(state.items, default=0) + 1
    state.items[number] = {"id": number, "name": new.name, "price": new.price}
    return state.items[number]


@router.get("/items/{item_id}", response_model=Item, responses=NOT_FOUND)
async def get_item(item_id: int, request: Request):
    state = request.app.state
    if item_id in state.deleted:
        return state.items[item_id]  # planted: GET after DELETE
    if item_id not in state.items:
        raise HTTPException(404, "no such item")
    return state.items[item_id]


@router.delete("/items/{item_id}", status_code=204, responses=NOT_FOUND)
async def delete_item(item_id: int, request: Request):
    state = request.app.state
    if item_id not in state.items:
        raise HTTPException(404, "no such item")
    del state.items[item_id]
    state.deleted.add(item_id)


@router.get("/report", response_model=Report)
async def report(deep: bool = False):
    return JSONResponse({"total": "many" if deep else 3})  # planted: against its document


@router.get("/me", responses={401: {"description": "not signed in"}})
async def me(token: Annotated[str, Depends(bearer)]):
    if token != "t-ann":
        raise HTTPException(401, "not signed in")
    1 / (token != "t-ann")  # planted: only with credentials
    return {"name": "ann"}


@router.get("/block")
async def block(ms: Annotated[int, Field(ge=0, le=50)] = 20):
    time.sleep(ms / 1000)  # planted: blocks the event loop
    return {"ms": ms}


@router.get("/thread")
def thread(ms: Annotated[int, Field(ge=0, le=50)] = 20):
    time.sleep(ms / 1000)  # planted: more than POOL_THREADS at once wait for a thread
    return {"ms": ms}


def build_app() -> FastAPI:
    """Return a new app."""
    app = FastAPI(title="planted", lifespan=lifespan)
    app.include_router(router)
    return app
