"""The work of ``besom import wandb``."""

from __future__ import annotations

import os

from besom.cli.import_tally import Tally
from besom.cli.terminal import note
from besom.client import settings
from besom.client.connect import connect
from besom.errors import ApiError, UsageError
from besom.importing.sending import send_run
from besom.importing.wandb_project import WandbProject
from besom.importing.wandb_run import FoundRun
from besom.importing.wandb_sweeps import Sweeps
from besom.protocol import Viewer

_SOURCE = ("WANDB_BASE_URL", "WANDB_API_KEY", "WANDB_ENTITY", "WANDB_PROJECT")
"""Variables that are about where to read, here."""
_WANDB = "https://api.wandb.ai"


def import_project(path: str, project: str | None, entity: str | None, python: str, *, files: bool) -> int:
    """Imports a project; returns the exit code."""
    source = settings.check_url(os.environ.get("WANDB_BASE_URL") or _WANDB)
    connection = connect(environ={name: value for name, value in os.environ.items() if name not in _SOURCE})
    if connection.url == source:
        raise UsageError(
            f"{source} is the server to read from and the one to write to.",
            "BESOM_BASE_URL and BESOM_API_KEY say where to write.",
        )
    entity = entity or connection.entity or connection.request("GET", "/viewer", reply=Viewer).entity
    project = project or path.rpartition("/")[2]
    with WandbProject(path, python, os.environ, files=files) as found:
        tally = Tally(connection, found.total)
        sweeps = Sweeps(connection, entity, project, f"{source}/{path}")
        for run in found:
            with tally.run(run.id):
                if not run.is_over:
                    raise UsageError("It is still going on.", "Import again when it has ended.")
                sweep_id = _sweep_of(run, found, sweeps)
                stopped = "it was stopped in W&B" if run.was_stopped else None
                records = run.records(entity, project, sweep_id)
                tally.imported(send_run(records, connection, run.files.items(), run.artifacts, note, stopped))
    return tally.sum_up()


def _sweep_of(run: FoundRun, found: WandbProject, sweeps: Sweeps) -> str | None:
    told = found.sweeps.get(run.about["sweep"] or "")
    if told is None:
        return None
    try:
        return sweeps.find(told)
    except ApiError as error:
        note(f"Sweep {told['id']} is not imported, its runs are: {error}")
        del found.sweeps[told["id"]]  # said once is enough
        return None
