"""Others on the server of the pictures: a team, keys, an invitation that nobody has accepted."""

from __future__ import annotations

from dataclasses import dataclass

from filling import Filler

TEAM = "vision"


@dataclass(frozen=True)
class People:
    """Where they are seen."""

    team: str
    """Address of the team's page."""
    invitation: str
    """The link, as it was given."""
    sign_in: str
    """A link that signs ada in, once."""


def make_people(filler: Filler) -> People:
    """Three users, one of them without access, two of them in a team; and keys for two machines."""
    for name, role in (("ada", "member"), ("grace.hopper@navy.example", "viewer"), ("temp-2024", "member")):
        filler.ask("POST", "/users", {"name": name, "role": role})
    filler.ask("PATCH", "/users/temp-2024", {"disabled": True})
    filler.ask("PUT", f"/teams/{TEAM}")
    for name, role in (("ada", "admin"), ("grace.hopper@navy.example", "viewer")):
        filler.ask("PUT", f"/teams/{TEAM}/members/{name}", {"role": role})
    filler.ask("PUT", f"/projects/{TEAM}/road-signs")
    for name, days in (("lab machine", None), ("cluster: nightly jobs", 30)):
        filler.ask("POST", "/keys", {"name": name, "days": days})
    filler.ask("POST", f"/teams/{TEAM}/invitations", {"role": "viewer", "days": 30})
    url = filler.ask("POST", f"/teams/{TEAM}/invitations", {"role": "member"})["url"]
    sign_in = filler.ask("POST", "/users/ada/link", {})["url"]
    return People(team=f"/teams?team={TEAM}", invitation=url, sign_in=sign_in)
