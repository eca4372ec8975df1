"""The OpenAPI 3.1 document, made from the routes and the models: https://spec.openapis.org/oas/v3.1.1

`openapi.json` is its committed form, for those who read it without a worker; a test keeps the two equal.
`python -m streams.web.openapi` writes it again.
"""

import json
import re
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from schemas.base import SCHEMA_VERSION
from streams.web.problems import ProblemAnswer
from streams.web.query import DEFAULT_WINDOW, WINDOWS
from streams.web.routes import ROUTES, Route

COMMITTED = Path(__file__).with_name("openapi.json")
_REF = "#/components/schemas/{model}"
_PARAMETERS: dict[str, dict[str, Any]] = {
    "provider": {"in": "path", "required": True, "schema": {"type": "string"}, "description": "E.g. groq."},
    "window": {
        "in": "query",
        "schema": {"type": "string", "enum": list(WINDOWS), "default": DEFAULT_WINDOW},
        "description": "How far back the figures go.",
    },
}
_PROBLEMS = {
    "400": "A parameter is not known or not valid.",
    "401": "The token is missing or another one.",
    "404": "There is no such provider or page.",
    "405": "Pages can only be read.",
    "421": "On loopback: this name is not served here.",
}


def document() -> dict[str, Any]:
    """The whole document."""
    models = [route.model for route in ROUTES if route.model] + [ProblemAnswer]
    _, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fulltext worker",
            "version": SCHEMA_VERSION,
            "description": "Read-only. Money is integer nano-USD: 1 USD = 1,000,000,000.",
        },
        "paths": {route.path: {"get": _operation(route)} for route in ROUTES},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Where WEB_TOKEN is set."}
            },
        },
        "security": [{}, {"token": []}],
    }


def render() -> str:
    """As indented JSON."""
    return json.dumps(document(), indent=2) + "\n"


def _operation(route: Route) -> dict[str, Any]:
    names = (*re.findall(r"{(\w+)}", route.path), *route.parameters)
    schema = {"$ref": _REF.format(model=route.model.__name__)} if route.model else {}
    good = {"description": route.meaning, "content": {route.content_type: {"schema": schema} if schema else {}}}
    refused = {"content": {"application/json": {"schema": {"$ref": _REF.format(model=ProblemAnswer.__name__)}}}}
    return {
        "summary": route.meaning,
        "parameters": [{"name": name, **_PARAMETERS[name]} for name in names],
        "responses": {
            **{str(status): good for status in route.statuses},
            **{status: {"description": meaning, **refused} for status, meaning in _PROBLEMS.items()},
        },
    }


if __name__ == "__main__":
    COMMITTED.write_text(render(), encoding="utf-8")
