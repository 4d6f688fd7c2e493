"""A table of functions that answer for the fields of the schema; each subject's file fills its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Resolver = Callable[..., Any]
"""(call, parent, **arguments) -> value; arguments by their names in the schema."""
Function = TypeVar("Function", bound=Resolver)


class Resolvers(dict[tuple[str, str], Resolver]):
    """Functions by type and field of the schema.

    A field without one is looked up in its parent: as a key of a dict, else as an attribute.
    """

    def of(self, place: str) -> Callable[[Function], Function]:
        """Decorator: the function answers for ``Type.field``. Parents of ``Query`` and ``Mutation`` are None."""
        kind, field = place.split(".")

        def keep(function: Function) -> Function:
            self[kind, field] = function
            return function

        return keep

    def plain(self, kind: str, fields: Mapping[str, Callable[[Any], Any]]) -> None:
        """Fields of a type that follow from the parent alone."""
        for field, function in fields.items():
            self[kind, field] = _of_parent(function)


def _of_parent(function: Callable[[Any], Any]) -> Resolver:
    return lambda _call, parent, **_arguments: function(parent)
