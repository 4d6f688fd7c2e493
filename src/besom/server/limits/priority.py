"""What a request is for, and so who comes first when there is not room for all."""

from __future__ import annotations

import enum
import re

_LEASE = re.compile(
    r"/api/v1/agents/[^/]+(/next|/heartbeat|/runs/[^/]+/exit)?"
    r"|/api/v1/sweeps/[^/]+/agents"
    r"|/api/v1/projects/[^/]+/[^/]+/(runs|pool(/[^/]+(/next|/heartbeat)?)?)"
    r"|/graphql"
)
_FILES = re.compile(r"/api/v1/projects/[^/]+/[^/]+/blobs/[0-9a-f]+|/storage/.*")
_SMALL = re.compile(r"/api/v1/viewer|/api/v1/sweeps/[^/]+|/api/v1/projects/[^/]+/[^/]+/runs/(?!export$)[^/]+")
"""What programs read when they begin."""


OF_THE_OPERATOR = frozenset({"/healthz", "/readyz", "/metrics"})
"""What watches the server asks for these all the while, and above all when there is too much to do."""


class Priority(enum.Enum):
    """The value is the part of each limit that is there for such requests."""

    LEASE = 1.0
    """What agents and runs live from: claims, ``next``, heartbeats, ends."""
    REPORT = 0.8
    """What runs report, and everything else that changes something. Clients keep it until it is taken."""
    BULK = 0.125
    """Reads, and the bytes of files."""


def priority_of(method: str, path: str) -> Priority:
    """What a request is for. A GraphQL request is urgent until its document has been read."""
    is_read = method in ("GET", "HEAD")
    if path in OF_THE_OPERATOR or (not is_read and _LEASE.fullmatch(path)):
        return Priority.LEASE
    if _FILES.fullmatch(path) or (is_read and not _SMALL.fullmatch(path)):
        return Priority.BULK
    return Priority.REPORT
