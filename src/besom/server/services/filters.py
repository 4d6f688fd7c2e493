"""Filters and orders as requests carry them, compiled; what cannot be understood is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import UNREADABLE
from besom.server.services.refusals import Invalid
from besom.server.store import fields_of_runs
from besom.server.store.errors import FilterError
from besom.server.store.filters import compile_filter, compile_order

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from besom.server.store.fields import Fields


def condition_of(text: str | None, fields: Fields = fields_of_runs.FIELDS) -> ColumnElement[bool]:
    """The condition that a filter, as JSON text, stands for; None or empty holds for everything.

    Raises:
        Invalid: it is no JSON, or no filter of these fields.
    """
    try:
        return compile_filter(msgspec.json.decode(text) if text else None, fields)
    except UNREADABLE as error:
        raise Invalid("bad_filter", f"The filter is not JSON: {error}.", field="filter") from None
    except FilterError as error:
        raise Invalid("bad_filter", error.message, error.hint, field="filter") from None


def order_of(text: str, fields: Fields = fields_of_runs.FIELDS) -> list[ColumnElement[Any]]:
    """The expressions for an order of runs, or of what has these fields.

    Raises:
        Invalid: it is none.
    """
    try:
        return compile_order(text, fields)
    except FilterError as error:
        raise Invalid("bad_order", error.message, error.hint, field="order") from None
