"""Artifacts that are on the server, as a program uses them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from besom.client import artifacts, blobs
from besom.client.connect import connect
from besom.client.connection import Connection, segment
from besom.client.paths import parse_artifact
from besom.errors import BesomError, CommError, UsageError
from besom.protocol import ArtifactUse, Viewer
from besom.sdk import delivery, files
from besom.sdk.media.restore import restore, table
from besom.sdk.messages import say
from besom.sdk.sender import is_away
from besom.sdk.workers import Work

if TYPE_CHECKING:
    from besom.sdk.artifacts import Artifact
    from besom.sdk.run import Run
    from besom.sdk.sender import Sender

_BEGIN_SECONDS = 10.0
"""How long a run that uses something at once is waited for until the server knows it."""
_NOTE_SECONDS = 10.0
"""How long the end of a run waits until it is noted what it uses."""


class LoggedArtifact(artifacts.Artifact):
    """A version of an artifact, with the media that were added to it."""

    def get(self, name: str) -> Any:
        """The table or other media that ``Artifact.add`` was given under ``name``.

        Raises:
            UsageError: there is none.
        """
        import msgspec  # late: with the rest of what reads media

        for file in self.files():
            if file.name == f"{name}.table.json":
                return table(file.read_bytes(), self._read)
            if file.name.startswith(f"{name}.") and file.name.endswith(("-file.json", ".histogram.json")):
                return restore(msgspec.json.decode(file.read_bytes()), self._read)
        raise UsageError(f"{self.name} has no media {name!r}.", "Files are got with get_path(NAME) or download().")

    def _read(self, path: str) -> bytes:
        return self.get_path(path).read_bytes()


def use(run: Run, address: str, type: str | None) -> LoggedArtifact:
    """The version that ``[entity/][project/]name[:alias]`` names; the run's entity and project when missing.

    Raises:
        UsageError: the run is offline; the artifact is of another type.
        NotFound: there is none.
    """
    # A disabled run may be the other process of a distributed training, which needs its data all the same.
    connection = connect(say=say) if run.settings.disabled else _sender_of(run, "use_artifact()").stream.connection
    path = parse_artifact(address).filled(run.project, run.entity)
    if path.entity is None:
        path = path.filled(None, connection.request("GET", "/viewer", reply=Viewer).entity)
    found = artifacts.fetch_artifact(connection, path)
    if type is not None and found.type != type:
        raise UsageError(f"{found.name} is of type {found.type!r}, not {type!r}.")
    if not run.settings.disabled:
        used = ArtifactUse(entity=found.entity, project=found.project, name=found.name)
        note = Work(lambda: _note_use(run, connection, used))  # the server may be busy, and a training has to go on
        run.on_finish(lambda: note.join(_NOTE_SECONDS))
    return LoggedArtifact(connection, found._message)


def _note_use(run: Run, connection: Connection, used: ArtifactUse) -> None:
    """Tells the server what the run uses: good to know, and no reason to stop a training. Raises nothing."""
    sender = run._sender
    deadline = time.monotonic() + _BEGIN_SECONDS
    while sender is not None and sender.is_alive() and not sender.stream.known and time.monotonic() < deadline:
        time.sleep(0.02)
    place = sender.stream.place if sender is not None else None
    if place is None:
        say(f"The server does not know run {run.id} yet, so it is not noted that it uses {used.name}.")
        return
    route = f"/projects/{segment(place[0])}/{segment(place[1])}/runs/{segment(run.id)}/artifacts/used"
    try:
        connection.request("POST", route, body=used)
    except BesomError as error:
        say(f"It is not noted that run {run.id} uses {used.name}: {error.message}")


def find_version(artifact: Artifact, run: Run | None) -> LoggedArtifact | None:
    """The version with these files; None while the server does not have it and all its bytes, or is away.

    Raises:
        UsageError: the artifact was not logged; the run speaks to no server; the name is taken by another type.
        CommError: the server refuses; or nobody tries any more to send what it lacks.
    """
    if run is None:
        raise UsageError(f"Artifact {artifact.name} was not logged.", "Call run.log_artifact(artifact) first.")
    sender = _sender_of(run, "wait()")
    # Asked first, so that all that was sent is seen.
    record_may_come, bytes_may_come = sender.is_alive(), files.of(run).are_on_their_way()
    if run.entity is None or sender.stream.offset < artifact.spooled:  # it has not heard of it
        if not record_may_come:
            raise _never(artifact, run)
        return None
    try:
        found = _find(sender.stream.connection, artifact, run.entity, run.project)
    except CommError as error:
        if is_away(error):
            return None
        raise
    if found is None and not bytes_may_come:
        raise _never(artifact, run)
    return found


def _never(artifact: Artifact, run: Run) -> CommError:
    why = delivery.trouble(run)
    option = "--project NAME " if delivery.is_deleted(run) else ""
    return CommError(
        f"Artifact {artifact.name} did not arrive at the server, and is not sent any more{f': {why}' if why else ''}.",
        f"To send what is left when the program has ended: besom sync {option}{run.folder}",
    )


def _find(connection: Connection, artifact: Artifact, entity: str, project: str) -> LoggedArtifact | None:
    versions = artifacts.list_artifacts(connection, entity, project, name=artifact.name)
    wanted = {(path, entry.digest) for path, entry in artifact.entries.items()}
    for version in versions:
        if {(file.name, file.digest) for file in version.files()} == wanted:
            if version.type != artifact.type:
                break
            route = f"/projects/{segment(entity)}/{segment(project)}"
            lacking = blobs.missing(connection, route, (digest for _, digest in wanted))
            return None if lacking else LoggedArtifact(connection, version._message)
    taken = versions and versions[0].type != artifact.type
    why = f": it is of type {versions[0].type!r}, not {artifact.type!r}." if taken else " by the server."
    raise UsageError(f"Artifact {artifact.name} was refused{why}", "Give it another name.")


def _sender_of(run: Run, call: str) -> Sender:
    """What speaks with the server for the run.

    Raises:
        UsageError: nothing does: offline, disabled.
    """
    if run._sender is None:
        raise UsageError(
            f"{call} needs a server, and run {run.id} is {run.settings.mode}.", "Call init(mode='online')."
        )
    return run._sender
