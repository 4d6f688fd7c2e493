"""What this server can do, as the client asks for it."""

from __future__ import annotations

from typing import Any

from besom.server.wandb.call import Call
from besom.server.wandb.resolvers import Resolvers

RESOLVERS = Resolvers()

_FEATURES = (
    "ARTIFACT_COLLECTIONS_FILTERING_SORTING",
    "FILESTREAM_GZIP",
    "STRUCTURED_CONSOLE_LOGS",
    "SWEEPS_LOCAL_SCHEDULER",
    "SWEEPS_QUERY_FILTERING",
    "TOTAL_COUNT_IN_FILE_CONNECTION",
)
"""Names of the client's; it takes its plainer path where one is missing."""


@RESOLVERS.of("Query.serverInfo")
def server_info(_call: Call, _parent: None) -> dict[str, Any]:
    """Features, and the versions of the client that may talk to this server: any."""
    return {
        "features": [{"name": name, "isEnabled": True} for name in _FEATURES],
        "cliVersionInfo": {"min_cli_version": "0.8.0", "max_cli_version": "99.0.0"},
        "latestLocalVersionInfo": None,
    }
