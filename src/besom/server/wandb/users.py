"""Users and entities: who the caller is, who else is there, whose a place is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from besom.server.services import accounts, projects
from besom.server.services.users import Caller
from besom.server.wandb.call import Call
from besom.server.wandb.ids import opaque
from besom.server.wandb.nodes import RunNode
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_json

RESOLVERS = Resolvers()


@dataclass(frozen=True, slots=True)
class Owner:
    """The user, or the group of users, whose a project or a run is: parent of the type User."""

    name: str
    role: None = None


@dataclass(frozen=True, slots=True)
class FoundEntity:
    """An entity that was looked up, and its users as far as the caller may see them."""

    name: str
    members: list[Caller]

    @property
    def is_shared(self) -> bool:
        """Whether it is no user's own."""
        return [member.name for member in self.members] != [self.name]


@RESOLVERS.of("Query.viewer")
def viewer(call: Call, _parent: None) -> Caller:
    """The owner of the key."""
    return call.caller


@RESOLVERS.of("Query.users")
async def search_users(call: Call, _parent: None, query: str | None = None) -> dict[str, Any]:
    """Users whose name holds a text, among those whom the caller may see."""
    found = await accounts.search_users(call.ctx, call.caller, query or "")
    return {"edges": [{"node": user} for user in found]}


@RESOLVERS.of("Query.entity")
async def entity(call: Call, _parent: None, name: str | None = None) -> FoundEntity | None:
    """A user's own place, or a team."""
    members = await accounts.members_of(call.ctx, call.caller, name or call.caller.name)
    return FoundEntity(name or call.caller.name, members) if members else None


@RESOLVERS.of("User.teams")
async def teams(call: Call, parent: Caller | Owner) -> dict[str, Any]:
    """The caller's own entity and teams; of others only what their name says."""
    names = await accounts.entities_of(call.ctx, call.caller) if parent == call.caller else [parent.name]
    return {"edges": [{"node": {"name": name}} for name in names]}


@RESOLVERS.of("Run.user")
def user_of_run(_call: Call, parent: RunNode) -> Owner:
    """Who began the run; as long as nobody has, whose place it is in."""
    return Owner(parent.run.creator or parent.run.entity)


@RESOLVERS.of("Entity.storageBytes")
async def storage_bytes(call: Call, parent: FoundEntity) -> int:
    """Size of all files of its projects."""
    return await projects.stored_bytes(call.ctx, call.caller, parent.name)


RESOLVERS.plain(
    "User",
    {
        "id": lambda user: opaque("User", user.name),
        "entity": lambda user: user.name,
        "username": lambda user: user.name,
        "email": lambda _user: None,
        "admin": lambda user: None if user.role is None else user.role == "admin",
        "flags": lambda _user: write_json({"code_saving_enabled": True}),
        "deletedAt": lambda _user: None,
        "apiKeys": lambda _user: {"edges": []},
    },
)
RESOLVERS.plain(
    "Entity",
    {
        "id": lambda entity: opaque("Entity", entity.name),
        "available": lambda _entity: False,
        "isTeam": lambda entity: entity.is_shared,
        "entityType": lambda entity: "TEAM" if entity.is_shared else "USER",
        "readOnlyAdmin": lambda _entity: False,
        "privateOnly": lambda _entity: True,
        "codeSavingEnabled": lambda _entity: True,
        "defaultAccess": lambda _entity: "PRIVATE",
    },
)
RESOLVERS.plain(
    "Member",
    {
        "id": lambda user: opaque("User", user.name),
        "admin": lambda user: user.role == "admin",
        "pending": lambda _user: False,
        "username": lambda user: user.name,
        "accountType": lambda _user: "USER",
    },
)
