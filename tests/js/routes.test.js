import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestPlace } from "../../src/ipyasgi/panels/static/fields/field.js";
import {
  findPathParameters,
  findRoutes,
  foldOf,
  listRoutes,
  OWN_FOLD,
  splitPath,
  takesPath,
  triedText,
} from "../../src/ipyasgi/panels/static/routes.js";

const ROUTES = [
  {
    method: "GET",
    path: "/users",
    name: "list_users",
    handler: "app.users",
    description: "All items of users",
    tags: ["admin"],
  },
  { method: "POST", path: "/items", name: "add", handler: "app.add", description: "" },
  { method: "GET", path: "/items/{id}", name: "read", handler: "app.read", description: "" },
];
const pathsFound = (query) => findRoutes(ROUTES, query).map(({ method, path }) => `${method} ${path}`);

test("a route is found by every word, wherever that stands", () => {
  assert.deepEqual(pathsFound("ADMIN get"), ["GET /users"]);
  assert.deepEqual(pathsFound("app.add"), ["POST /items"]);
  assert.deepEqual(pathsFound("nothing"), []);
  assert.equal(pathsFound("").length, 3);
});

test("routes whose path begins with what is typed come first, the others in their order", () => {
  assert.deepEqual(pathsFound("/items"), ["POST /items", "GET /items/{id}"]);
  assert.deepEqual(pathsFound("get"), ["GET /users", "GET /items/{id}"]);
  const routes = [{ ...ROUTES[0], description: "like /items" }, ...ROUTES.slice(1)];
  assert.deepEqual(
    findRoutes(routes, "/items").map(({ name }) => name),
    ["add", "read", "list_users"],
  );
});

test("the parameters of a path are named once, without their types and those of the query", () => {
  assert.deepEqual(findPathParameters("/a/{x}/{y:path}/{x}?q={z}"), ["x", "y"]);
  assert.deepEqual(findPathParameters("/plain"), []);
});

test("an error belongs to the nearest field that is on the page; names of headers have no case", () => {
  const known = new Set(["body./items", "query.page", "header.x-token"]);
  assert.equal(nearestPlace("body./items/0/price", known), "body./items");
  assert.equal(nearestPlace("header.X-Token", known), "header.x-token");
  assert.equal(nearestPlace("query.size", known), null);
  assert.equal(nearestPlace("body./other/0", known), null);
});

const OWN = { method: "GET", path: "/docs", own: "FastAPI" };
const TAGGED = [
  { method: "GET", path: "/pets", tags: ["pets", "all"] },
  { method: "WS", path: "/chat" },
  OWN,
  { method: "POST", path: "/auth", tags: ["auth"] },
  { method: "PUT", path: "/pets", tags: ["pets"] },
];
const wordOf = (row) => row.choice?.path ?? row.title ?? row.query;
const listed = (choices, query = "", open = new Set()) => listRoutes(choices, query, open).map(wordOf);

test("routes are listed by their first tag, those without one first, the framework's own in a fold at the end", () => {
  const rows = ["/chat", "pets", "/pets", "/pets", "auth", "/auth", "1 of FastAPI's own"];
  assert.deepEqual(listed(TAGGED), rows);
  assert.deepEqual(listed(TAGGED, "", new Set([OWN_FOLD])), [...rows, "/docs"]);
  assert.equal(foldOf(OWN), OWN_FOLD);
});

test("an app that has only the framework's own routes shows them", () => {
  assert.deepEqual(listed([OWN]), ["/docs"]);
});

test("a query finds the framework's own too, and lists no tags; what no route has can be sent anyway", () => {
  assert.deepEqual(listed(TAGGED, "docs"), ["/docs"]);
  assert.deepEqual(listed(TAGGED, "all"), ["/pets"]);
  assert.deepEqual(listRoutes(TAGGED, "zzz", new Set()), [{ kind: "none", query: "zzz" }]);
});

test("a path finds the route that takes it", () => {
  const choices = [
    { method: "GET", path: "/items/{id}" },
    { method: "GET", path: "/files/{name:path}" },
  ];
  assert.deepEqual(listed(choices, "/items/7?x=/1"), ["/items/{id}"]);
  assert.deepEqual(listed(choices, "/files/a/b"), ["/files/{name:path}"]);
  assert.deepEqual(listed(choices, "/items/7/more"), ["/items/7/more"]);
  assert.ok(takesPath("/v{n}.json", "/v7.json"));
  assert.ok(!takesPath("/v{n}.json", "/v.json"));
  assert.ok(!takesPath("/}{", "/x"));
});

test("each tag of an app with many routes is a fold", () => {
  const many = Array.from({ length: 1200 }, (_, number) => ({
    method: "GET",
    path: `/${number}`,
    tags: [`tag ${number % 3}`],
  }));
  const folds = listRoutes(many, "", new Set([foldOf(many[1])]));
  assert.equal(folds.length, 3 + 400);
  assert.deepEqual(folds[0], { kind: "fold", title: "tag 0", key: "tag tag 0", count: 400, isOpen: false });
  assert.equal(folds[1].isOpen, true);
  assert.equal(listed(many, "/119").length, 11);
});

test("the last segment of a path is kept apart, so that it stays readable", () => {
  assert.deepEqual(splitPath("/pets/{id}/photo"), ["/pets/{id}", "/photo"]);
  assert.deepEqual(splitPath("/pets/"), ["", "/pets/"]);
  assert.deepEqual(splitPath("/pets/{id}/"), ["/pets", "/{id}/"]);
  assert.deepEqual(splitPath("/"), ["", "/"]);
  assert.deepEqual(splitPath(""), ["", ""]);
});

test("how many of the app's own routes were tried, once one was", () => {
  const choices = [
    { method: "GET", path: "/pets" },
    { method: "POST", path: "/pets" },
    { method: "GET", path: "/docs", own: "FastAPI" },
  ];
  assert.equal(triedText(choices, {}), "");
  assert.equal(triedText(choices, { "GET /docs": ["tried once: 200"] }), "");
  assert.equal(
    triedText(choices, { "GET /pets": ["tried once: 200"], "GET /gone": ["tried once: 404"] }),
    "1 of 2 tried",
  );
});
