"""``besom.login``: checks a key and keeps it for the user's other programs."""

from __future__ import annotations

from besom.client import settings
from besom.errors import AuthenticationError
from besom.sdk.messages import say, warn


def login(
    key: str | None = None,
    host: str | None = None,
    relogin: bool | None = None,
    force: bool | None = None,
    timeout: float | None = None,
    verify: bool = True,
    anonymous: object = None,
    referrer: object = None,  # noqa: ARG001  (W&B's signature)
) -> bool:
    """Makes sure that there is a key that the server knows; returns True.

    With no server configured and no ``host`` there is nothing to do: the embedded server's key is found by itself.

    Args:
        key: the key. When missing, a known one is used, else it is asked for at the terminal.
        relogin: asks for the key even when one is known.
        host: address of the server; kept as the default for this user.
        force: refuses to go on without a server that was named.
        timeout: seconds to wait for the server's answer.
        verify: whether the server is asked if it knows the key.
        anonymous: without effect; every user of a besom server has a name.
        referrer: without effect.

    Raises:
        AuthenticationError: the server does not know the key, or there is none and no terminal to ask at.
        CommError: the server cannot be reached.
    """
    if anonymous not in (None, "never", False):
        warn(f"login(anonymous={anonymous!r}) is ignored: every user of a besom server has a name.")
    url = settings.base_url(host)
    if url is None:
        if force:
            raise AuthenticationError(
                "No server is configured to log in to.", "Give it: login(host=URL).", status=401, code="no_key"
            )
        return True
    from besom.client.login import ask_key, check_key, keep_key  # late: brings the HTTP client

    chosen = key or (None if relogin else settings.api_key(url)) or ask_key(url)
    name = check_key(url, chosen, timeout).name if verify else None
    keep_key(url, chosen, default=bool(host))
    say(f"Logged in to {url} as {name}" if name else f"Kept the key for {url}")
    return True
