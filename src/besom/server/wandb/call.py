"""What a resolver is given besides its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from besom.server.services.context import Context
from besom.server.services.services import Services
from besom.server.services.users import Caller
from besom.server.wandb.batches import Batches


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the services, who asks, and the address by which this server was reached."""

    services: Services
    caller: Caller
    url: str
    """Without a slash at the end; addresses that are handed out begin with it."""
    shares_run: bool = False
    """Whether the program is one of several that log to the same run at the same time."""
    hung_up: Callable[[], bool] = lambda: False
    """Whether nobody waits for the answer any more."""
    batches: Batches = field(default_factory=Batches, compare=False)

    @property
    def ctx(self) -> Context:
        """The surroundings of the services."""
        return self.services.ctx
