"""``python -m besom.server.openapi``: prints the description of the REST API, from which the page's types are made."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from besom import protocol
from besom.server.api import ROUTES
from besom.server.api.dependencies import provide_caller, provide_services

_ERROR = {"$ref": "#/components/schemas/ErrorReply"}


@cache
def description(version: str) -> bytes:
    """The OpenAPI document as JSON, made when it is first wanted."""
    app = Litestar(
        ROUTES,
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        openapi_config=OpenAPIConfig(
            title="besom",
            version=version,
            description="Hyperparameter sweeps. Times are Unix seconds. Every error has the shape of ErrorReply.",
            use_handler_docstrings=True,
            operation_id_creator=lambda handler, _method, _path: handler.handler_name,
            components=Components(
                security_schemes={"key": SecurityScheme(type="http", scheme="bearer", description="An API key.")}
            ),
            security=[{"key": []}],
        ),
    )
    document = app.openapi_schema.to_schema()
    _describe_errors(document)
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _describe_errors(document: dict[str, Any]) -> None:
    """Litestar describes its own error shape; here all errors have besom's."""
    _, found = msgspec.json.schema_components([protocol.ErrorReply], ref_template="#/components/schemas/{name}")
    document["components"]["schemas"].update(found)
    for operations in document["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].pop("400", None)
                operation["responses"]["default"] = {
                    "description": "What went wrong.",
                    "content": {"application/json": {"schema": _ERROR}},
                }


if __name__ == "__main__":
    sys.stdout.buffer.write(description(str(protocol.API_VERSION)) + b"\n")
