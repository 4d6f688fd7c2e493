"""Someone on a cluster's login node, for whom `besom launch` keeps what it promises."""

import json
from dataclasses import dataclass

from slurm_site import Site


@dataclass(frozen=True)
class Person:
    """As ``launch_contract.Person``."""

    site: Site

    @property
    def server(self) -> str:
        """Where the agents find the server, as an option."""
        return f"--server={self.site.sandbox.environment['BESOM_BASE_URL']}"

    def write(self, name: str, text: str) -> None:
        self.site.write(name, text)

    def says(self, *words: str) -> str:
        return self.site.sandbox.run("besom", *words)

    def runs(self, path: str) -> list[str]:
        return [run["state"] for run in self.site.runs(path)]

    def keys(self) -> dict[str, str | None]:
        return {key["name"]: key.get("sweep_id") for key in json.loads(self.says("key", "list", "--json"))}
