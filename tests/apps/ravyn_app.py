"""A Ravyn app as in its tutorial."""

from ravyn import Gateway, JSONResponse, Ravyn, get, post


@get()
def read_item(item_id: int) -> JSONResponse:
    return JSONResponse({"item_id": item_id})


@post()
async def create_item(data: dict) -> JSONResponse:
    return JSONResponse(data)


app = Ravyn(routes=[Gateway("/items/{item_id:int}", handler=read_item), Gateway("/items", handler=create_item)])
REQUESTS = ("GET /items/1", "GET /items/x", 'POST /items {"name": "tea"}', "POST /items", "GET /nope")
ROUTES = ("GET /items/{item_id:int}", "POST /items")
