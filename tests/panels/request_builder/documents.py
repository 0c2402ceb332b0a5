"""A document with one operation of every kind that a form can have, for the tests of the form."""

from typing import Any

ITEM = {
    "type": "object",
    "required": ["name", "price"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "price": {"type": "number", "exclusiveMinimum": 0},
        "nick": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "store", "version": "1"},
    "components": {
        "schemas": {"Item": ITEM},
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "login": {"type": "oauth2", "flows": {"password": {"tokenUrl": "token", "scopes": {}}}},
        },
    },
    "paths": {
        "/items/{item_id}": {
            "post": {
                "summary": "Add an item",
                "security": [{"login": []}, {"key": []}],
                "parameters": [
                    {"name": "item_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "api_key", "in": "query", "schema": {"type": "string"}},
                    {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string", "minLength": 2}},
                    {"name": "ads", "in": "cookie", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}},
                },
                "responses": {"201": {"description": "made"}},
            }
        },
        "/upload": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["note", "file"],
                                "properties": {
                                    "note": {"type": "string", "minLength": 2},
                                    "file": {"type": "string", "format": "binary"},
                                },
                            }
                        },
                        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                        "application/x-www-form-urlencoded": {
                            "schema": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}}
                        },
                        "text/plain": {"schema": {"type": "string"}},
                    },
                },
                "responses": {},
            }
        },
    },
}
