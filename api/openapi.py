"""OpenAPI 3.1, read from the routes' own declarations."""

import re
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.routes import Access, Route
from api.staff_door import HEADER, cookie_name

Json = dict[str, Any]
_WITH_BODY = (200, 201, 202)
_REF = "#/components/schemas/{model}"
_WITH_TOKEN: dict[Access, list[Json]] = {
    Access.ANYONE: [{}, {"token": []}],
    Access.AT_THE_DESK: [{"token": []}],
    Access.SIGNED_IN: [{"token": []}],
    Access.OWN_APP: [{"token": []}],
    Access.STAFF: [{"staff": [], "staffPage": []}],
    Access.STAFF_DOOR: [{"staffPage": []}],
}
_BINARY: Json = {"type": "string", "format": "binary"}
_ONCE: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same request with the same key is done once, within 24 hours.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,64}$"},
}
_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. `code` is for programs, `title` and `detail` for people.",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "code": {"type": "string"},
    },
}


def describe(routes: Iterable[Route], address: str) -> Json:
    """The whole description; ``address`` is how residents reach us."""
    routes = list(routes)
    names, schemas = _schemas(routes)
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Zhiban",
            "version": "1",
            "description": "One verification, then everything. Money is integer fen, time UTC.",
        },
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "schemas": schemas | {"Problem": _PROBLEM},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "staff": {"type": "apiKey", "in": "cookie", "name": cookie_name(address)},
                "staffPage": {"type": "apiKey", "in": "header", "name": HEADER},
            },
        },
    }


Names = dict[Any, Json]


def _schemas(routes: list[Route]) -> tuple[Names, Json]:
    """A reference for each model, and the components they lead to."""
    wanted: dict[tuple[type[BaseModel], Literal["validation", "serialization"]], None] = {}
    for route in routes:
        if route.body:
            wanted[route.body, "validation"] = None
        if route.answer:
            wanted[route.answer, "serialization"] = None
    pairs: list[Any] = list(wanted)
    found, whole = models_json_schema(pairs, by_alias=True, ref_template=_REF)
    return dict(found), _silent(whole.get("$defs", {}))


def _silent(node: Any) -> Any:
    """Without the words of all locales, which belong to GET /v1/services/{id}."""
    if isinstance(node, dict):
        return {key: _silent(value) for key, value in node.items() if key != "x-words"}
    return [_silent(item) for item in node] if isinstance(node, list) else node


def _operation(route: Route, names: Names) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "x-access": route.access.value,
        "parameters": [*_in_path(route), *_in_query(route), *_in_header(route)],
        "responses": _responses(route, names),
    }
    if route.body:
        content = {"application/json": {"schema": names[route.body, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.takes:
        content = {taken: {"schema": _BINARY} for taken in route.takes}
        operation["requestBody"] = {"required": True, "content": content}
    if route.roles:
        operation["x-roles"] = sorted(route.roles)
    if route.access in _WITH_TOKEN:
        operation["security"] = _WITH_TOKEN[route.access]
    return operation


def _responses(route: Route, names: Names) -> Json:
    good: Json = {"description": "As asked"}
    if route.status in _WITH_BODY:
        schema = names[route.answer, "serialization"] if route.answer else {}
        good["content"] = {route.content_type: {"schema": schema}}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    refused = {"description": "A problem", "content": {"application/problem+json": problem}}
    return {str(route.status): good, "default": refused}


def _in_path(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]


def _in_query(route: Route) -> list[Json]:
    if route.query is None:
        return []
    fields = route.query.model_json_schema()["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in fields.items()
    ]


def _in_header(route: Route) -> list[Json]:
    return [_ONCE] if route.idempotent else []
