"""The GraphQL schema: read from ``schema/*.graphql``, with the resolvers of all subjects bound to its fields."""

from __future__ import annotations

from functools import cache
from importlib import resources
from inspect import iscoroutinefunction
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLSchema, build_schema, default_field_resolver

from besom.server.wandb import (
    agents,
    artifact_collection_changes,
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
    artifact_collection_changes,
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

_LOOKED_UP = 10
"""What a value costs that has to be looked up, besides those that come with the thing that they belong to."""


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
    for kind in made.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for field in kind.fields.values():
                field.resolve = field.resolve or _look_in_parent
    return made


def _bind(made: GraphQLSchema, resolvers: Resolvers) -> None:
    for (kind, field), function in resolvers.items():
        found = made.get_type(kind)
        if not isinstance(found, GraphQLObjectType) or field not in found.fields:
            raise LookupError(f"the schema has no field {kind}.{field}")
        found.fields[field].resolve = _resolver(function)


def _resolver(function: Resolver) -> Any:
    price = _LOOKED_UP if iscoroutinefunction(function) else 1

    def resolve(parent: Any, info: Any, **arguments: Any) -> Any:
        info.context.spend(price)
        return function(info.context, parent, **arguments)

    return resolve


def _look_in_parent(parent: Any, info: Any, **arguments: Any) -> Any:
    info.context.spend(1)
    return default_field_resolver(parent, info, **arguments)
