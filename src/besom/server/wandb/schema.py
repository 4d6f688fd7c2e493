"""The GraphQL schema: read from ``schema/*.graphql``, with the resolvers of all subjects bound to its fields."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from besom.server.wandb import (
    agents,
    artifact_collections,
    artifact_files,
    artifact_uploads,
    artifacts,
    console_logs,
    controllers,
    files,
    history,
    projects,
    run_commands,
    run_files,
    run_lists,
    run_upserts,
    runs,
    scalars,
    server_info,
    sweeps,
    system_metrics,
    users,
)
from besom.server.wandb.resolvers import Resolver, Resolvers

_SUBJECTS = (
    agents,
    artifact_collections,
    artifact_files,
    artifact_uploads,
    artifacts,
    console_logs,
    controllers,
    files,
    history,
    projects,
    run_commands,
    run_files,
    run_lists,
    run_upserts,
    runs,
    server_info,
    sweeps,
    system_metrics,
    users,
)


@cache
def schema() -> GraphQLSchema:
    """The schema; made once, at the first question.

    Raises:
        LookupError: a resolver answers for a field that the schema does not have.
    """
    folder = resources.files("besom.server.wandb") / "schema"
    texts = [file.read_text() for file in sorted(folder.iterdir(), key=lambda file: file.name)]
    made = build_schema("\n".join(texts))
    for name, parse in scalars.PARSERS.items():
        cast("Any", made.type_map[name]).coerce_input_value = parse
    for subject in _SUBJECTS:
        _bind(made, subject.RESOLVERS)
    return made


def _bind(made: GraphQLSchema, resolvers: Resolvers) -> None:
    for (kind, field), function in resolvers.items():
        found = made.get_type(kind)
        if not isinstance(found, GraphQLObjectType) or field not in found.fields:
            raise LookupError(f"the schema has no field {kind}.{field}")
        found.fields[field].resolve = _resolver(function)


def _resolver(function: Resolver) -> Any:
    return lambda parent, info, **arguments: function(info.context, parent, **arguments)
