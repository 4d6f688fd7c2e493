"""What is known of a run: its names and addresses, and the labels that a program may change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from besom.protocol import LabelsRecord, NewRun, RunLabels, SpoolRecord
from besom.sdk.settings import words
from besom.sdk.values import as_text

if TYPE_CHECKING:
    from besom.protocol import Run as ServerRun
    from besom.sdk.leases import Lease
    from besom.sdk.sender import Sender
    from besom.sdk.settings import Settings
    from besom.sdk.spool import Spool


class Start(NamedTuple):
    """Where a run begins: at nothing, or where an earlier process left it."""

    resumed: bool = False
    step: int = 0
    summary: dict[str, Any] | None = None
    """What the earlier process left."""


class Facts(ABC):
    """The properties of a run. What the server knows better, it is asked."""

    _about: NewRun
    _entity: str | None
    _project: str
    _spool: Spool | None
    _sender: Sender | None
    _start: Start
    _lease: Lease | None
    settings: Settings
    """All settings of this run, from every source."""

    @abstractmethod
    def _write(self, record: SpoolRecord, call: str = "") -> bool: ...

    @property
    def id(self) -> str:
        """Id, unique in the project."""
        return self._about.id

    @property
    def name(self) -> str:
        """Display name: the program's, else the server's, else the id. May be set."""
        known = self._known() or self._lease
        return self._about.name or (known.name if known else self.id)

    @name.setter
    def name(self, new: str) -> None:
        self._label(name=as_text(new))

    @property
    def tags(self) -> tuple[str, ...]:
        """Words to filter by. May be set: ``run.tags += ("baseline",)``."""
        return tuple(self._about.tags)

    @tags.setter
    def tags(self, new: Sequence[str] | str) -> None:
        self._label(tags=list(dict.fromkeys([new] if isinstance(new, str) else words(new, "run.tags"))))

    @property
    def notes(self) -> str | None:
        """Text for the run's page. May be set."""
        return self._about.notes

    @notes.setter
    def notes(self, new: str) -> None:
        self._label(notes=as_text(new))

    @property
    def group(self) -> str | None:
        """Name of the runs that belong together. May be set."""
        return self._about.group

    @group.setter
    def group(self, new: str) -> None:
        self._label(group=as_text(new))

    @property
    def job_type(self) -> str | None:
        """What the run does, e.g. ``train``. May be set."""
        return self._about.job_type

    @job_type.setter
    def job_type(self, new: str) -> None:
        self._label(job_type=as_text(new))

    @property
    def entity(self) -> str | None:
        """User or team; None offline, where nobody says."""
        known = self._known()
        return known.entity if known else self._entity

    @property
    def project(self) -> str:
        """Project; the sweep's, for a run of a sweep."""
        known = self._known()
        return known.project if known else self._project

    @property
    def path(self) -> str:
        """``entity/project/id``, as ``besom.Api().run`` takes it."""
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    @property
    def url(self) -> str | None:
        """Address of the run's page; None while no server knows it."""
        known = self._known() or self._lease
        return known.url if known else None

    @property
    def project_url(self) -> str | None:
        """Address of the project's page."""
        url = self.url
        return url.rsplit("/runs/", 1)[0] if url else None

    @property
    def sweep_id(self) -> str | None:
        """Id of the sweep that it belongs to."""
        return self._about.sweep_id

    @property
    def sweep_url(self) -> str | None:
        """Address of the sweep's page."""
        project_url = self.project_url
        return f"{project_url}/sweeps/{self.sweep_id}" if project_url and self.sweep_id else None

    def get_url(self) -> str | None:
        """``url``."""
        return self.url

    def get_project_url(self) -> str | None:
        """``project_url``."""
        return self.project_url

    def get_sweep_url(self) -> str | None:
        """``sweep_url``."""
        return self.sweep_url

    def project_name(self) -> str:
        """``project``."""
        return self.project

    @property
    def mode(self) -> str:
        """``online``, ``offline`` or ``disabled``."""
        return self.settings.mode or "online"

    @property
    def offline(self) -> bool:
        """Whether it is kept on disk only, for ``besom sync``."""
        return self.mode == "offline"

    @property
    def disabled(self) -> bool:
        """Whether nothing of it is kept."""
        return self.mode == "disabled"

    @property
    def start_time(self) -> float:
        """When this process began it, in seconds since 1970."""
        return self._about.started

    @property
    def resumed(self) -> bool:
        """Whether an earlier process has logged to it."""
        return self._start.resumed

    @property
    def starting_step(self) -> int:
        """The first step of this process."""
        return self._start.step

    @property
    def folder(self) -> Path | None:
        """The run's folder, with its spool; None when disabled."""
        return self._spool.folder if self._spool else None

    def _known(self) -> ServerRun | None:
        return self._sender.stream.run if self._sender else None

    def _label(self, **changed: Any) -> None:
        (name,) = changed
        self._write(LabelsRecord(labels=RunLabels(**changed)), f"run.{name} = ...")
        self._about = msgspec.structs.replace(self._about, **changed)
