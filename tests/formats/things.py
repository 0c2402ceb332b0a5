"""An app that makes up ids, codes and tokens, so that what it answered before is of no use to a new one. Not a test."""

import json
import secrets
import uuid


class Things:
    """
    ``POST /login``, then things to add, read and delete with its token; a new object knows none of them.

    ``/pages`` and ``/jobs`` answer with a link to follow, and ``/uploads`` takes the id of a thing as a form's field.
    """

    def __init__(self):
        self.tokens = {}
        self.things = {}
        self.links = set()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        sent = body.decode() if b"form-data" in body else json.loads(body or b"null")
        query = scope["query_string"].decode()
        status, found, *more = self.answer(scope["method"], scope["path"] + f"?{query}" * bool(query), headers, sent)
        pairs = [(b"content-type", b"application/json"), *more]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if found is None else json.dumps(found).encode()})

    def answer(self, method, path, headers, sent):
        """Return the status, the JSON, and headers."""
        _, first, *rest = path.split("/")
        if first == "login":
            token, csrf = uuid.uuid4().hex, secrets.token_hex(8)
            self.tokens[token] = csrf
            return 200, {"access_token": token, "token_type": "bearer"}, (b"set-cookie", f"csrf={csrf}".encode())
        csrf = self.tokens.get(headers.get("authorization", "").removeprefix("Bearer "))
        if csrf is None or (method != "GET" and headers.get("x-csrf-token", csrf) != csrf):
            return 401, {"detail": "sign in first"}
        if first.startswith(("pages", "jobs")):
            if path not in ("/pages", "/jobs"):
                return (200, {"is": "there"}) if path in self.links else (404, {"detail": f"there is no {path}"})
            link = f"{path}/{secrets.token_hex(4)}1/of?at={secrets.token_urlsafe(9)}%3D"
            self.links.add(link)
            if method == "GET":
                return 200, {"items": [1, 2], "links": {"next": link}}
            return 202, {"state": "new"}, (b"location", f"http://{headers['host']}{link}".encode())
        if first == "uploads":
            is_known = any(f'name="thing_id"\r\n\r\n{number}\r\n' in sent for number in self.things)
            return (201, {"is": "kept"}) if is_known else (422, {"detail": "of what?"})
        if method == "POST":
            number, code = str(uuid.uuid4()), f"{secrets.randbelow(10**6):06}-X"
            if "of" in (sent or {}) and sent["of"] not in self.things:
                return 422, {"detail": "of what?"}
            self.things[number] = {"id": number, "code": code, **(sent or {})}
            return 201, self.things[number], (b"location", f"/things/{number}".encode())
        if not rest:
            return 200, list(self.things.values())
        if rest[0] not in self.things:
            return 404, {"detail": f"there is no thing {rest[0]}"}
        return (204, self.things.pop(rest[0]) and None) if method == "DELETE" else (200, self.things[rest[0]])


app = Things()


def record(explorer, *, checks_csrf=True):
    """
    Send a session in which each request but the first needs what an earlier response brought.

    :param checks_csrf: send the value of a cookie in a header, which a .http file cannot do
    """
    signed = explorer.post("/login", json={"user": "ann", "password": "s3cret"})
    token = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    unsafe = {**token, **({"X-CSRF-Token": signed.response.cookies["csrf"]} if checks_csrf else {})}
    thing = explorer.post("/things", json={"name": "cup", "price": 3}, headers=unsafe).json()
    explorer.get(f"/things/{thing['id']}", headers=token)
    explorer.post("/things", json={"name": "lid", "of": thing["id"], "by": thing["code"]}, headers=unsafe)
    explorer.get("/things", headers=token)
    explorer.post("/uploads", data={"thing_id": thing["id"]}, files={"f": ("a.txt", b"hi")}, headers=unsafe)
    page = explorer.get("/pages", headers=token).json()["links"]["next"]
    explorer.get(page, headers=token)
    job = explorer.post("/jobs", headers=unsafe).headers["location"]
    explorer.get(job, headers=token)
    explorer.delete(f"/things/{thing['id']}", headers=unsafe)
    explorer.get(f"/things/{thing['id']}", headers=token)
    explorer.get("/things/none", headers=token)
    explorer.get("/things")
    links = [one.partition("/of?at=") for one in (page, job)]
    parts = [part for before, _, after in links for part in (before.rpartition("/")[2], after)]
    return [*token.values(), *unsafe.values(), thing["id"], thing["code"], *parts, "s3cret"]
