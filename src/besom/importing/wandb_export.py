"""A program of its own: tells what a project of a W&B server holds, as one JSON document per line.

It runs under a Python that has W&B's client, which need not be besom's, and so imports nothing of besom. W&B's own
settings say which server it asks and with which key.

Usage: wandb_export.py ENTITY/PROJECT FOLDER [--no-files]

Files are fetched into FOLDER; whoever reads the lines may delete those of a run once it is over.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

UNFINISHED = ("running", "pending", "preempting")
_SAMPLES = 10_000
"""System metrics at most; they are asked for in one piece."""


def export(path: str, folder: Path, *, files: bool) -> None:
    """Tells of all sweeps and runs, the oldest first."""
    api = importlib.import_module("wandb").Api(timeout=60)
    entity, _, project = path.rpartition("/")
    entity = entity or api.default_entity
    runs = api.runs(f"{entity}/{project}", order="+created_at", per_page=100)
    tell(total=len(runs))
    for sweep in api.project(project, entity).sweeps():
        tell(sweep={"id": sweep.id, "name": sweep.name, "state": str(sweep.state), "config": sweep.config})
    for run in runs:
        run.load_full_data()
        tell(run=about(run))
        if run.state not in UNFINISHED:
            export_run(run, folder / run.id, files=files)
            tell(end=run.state)


def about(run: Any) -> dict[str, Any]:
    """What is said of a run besides what it logged."""
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state,
        "created": run.created_at,
        "config": run.config,
        "tags": list(run.tags or []),
        "notes": run.notes,
        "group": run.group,
        "job_type": run.job_type,
        "sweep": run.sweep_name,
        "facts": run.metadata or {},
        "url": run.url,
    }


def export_run(run: Any, folder: Path, *, files: bool) -> None:
    """Tells of what a run logged."""
    for row in run.scan_history():
        tell(row=row)
    for load in run.history(samples=_SAMPLES, pandas=False, stream="system"):
        tell(load=load)
    tell(summary=dict(run.summary_metrics))
    if files:
        for file in run.files(per_page=200):
            file.download(root=str(folder), replace=True)
            tell(file=file.name, path=str(folder / file.name))


def tell(**said: Any) -> None:
    """Prints a line. NaN and infinities stand in it as Python writes them."""
    sys.stdout.write(json.dumps(said, sort_keys=True, default=str) + "\n")


def main() -> int:
    """Tells of a project, or at last why it cannot."""
    path, folder, *options = sys.argv[1:]
    try:
        export(path, Path(folder), files="--no-files" not in options)
    except ModuleNotFoundError as error:
        tell(missing=error.name)
    except Exception as error:  # whatever W&B's client raises is for the user to read
        tell(error=f"{type(error).__name__}: {error}")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
