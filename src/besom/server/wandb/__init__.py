"""The W&B API: what the real ``wandb`` client asks for, translated into calls of the services.

GraphQL operations and file-stream posts become the same calls that the REST API makes. Nothing is decided or kept
here. ``docs/wandb-protocol.md`` describes what the client expects.
"""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from besom.server.wandb import artifact_storage, errors, file_stream, graphql, storage
from besom.server.wandb.security import provide_key_owner

ROUTER = Router(
    "/",
    route_handlers=[graphql.answer_query, file_stream.take_file_stream, *storage.HANDLERS, *artifact_storage.HANDLERS],
    dependencies={"caller": Provide(provide_key_owner)},
    exception_handlers=errors.HANDLERS,
    include_in_schema=False,
)
