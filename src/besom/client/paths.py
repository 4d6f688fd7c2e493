"""How people name a sweep, a run or a project: ``id``, ``project/id``, ``entity/project/id``, or a page's address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from besom.errors import UsageError

Noun = Literal["sweep", "run"]

FILE_SUFFIXES = (".yaml", ".yml", ".json")
"""How files of sweep configurations end; ids of sweeps hold letters and digits alone."""


@dataclass(frozen=True, slots=True)
class ItemPath:
    """A sweep or a run; None for the parts that were not named."""

    id: str
    project: str | None = None
    entity: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    def filled(self, project: str | None, entity: str | None) -> ItemPath:
        """The same item, with parts that the path does not name taken from here."""
        return ItemPath(self.id, self.project or project, self.entity or entity)


def parse_item(text: str, noun: Noun) -> ItemPath:
    """Reads the path of a sweep or run.

    Raises:
        UsageError: the text has another shape.
    """
    parts = _parts(text)
    if noun == "sweep" and parts and parts[-1].endswith(FILE_SUFFIXES):
        raise UsageError(
            f"{text} is a file, and a sweep that exists is wanted.",
            f"To create one, which prints its id: besom sweep {text}",
        )
    if len(parts) == 4 and parts[2] == f"{noun}s":
        del parts[2]
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise UsageError(
            f"{text!r} is not the path of a {noun}.",
            f"Name it as id, project/id or entity/project/id, or paste the address of its page (…/{noun}s/id).",
        )
    return ItemPath(*reversed(parts))


def parse_artifact(text: str) -> ItemPath:
    """Reads the path of an artifact; the id is ``name:alias``, with ``latest`` where no alias is named.

    Raises:
        UsageError: the text has another shape.
    """
    parts = text.strip().strip("/").split("/") if isinstance(text, str) else []
    if not 1 <= len(parts) <= 3 or not all(parts) or parts[-1].strip(":") != parts[-1]:
        raise UsageError(
            f"{text!r} is not the path of an artifact.",
            "Name it as name:alias, project/name:alias or entity/project/name:alias, for example model:latest.",
        )
    name, _, alias = parts[-1].partition(":")
    return ItemPath(f"{name}:{alias or 'latest'}", *reversed(parts[:-1]))


def parse_project(text: str) -> tuple[str | None, str]:
    """Reads ``project`` or ``entity/project``; returns entity and project.

    Raises:
        UsageError: the text has another shape.
    """
    parts = _parts(text)
    if not 1 <= len(parts) <= 2 or not all(parts):
        raise UsageError(f"{text!r} is not the path of a project.", "Name it as project or entity/project.")
    return (parts[0] if len(parts) == 2 else None), parts[-1]


def page_noun(text: str) -> Noun | None:
    """Whether a path names a sweep's or a run's page, as ``entity/project/sweeps/id`` does."""
    parts = _parts(text)
    if len(parts) == 4:
        return "sweep" if parts[2] == "sweeps" else "run" if parts[2] == "runs" else None
    return None


def _parts(text: str) -> list[str]:
    """The pieces between slashes; none when it is not text or an address that makes no sense."""
    if not isinstance(text, str):
        return []  # None, where an environment variable was not set
    if "://" in text:
        try:
            return [unquote(part) for part in urlsplit(text).path.strip("/").split("/")]
        except ValueError:
            return []
    return text.strip().strip("/").split("/")
