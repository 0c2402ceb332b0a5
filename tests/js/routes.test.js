import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestPlace } from "../../src/ipyasgi/panels/static/fields/field.js";
import { findPathParameters, findRoutes } from "../../src/ipyasgi/panels/static/routes.js";

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
