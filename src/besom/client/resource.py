"""What projects, sweeps, runs and agents have in common as Python objects."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from besom.client.connection import segment
from besom.client.pages import frame, page_address

if TYPE_CHECKING:
    from besom.client.api import Api


class Resource:
    """Something on the server, as it was when it was fetched."""

    def __init__(self, api: Api, message: Any) -> None:
        self._api = api
        self._message = message

    @property
    def id(self) -> str:
        """What it is known by."""
        found: str = self._message.id
        return found

    @property
    def name(self) -> str:
        """What people call it."""
        found: str = self._message.name
        return found

    @property
    def entity(self) -> str:
        """User or team."""
        found: str = self._message.entity
        return found

    @property
    def project(self) -> str:
        """Name of the project."""
        found: str = self._message.project
        return found

    @property
    def path(self) -> list[str]:
        """Entity, project and id, each quoted for a web address."""
        return [segment(part) for part in (self.entity, self.project, self.id)]

    @property
    def url(self) -> str:
        """Address of its page."""
        return self._api.page(self._message.url)

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """Its page as a frame for a notebook, behind a button when ``hidden``.

        Args:
            height: Of the frame, in pixels.
            hidden: Show only a line that unfolds it.
        """
        return self._frame(self.url, height, hidden)

    def _frame(self, address: str, height: int = 420, hidden: bool = False) -> str:
        framed, noun = frame(address, height), type(self).__name__
        return f"<details><summary>{noun} {html.escape(self.name)}</summary>{framed}</details>" if hidden else framed

    def _repr_html_(self) -> str:
        """For notebooks. On the embedded server, where nobody has a password, the frame signs the browser in."""
        return self._frame(page_address(self._api.connection, self.url))
