"""``besom.sweep``: creates a sweep from Python."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from besom.client import settings
from besom.sdk.messages import say, warn


def sweep(
    sweep: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | str | os.PathLike[str],
    entity: str | None = None,
    project: str | None = None,
    prior_runs: Sequence[str] | Mapping[str, Any] | None = None,
    freeze_code: bool = False,
) -> str:
    """Creates a sweep; returns its id, and prints it with the address of its page.

    Args:
        sweep: the configuration, a function without arguments that returns it, or a YAML or JSON file. It is not
            changed.
        entity: user or team; ``BESOM_ENTITY`` when missing, else the configuration's, else the caller's own.
        project: made when there is none of that name. Not given: ``BESOM_PROJECT``, the configuration's ``project``,
            what ``besom init`` kept, ``uncategorized``.
        prior_runs: runs of the project that search learns from, and a grid does not run again: a list of ids,
            ``{"sweep": ID}`` for all of another sweep, or a filter such as ``{"config.lr": {"$lt": 0.1}}``.
        freeze_code: agents run the program's files as they are now.

    Raises:
        ConfigError: the configuration cannot be used; names every problem.
        UsageError: ``prior_runs`` makes no sense, or there is no program to freeze.
        CommError: the server is away or refuses.
    """
    # Late: `import besom` stays light.
    from besom.client import code
    from besom.client.connect import connect
    from besom.client.lookup import project_route
    from besom.client.pages import page_address
    from besom.client.prior_runs import prior_runs as read_prior_runs
    from besom.config import load
    from besom.protocol import NewSweep, SweepCreated, Viewer

    loaded = load(sweep)
    for problem in loaded.warnings:
        warn(str(problem))
    config = loaded.config
    project = settings.project(project, config=config.project) or settings.DEFAULT_PROJECT
    prior = read_prior_runs(prior_runs, project)
    snapshot = code.snapshot(Path.cwd(), config.program, frozen=freeze_code)
    connection = connect(say=say)
    entity = settings.entity(entity, config=config.entity)
    entity = entity or connection.request("GET", "/viewer", reply=Viewer).entity
    if freeze_code:
        code.upload(connection, entity, project, Path.cwd(), snapshot)
    new = NewSweep(
        config=config.stored,
        text=loaded.text,
        prior_runs=prior.runs,
        prior_sweeps=prior.sweeps,
        prior_filter=prior.filter,
        code=snapshot if snapshot.files else None,
    )
    route = f"{project_route(entity, project)}/sweeps"
    created = connection.request("POST", route, body=new, reply=SweepCreated).sweep
    say(f"Created sweep {created.id} in {created.entity}/{created.project}")
    say(page_address(connection, created.url))
    return created.id
