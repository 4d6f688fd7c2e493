"""A program of its own: tells what a project of a W&B server holds, as one JSON document per line.

It runs under a Python that has W&B's client, which need not be besom's, and so imports nothing of besom. W&B's own
settings say which server it asks and with which key. What that server says is not trusted: no name of its choice
leads out of FOLDER.

Usage: wandb_export.py ENTITY/PROJECT FOLDER [--no-files]

Files are fetched into FOLDER, those of each run into one of their own, which the line of its end names; whoever reads
the lines may then delete it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

UNFINISHED = ("running", "pending", "preempting")
_INTERNAL_TYPE = "wandb-"
"""Types of artifacts that a server of W&B makes for itself begin so."""
_SAMPLES = 10_000
"""System metrics at most; they are asked for in one piece."""
_PATIENCE = 300
"""Seconds for one answer, the client's own repetitions among them: a server that is busy must not end a long import."""


def export(path: str, folder: Path, *, files: bool) -> Iterator[dict[str, Any]]:
    """Tells of all sweeps and runs, the oldest first."""
    api = importlib.import_module("wandb").Api(timeout=_PATIENCE)
    entity, _, project = path.rpartition("/")
    entity = entity or api.default_entity
    runs = api.runs(f"{entity}/{project}", order="+created_at", per_page=100)
    yield {"total": len(runs)}
    for sweep in api.project(project, entity).sweeps():
        yield {"sweep": {"id": sweep.id, "name": sweep.name, "state": str(sweep.state), "config": sweep.config}}
    for number, run in enumerate(runs):
        run.load_full_data()
        yield {"run": about(run)}
        if run.state not in UNFINISHED:
            place = folder / str(number)
            yield from export_run(run, place / "files", files=files)
            if files:
                yield from export_artifacts(run, place / "artifacts")
            yield {"end": str(place)}


def about(run: Any) -> dict[str, Any]:
    """What is said of a run besides what it logged."""
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state,
        "created": run.created_at,
        "config": run.config,
        "client": getattr(run, "rawconfig", {}).get("_wandb"),  # not every version of the client tells it
        "tags": list(run.tags or []),
        "notes": run.notes,
        "group": run.group,
        "job_type": run.job_type,
        "sweep": run.sweep_name,
        "facts": run.metadata or {},
        "url": run.url,
    }


def export_run(run: Any, folder: Path, *, files: bool) -> Iterator[dict[str, Any]]:
    """Tells of what a run logged."""
    for row in run.scan_history():
        yield {"row": row}
    for load in run.history(samples=_SAMPLES, pandas=False, stream="system"):
        yield {"load": load}
    yield {"summary": dict(run.summary_metrics)}
    if files:
        for file in run.files(per_page=200):
            if is_below(folder, file.name, f"run {run.id}"):
                file.download(root=str(folder), replace=True)
                yield {"file": file.name, "path": str(folder / file.name)}


def export_artifacts(run: Any, folder: Path) -> Iterator[dict[str, Any]]:
    """Tells of the versions that a run has logged, the oldest first. What they only refer to is not fetched."""
    logged = [artifact for artifact in run.logged_artifacts() if not artifact.type.startswith(_INTERNAL_TYPE)]
    for number, artifact in enumerate(sorted(logged, key=age)):
        place, told, references = folder / str(number), {}, []
        for name, entry in artifact.manifest.entries.items():
            if entry.ref is not None:
                about = {"digest": entry.digest, "size": entry.size, "extra": entry.extra or {}}
                references.append({"path": name, "uri": str(entry.ref), **about})
            elif is_below(place, name, f"artifact {artifact.name}"):
                told[name] = str(artifact.get_entry(name).download(root=str(place)))
        about = {"description": artifact.description, "metadata": artifact.metadata, "type": artifact.type}
        words = {"aliases": list(artifact.aliases), "tags": list(artifact.tags or [])}
        name = artifact.name.rpartition(":")[0]
        yield {"artifact": {"name": name, **about, **words, "files": told, "references": references}}


def age(artifact: Any) -> tuple[str, int, str]:
    """Orders versions, also those that were made within the same second: v10 comes after v9."""
    version = artifact.name.rpartition(":")[2]
    return str(artifact.created_at), len(version), version


def is_below(folder: Path, name: str, owner: str) -> bool:
    """Whether a file of this name is in the folder; says so if not."""
    if folder.resolve() in (folder / name).resolve().parents:
        return True
    sys.stderr.write(f"File {name!r} of {owner} is left out: its name leads out of the folder.\n")
    return False


def main() -> int:
    """Tells of a project, or at last why it cannot. NaN and infinities stand in the lines as Python writes them."""
    path, folder, *options = sys.argv[1:]
    with os.fdopen(os.dup(1), "w") as lines:
        os.dup2(2, 1)  # what W&B's client and its own processes print is for the user, and no line

        def tell(said: dict[str, Any]) -> None:
            lines.write(json.dumps(said, sort_keys=True, default=str) + "\n")

        try:
            for said in export(path, Path(folder), files="--no-files" not in options):
                tell(said)
        except ModuleNotFoundError as error:
            tell({"missing": error.name})
        except Exception as error:  # whatever W&B's client raises is for the user to read
            tell({"error": f"{type(error).__name__}: {error}"})
        else:
            return 0
        return 1


if __name__ == "__main__":
    sys.exit(main())
