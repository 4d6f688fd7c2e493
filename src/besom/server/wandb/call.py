"""What a resolver is given besides its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from besom.server.services.context import Context
from besom.server.services.refusals import Invalid
from besom.server.services.rights import role_in
from besom.server.services.services import Services
from besom.server.services.users import Caller
from besom.server.wandb.batches import Batches

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_VALUES = 1_000_000
"""Of one answer: some seconds of work. A sweep of 40,000 runs, which the client reads at once, has fewer."""


@dataclass(slots=True)
class Call:
    """One request: the services, who asks, and the address by which this server was reached."""

    services: Services
    caller: Caller
    url: str
    """Without a slash at the end; addresses that are handed out begin with it."""
    writer: str | None = None
    """Names the program, where it is one of several that log to the same run at the same time."""
    disconnected: Callable[[], bool] = lambda: False
    """Whether nobody waits for the answer any more."""
    batches: Batches = field(default_factory=Batches, compare=False)
    spent: int = 0
    """How many values it has been answered with."""

    @property
    def ctx(self) -> Context:
        """What the services work with."""
        return self.services.ctx

    async def is_read_only(self, entity: str) -> bool:
        """Whether the caller may change nothing in an entity's projects. Asked once for all things of a page."""

        async def look(entities: list[str]) -> dict[str, bool]:
            def roles(conn: Connection) -> dict[str, bool]:
                return {name: role_in(conn, self.caller, name) in (None, "viewer") for name in entities}

            return await self.ctx.read(roles)

        return bool(await self.batches.ask("read_only", look, entity))

    def spend(self, values: int) -> None:
        """Counts values of the answer. No list is long, but lists in lists multiply.

        Raises:
            Invalid: it has too many of them.
        """
        self.spent += values
        if self.spent > _MOST_VALUES:
            raise Invalid(
                "large_answer",
                f"The answer to this query would have more than {_MOST_VALUES:,} values.",
                "Ask for fewer things at a time (first, after), or for less of each.",
            )
