"""What people write and arrange on the page of a project: saved views, reports, and what everybody sees at first."""

from __future__ import annotations

from typing import Any, Literal

from besom.protocol.base import Message

DocumentKind = Literal["view", "report", "arrangement"]
"""An ``arrangement`` is how the page looks to whoever has not arranged it otherwise; a project has one at most."""


class DocumentHead(Message, kw_only=True):
    """A document without its content."""

    id: str
    kind: DocumentKind
    title: str
    version: int
    """Counts its changes, from 1."""
    creator: str
    created: float
    editor: str
    """Who changed it last."""
    updated: float


class Document(DocumentHead, kw_only=True):
    """A saved view, a report or an arrangement."""

    content: dict[str, Any]
    """The page's own; of a report at least ``markdown``."""


class NewDocument(Message, kw_only=True):
    """A document to be kept."""

    kind: DocumentKind
    title: str
    content: dict[str, Any]


class DocumentChange(Message, kw_only=True):
    """The whole document anew."""

    title: str
    content: dict[str, Any]
    version: int
    """The one that was read; refused (409) when somebody else has changed it since."""


class DocumentPage(Message, kw_only=True):
    """Documents of a project, the latest changed first."""

    documents: list[DocumentHead]
