"""Readers: those who come by a link, without an account, and see one sweep or one report.

Below ``/shared/SWEEP/SECRET`` and ``/shared/reports/ID/SECRET`` lie the same pages and the same API as at the root.
The prefix is taken off before the request finds its route. Keys and cookies have no part in it: the link alone says
what is seen, whoever is signed in beside it, and a page of another site gains nothing. What is not in ``READABLE``, or
in ``READABLE_OF_REPORTS``, is refused; the services then narrow what is left to the link's sweep or report
(``Caller.bounds``).
"""

from __future__ import annotations

import re
from typing import cast

from litestar.enums import ScopeType
from litestar.types import HTTPScope, Scope

from besom.server.services.report_links import REPORTS
from besom.server.services.services import Services
from besom.server.services.sweep_links import SECRET_LENGTH, SHARED
from besom.server.services.users import Caller, beyond_link

_PREFIX = re.compile(rf"{SHARED}/((?:{REPORTS})?[^/]+)/([0-9a-f]{{{SECRET_LENGTH}}})(/.*)?", re.DOTALL)
_LINK = "besom.link"

_SWEEP = "/api/v1/sweeps/{sweep_id}"
_PROJECT = "/api/v1/projects/{entity}/{project}"
_RUN = f"{_PROJECT}/runs/{{run_id}}"

READABLE = frozenset(
    {
        "/",
        "/{path}",
        "/api/v1/viewer",
        "/api/v1/events",
        _SWEEP,
        *(f"{_SWEEP}/{part}" for part in ("agents", "agents/load", "curves", "events", "importance")),
        *(f"{_SWEEP}/{part}" for part in ("rungs", "versions")),
        *(f"{_PROJECT}/{part}" for part in ("curves", "extremes", "runs", "runs/export")),
        _RUN,
        *(f"{_RUN}/{part}" for part in ("artifacts", "curves", "details", "events", "files", "files/{path}")),
        *(f"{_RUN}/{part}" for part in ("history", "output", "system")),
    }
)
"""Addresses that a reader of a sweep may get."""

READABLE_OF_REPORTS = frozenset(
    {
        "/",
        "/{path}",
        "/api/v1/viewer",
        "/api/v1/events",
        f"{_PROJECT}/documents/{{document_id}}",
        _SWEEP,
        *(f"{_SWEEP}/{part}" for part in ("curves", "importance", "rungs")),
        *(f"{_PROJECT}/{part}" for part in ("curves", "extremes", "runs")),
    }
)
"""Those that a reader of a report may get: what its panels ask for."""

_HEADERS = {
    "Referrer-Policy": "no-referrer",  # the address is the secret
    "X-Robots-Tag": "noindex, nofollow",
}


def enter(scope: Scope) -> Scope:
    """The scope of what lies behind a link's prefix; every other scope as it is."""
    found = _PREFIX.fullmatch(scope["path"]) if scope["type"] == ScopeType.HTTP else None
    if found is None:
        return scope
    subject, secret, path = found.groups()
    state = {**scope.get("state", {}), _LINK: (subject, secret)}
    return cast("Scope", {**scope, "path": path or "/", "state": state})


def is_reading(scope: Scope) -> bool:
    """Whether a request came by a link."""
    return _LINK in scope["state"]


def link_of(scope: Scope) -> tuple[str, str] | None:
    """Sweep (or report, as the link says it) and secret of the link by which a request came, good or not; else None."""
    return cast("tuple[str, str] | None", scope["state"].get(_LINK))


async def reader_of(services: Services, scope: HTTPScope) -> Caller | None:
    """Who sent a request by a link; None for the page itself, which is nobody's secret and tells when a link has ended.

    Raises:
        Forbidden: it is none of what readers may do, or the link has ended.
    """
    template = scope["path_template"]
    subject, secret = scope["state"][_LINK]
    of_report = subject.startswith(REPORTS)
    if scope["method"] != "GET" or template not in (READABLE_OF_REPORTS if of_report else READABLE):
        raise beyond_link("report" if of_report else "sweep")
    if not template.startswith("/api/"):
        return None
    if of_report:
        return await services.report_links.reader(subject.removeprefix(REPORTS), secret)
    return await services.links.reader(subject, secret)


def headers_for(scope: Scope) -> dict[str, str]:
    """What answers to readers carry more, or otherwise."""
    return _HEADERS if is_reading(scope) else {}
