"""``besom.sweep``: creates a sweep from Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from besom.client import settings
from besom.sdk.say import say, warn


def sweep(
    sweep: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    entity: str | None = None,
    project: str | None = None,
    prior_runs: Sequence[str] | None = None,
) -> str:
    """Creates a sweep; returns its id, and prints it with the address of its page.

    Args:
        sweep: the configuration, or a function without arguments that returns it. It is not changed.
        entity: user or team; ``BESOM_ENTITY`` when missing, else the caller's own.
        project: made when there is none of that name. Not given: the configuration's ``project``, ``BESOM_PROJECT``,
            ``uncategorized``.
        prior_runs: ids of runs of the project that search may learn from.

    Raises:
        ConfigError: the configuration cannot be used; names every problem.
        CommError: the server is away or refuses.
    """
    # Late: `import besom` stays light.
    from besom.client.connect import connect
    from besom.client.connection import segment
    from besom.client.pages import page_address
    from besom.config import load_mapping
    from besom.protocol import NewSweep, SweepCreated, Viewer

    loaded = load_mapping(sweep() if callable(sweep) else sweep)
    for problem in loaded.warnings:
        warn(str(problem))
    connection = connect(say=say)
    entity = entity or settings.variable("ENTITY") or connection.request("GET", "/viewer", reply=Viewer).entity
    project = project or loaded.config.project or settings.variable("PROJECT") or settings.DEFAULT_PROJECT
    created = connection.request(
        "POST",
        f"/projects/{segment(entity)}/{segment(project)}/sweeps",
        body=NewSweep(config=loaded.config.stored, text=loaded.text, prior_runs=list(prior_runs or ())),
        reply=SweepCreated,
    ).sweep
    say(f"Created sweep {created.id} in {created.entity}/{created.project}")
    say(page_address(connection, created.url))
    return created.id
