"""``besom.init``: begins a run."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from besom import names
from besom.client import settings
from besom.errors import UsageError
from besom.protocol import InitRecord, NewRun
from besom.sdk import config_files, current, environment, exits, identity, options, spool, sync
from besom.sdk.config import merge, to_mapping
from besom.sdk.environment import Assignment
from besom.sdk.run import Run
from besom.sdk.say import say, warn
from besom.sdk.values import mark_numbers

_used: set[str] = set()
"""Ids that runs of this process have, so that a second ``init`` does not write into the first one's run."""


def init(
    *,
    project: str | None = None,
    entity: str | None = None,
    config: Any = None,
    name: str | None = None,
    id: str | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    mode: Literal["online", "offline", "disabled"] | None = None,
    reinit: bool | str | None = None,
    resume: bool | str | None = None,
    **others: Any,
) -> Run:
    """Begins a run and makes it the active one.

    Under an agent the run is the one that the agent was given: project, entity and id are the sweep's, and the sweep's
    values win over ``config``. The first ``init`` of the program takes the agent's run; later ones begin runs of their
    own, outside the sweep. Of processes that train together (``RANK`` set) only the first logs.

    Args:
        project: ``BESOM_PROJECT`` when missing, else ``uncategorized``.
        entity: user or team; ``BESOM_ENTITY`` when missing, else the caller's own.
        config: dict, ``argparse.Namespace``, data class or other mapping. Wins over ``config-defaults.yaml`` in the
            working directory, and yields to the files of ``BESOM_CONFIG_PATHS`` and to a sweep's values.
        name: display name; the server makes one when missing.
        id: id of the run, unique in the project; ``BESOM_RUN_ID`` when missing, else made.
        tags: words to filter by.
        notes: text for the run's page.
        group: runs that belong together.
        job_type: e.g. ``train``.
        dir: folder below which ``besom/run-...`` is made; ``BESOM_DIR`` when missing, else the working directory.
        mode: ``online``, ``offline`` (sent later with ``besom sync``) or ``disabled``; ``BESOM_MODE`` when missing.
        reinit: True ends the active run first; otherwise an active run is returned as it is.
        resume: a run cannot be resumed; must be None or False.
        others: other arguments of ``wandb.init`` are accepted and have no effect.

    Raises:
        UsageError, SettingsError: an argument or setting cannot be used.
        CommError: the server refuses. One that is merely away does not stop the program.
    """
    if resume not in (None, False):
        raise UsageError(f"init(resume={resume!r}): a run cannot be resumed.", "Leave resume out to begin a new run.")
    if idle := options.without_effect(others):
        warn(f"init() ignores {', '.join(idle)}: without effect in besom.")
    active = current.run()
    if active is not None and not active.forked:
        if reinit not in (True, "finish_previous"):
            warn(f"init() returns the active run {active.id}; finish it first, or use init(reinit=True).")
            return active
        active.finish()

    defaults = merge(config_files.defaults(), to_mapping(config, "init(config=...)"))
    defaults = merge(defaults, config_files.named())
    how = settings.mode(mode)
    directory, now = settings.directory(dir), time.time()
    given = environment.assignment()
    if how != "disabled" and given.sweep_id and environment.rank() > 0:
        how = "disabled"
    if how != "disabled" and not _take(given, directory, now):
        warn(f"Run {given.run_id} has begun already; this init() begins a run of its own, outside the sweep.")
        given = Assignment()
    locked = environment.parameters(given.parameter_file) if given.parameter_file else {}
    if given.sweep_id:
        project, entity, id = _ignored(project=project, entity=entity, id=id)
    about = NewRun(
        id=_new_id(given.run_id or id),
        sweep_id=given.sweep_id,
        agent_id=given.agent_id,
        name=name or settings.variable("NAME"),
        config=mark_numbers(merge(defaults, locked)),
        tags=[tags] if isinstance(tags, str) else [str(tag) for tag in tags or ()],
        notes=notes or settings.variable("NOTES"),
        group=group or settings.variable("RUN_GROUP"),
        job_type=job_type or settings.variable("JOB_TYPE"),
        started=now,
        **environment.about(),
    )
    if project := project or settings.variable("PROJECT"):
        names.check("project", project)
    if entity := entity or settings.variable("ENTITY"):
        names.check("entity", entity)
    folder = spool.new_folder(directory, about.id, now)
    try:
        run = _begin(how, about, project, entity, defaults, locked, folder)
    except BaseException:
        if given.parameter_file:
            sync.forget_folder(given.parameter_file)  # the assignment is free for another try
        raise
    if how != "disabled":
        _used.add(run.id)
    exits.install()
    current.set_run(run)
    return run


def _begin(
    mode: str,
    about: NewRun,
    project: str | None,
    entity: str | None,
    config: dict[str, Any],
    locked: dict[str, Any],
    folder: Path,
) -> Run:
    if mode == "online":
        from besom.sdk.online import begin  # late: brings the HTTP client

        return begin(about, project, entity, config, locked, folder)
    project = project or settings.DEFAULT_PROJECT
    writer = None
    if mode == "offline":
        writer = spool.Spool(folder, InitRecord(run=about, entity=entity, project=project))
        say(f"Run {about.id} of {project}, offline in {folder}")
    return Run(about, entity=entity, project=project, mode=mode, config=config, locked=locked, writer=writer)


def _take(given: Assignment, directory: Path, now: float) -> bool:
    """Takes the agent's run for this program; False when it is taken.

    The note beside the parameter file also stops other processes of the same program, and a second program in the same
    command, from writing into one run.
    """
    if given.run_id is None:
        return True
    if given.run_id in _used:
        return False
    if given.parameter_file is not None:
        try:
            sync.note_folder(given.parameter_file, spool.new_folder(directory, given.run_id, now))
        except FileExistsError:
            return False
        except OSError:  # a folder that only its agent may write to; the agent then looks in the usual place
            pass
    return True


def _ignored(**chosen: str | None) -> tuple[None, None, None]:
    for name, value in chosen.items():
        if value not in (None, settings.variable(name.upper())):  # the agent says where the sweep is
            warn(f"init({name}={value!r}) is ignored: the run belongs to a sweep, which decides that.")
    return None, None, None


def _new_id(wanted: str | None) -> str:
    if wanted is None:
        return identity.new_id()
    if wanted in _used:
        raise UsageError(f"Run {wanted!r} has been in this process already.", "Give each run its own id, or none.")
    return names.check("run", wanted)
