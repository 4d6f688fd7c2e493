"""Who may come in: Host and Origin, then the key or the session; and the headers that every answer carries.

- **Host** guards against DNS rebinding: a foreign page whose name is made to point at this machine still sends its own
  name. An IP address cannot be rebound, so those are fine.
- **Origin**, where a browser sends one, must be this server for everything that changes something.
- With the **session cookie** such a request needs ``X-Besom: 1`` too, which no foreign page can send.
- **Links** let anyone read one sweep: see ``readers``.
- **Signed addresses** are the exception: pages of every origin may use them. Who has one may do that one thing anyway,
  and the browser's cookie has no part in it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from besom.protocol import API_PREFIX
from besom.server.api.readers import headers_for, is_reading, reader_of
from besom.server.api.service_keys import refuse_beyond_key
from besom.server.services.refusals import Forbidden, Unauthorized
from besom.server.services.services import Services
from besom.server.services.sessions import SESSION_SECONDS
from besom.server.services.signing import STORAGE
from besom.server.services.users import Caller

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OPEN_API = frozenset(f"{API_PREFIX}/{path}" for path in ("session", "invitations/look", "invitations/accept"))
"""Paths of the API that are for those who have no session yet."""
SIGN_IN = "/login"
"""Where tickets are spent."""

_MOST_HOSTS = 256
"""Hosts that are remembered to be good."""

_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        b"media-src 'self'; frame-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        b"worker-src 'self' blob:; base-uri 'none'; form-action 'self'; "
        b"frame-ancestors 'self' http://localhost:* http://127.0.0.1:*",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
"""As they are sent: every answer has them, but those that it says otherwise itself."""

_HEADERS_OF_SIGNED = {
    "Access-Control-Allow-Origin": "*",  # which browsers never take together with cookies
    "Access-Control-Allow-Methods": "GET, PUT",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Hook of every answer. Styles may be inline, because charts place their marks with them; scripts never.

    Only notebooks on the reader's own machine may show pages in frames.
    """
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        if _is_signed(scope):
            headers.update(_HEADERS_OF_SIGNED)
        headers.update(headers_for(scope))
        said = {name for name, _ in headers.headers}
        headers.headers += [header for header in _HEADERS if header[0] not in said]


class Security:
    """ASGI middleware: checks a request and puts its caller into ``scope["user"]``. The services are in the state."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self._hosts = {host.lower() for host in hosts}
        self._check_host = lru_cache(_MOST_HOSTS)(self._check_host_anew)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the module's text."""
        if scope["type"] == ScopeType.HTTP:
            headers = Headers.from_scope(scope)
            self._check_host(headers.get("host", ""))
            changes = scope["method"] not in _SAFE_METHODS
            if changes and not _is_signed(scope):
                _check_origin(headers)
            services, path = scope["litestar_app"].state.services, scope["path"]
            if is_reading(scope):
                scope["user"] = await reader_of(services, scope)
            elif path.startswith("/api/") and path not in OPEN_API:
                if changes and not headers.get("authorization"):
                    check_forgery(headers)
                caller = await owner_of(services, headers)
                refuse_beyond_key(caller, scope)
                scope["user"] = replace(caller, address=address_of(scope))
        await self.app(scope, receive, send)

    def _check_host_anew(self, host: str) -> None:
        name = (urlsplit(f"//{host}").hostname or "").lower() if _is_parsable(host) else ""
        if name != "localhost" and not name.endswith(".localhost") and name not in self._hosts and not _is_ip(name):
            raise Forbidden(
                "unknown_host",
                f"This server does not answer to the name {name or host!r}.",
                f"If that is one of its names, start it with --allow-host {name or 'NAME'}.",
            )


async def owner_of(services: Services, headers: Headers) -> Caller:
    """The owner of the key, or else of the session, that came with a request; raises Unauthorized."""
    key = key_of(headers.get("authorization"))
    if key is not None:
        return await services.sessions.caller(key, "key")
    session = session_of(headers)
    if session is None:
        raise Unauthorized(
            "no_key",
            "This server wants an API key.",
            "Programs: besom login. Browser: open the link that besom prints, or sign in with the key.",
        )
    return await services.sessions.caller(session, "session")


def check_forgery(headers: Headers) -> None:
    """Raises Forbidden for a request with the session cookie that a page of another site may have sent."""
    if session_of(headers) is not None and headers.get("x-besom") != "1":
        raise Forbidden("no_csrf_header", "A request with the session cookie needs the header X-Besom: 1.")


def key_of(authorization: str | None) -> str | None:
    """The key in a Bearer or Basic header (there, the password; any user name); None without a header.

    Raises:
        Unauthorized: the header is neither.
    """
    if not authorization:
        return None
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            user, colon, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            pass
        else:
            return password if colon and password else user
    raise Unauthorized("bad_authorization", "The Authorization header is neither 'Bearer KEY' nor Basic.")


def session_of(headers: Headers) -> str | None:
    """The session in the request's cookies."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(cookie_name(headers))
    except CookieError:
        return None
    return cookie.value if cookie else None


def cookie_name(headers: Headers) -> str:
    """The session cookie's name, with the port: browsers share cookies between all servers of one host."""
    host = headers.get("host", "")
    port = urlsplit(f"//{host}").port if _is_parsable(host) else None
    return f"besom_session_{port or 0}"


def session_cookie(request: Request[Any, Any, Any], url: str, session: str) -> str:
    """The header that gives a browser its session; ``url`` is the server's, as users know it."""
    flags = "; Secure" if "https" in (request.url.scheme, urlsplit(url).scheme) else ""
    name = cookie_name(request.headers)
    return f"{name}={session}; Path=/; Max-Age={SESSION_SECONDS:.0f}; HttpOnly; SameSite=Lax{flags}"


def no_session_cookie(headers: Headers) -> str:
    """The header that takes a browser's session away."""
    return f"{cookie_name(headers)}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"


def address_of(scope: Scope) -> str:
    """From where a request comes; empty if nobody knows."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _is_signed(scope: Scope) -> bool:
    return scope["path"].startswith(f"{STORAGE}/") and not is_reading(scope)


def _check_origin(headers: Headers) -> None:
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise Forbidden(
            "foreign_origin",
            f"A page of {origin} may not change anything here.",
            "Behind a proxy: let it pass the Host header on.",
        )


def _is_parsable(host: str) -> bool:
    try:
        urlsplit(f"//{host}").port  # noqa: B018  reading it is the check
    except ValueError:
        return False
    return True


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
