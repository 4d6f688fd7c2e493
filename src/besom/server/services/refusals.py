"""Why a service says no. Each kind is one HTTP status at the REST API; the message is written for the user."""

from __future__ import annotations

from besom.errors import BesomError


class Refusal(BesomError):
    """A request that is understood and not carried out. ``code`` is for programs, ``field`` names the culprit."""

    def __init__(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        field: str | None = None,
        offset: int | None = None,
        moved_to: str | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.code = code
        self.field = field
        self.offset = offset
        self.moved_to = moved_to


class Unauthorized(Refusal):
    """Nobody is known by that key, ticket or session."""


class Forbidden(Refusal):
    """The caller is known and may not do this."""


class Missing(Refusal):
    """There is no such thing, or the caller may not see it."""


class Gone(Refusal):
    """It was there, and was deleted or moved."""


class Conflict(Refusal):
    """The thing is in a state that does not allow this."""


class TooLarge(Refusal):
    """More bytes than the server takes at once."""


class Invalid(Refusal):
    """The request says something that breaks a rule."""
