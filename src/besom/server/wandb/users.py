"""Users: who the caller is."""

from __future__ import annotations

from besom.server.services.users import Caller
from besom.server.wandb.call import Call
from besom.server.wandb.ids import opaque
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_json

RESOLVERS = Resolvers()


@RESOLVERS.of("Query.viewer")
def viewer(call: Call, _parent: None) -> Caller:
    """The owner of the key."""
    return call.caller


RESOLVERS.plain(
    "User",
    {
        "id": lambda user: opaque("User", user.name),
        "entity": lambda user: user.name,
        "username": lambda user: user.name,
        "email": lambda _user: None,
        "admin": lambda user: user.role == "admin",
        "flags": lambda _user: write_json({"code_saving_enabled": True}),
        "deletedAt": lambda _user: None,
        "apiKeys": lambda _user: {"edges": []},
        "teams": lambda user: {"edges": [{"node": {"name": user.name}}]},
    },
)
