"""Every error that besom raises on purpose.

BesomError                 something a person can act on; str() is ready for the terminal
├── ConfigError            a sweep configuration that cannot be used; also a ValueError (in ``besom.config``)
├── SettingsError          a setting or environment variable that cannot be used
├── CommError              talking to a server failed
│   ├── ServerUnreachable  no server answers at that address
│   └── ApiError           the server answered with an error
│       ├── AuthenticationError  no key, or a wrong one
│       └── NotFound             no such sweep, run, project
├── StoreError             the database or its disk cannot be used (in ``besom.server.store``)
└── UsageError             a call that makes no sense here
"""

from __future__ import annotations


class BesomError(Exception):
    """Something a person can act on: what is wrong, and ``hint``, what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class SettingsError(BesomError):
    """A setting or environment variable that cannot be used."""


class UsageError(BesomError):
    """A call that makes no sense here, for example ``log`` after ``finish``."""


class CommError(BesomError):
    """Talking to a server failed."""


class ServerUnreachable(CommError):
    """No server answers at that address."""


class ApiError(CommError):
    """The server answered with an error; ``status`` and ``code`` say which."""

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        status: int,
        code: str,
        offset: int | None = None,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code
        self.offset = offset
        self.retry_after = retry_after
        """Seconds after which the server wants to be asked again; 0 where it did not say."""


class AuthenticationError(ApiError):
    """The server wants a key, or does not know the one it got."""


class NotFound(ApiError):
    """The server has no such sweep, run or project."""
