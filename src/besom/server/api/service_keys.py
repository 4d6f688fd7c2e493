"""Service keys: what agents and programs of one sweep may do, with a key that is good for nothing else.

What is not in ``READABLE`` or ``WORKABLE`` is refused before anything is done; the services then narrow what is left to
the key's sweep (``Caller.bounds``), in the same way as for those who come by a link.
"""

from __future__ import annotations

from litestar.types import HTTPScope

from besom.server.api.readers import READABLE
from besom.server.services.users import Caller

_SWEEP = "/api/v1/sweeps/{sweep_id}"
_AGENT = "/api/v1/agents/{agent_id}"
_PROJECT = "/api/v1/projects/{entity}/{project}"
_RUN = f"{_PROJECT}/runs/{{run_id}}"

WORKABLE = frozenset(
    {
        f"POST {_SWEEP}/agents",
        f"GET {_SWEEP}/code",
        f"POST {_AGENT}/next",
        f"POST {_AGENT}/heartbeat",
        f"POST {_AGENT}/runs/{{run_id}}/exit",
        f"DELETE {_AGENT}/runs/{{run_id}}",
        f"DELETE {_AGENT}",
        f"POST {_PROJECT}/runs",
        f"PATCH {_RUN}",
        f"POST {_RUN}/stream",
        f"POST {_RUN}/files",
        f"POST {_RUN}/artifacts",
        f"POST {_PROJECT}/blobs/missing",
        f"PUT {_PROJECT}/blobs/{{digest}}",
        f"GET {_PROJECT}/blobs/{{digest}}",
        f"POST {_PROJECT}/blobs/{{digest}}/upload",
        f"POST {_PROJECT}/blobs/{{digest}}/uploaded",
    }
)
"""Requests that a service key allows besides reading its sweep as a reader may."""
READABLE_ARTIFACTS = frozenset(
    {f"GET {_PROJECT}/artifacts", f"GET {_PROJECT}/artifacts/{{name}}", f"POST {_RUN}/artifacts/used"}
)
"""Requests that one allows besides that was made to read artifacts."""
_WATCH = "/api/v1/events"


def refuse_beyond_key(caller: Caller, scope: HTTPScope) -> None:
    """Raises Forbidden where a request with a service key is none of what such keys are for."""
    method, template = scope["method"], scope["path_template"]
    if caller.bounds is None or (method in ("GET", "HEAD") and template in READABLE - {_WATCH}):
        return
    allowed = WORKABLE | READABLE_ARTIFACTS if caller.reads_artifacts else WORKABLE
    if f"{method} {template}" not in allowed:
        raise caller.bounds.beyond()
