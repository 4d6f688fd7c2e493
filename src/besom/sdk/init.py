"""``besom.init``: begins a run."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

from besom import names, standard_streams
from besom.client import run_ids
from besom.client.sagemaker_secrets import load_secrets
from besom.errors import UsageError
from besom.protocol import ConfigRecord, NewRun, mark_numbers
from besom.sdk import (
    capture,
    config_files,
    current,
    environment,
    exits,
    ignored_options,
    notebook,
    process,
    resumption,
    sagemaker,
    spool,
    sync,
)
from besom.sdk.config import merge, to_mapping
from besom.sdk.environment import Assignment
from besom.sdk.messages import say, silence, warn
from besom.sdk.plan import Plan
from besom.sdk.run import Run
from besom.sdk.settings import Settings, from_environment, resolve

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
    save_code: bool | None = None,
    settings: Settings | dict[str, Any] | None = None,
    **others: Any,
) -> Run:
    """Begins a run and makes it the active one.

    Under an agent the run is the one that the agent was given: project, entity and id are the sweep's, and the sweep's
    values win over ``config``. The first ``init`` of the program takes the agent's run; later ones begin runs of their
    own, outside the sweep.

    Of processes that train together (``RANK`` and its like) only the first logs; the others get a run with the same
    configuration that keeps nothing. Outside a sweep a ``group`` gives each its own run.

    Args:
        project: ``BESOM_PROJECT`` when missing, else ``uncategorized``.
        entity: user or team; ``BESOM_ENTITY`` when missing, else the caller's own.
        config: dict, ``argparse.Namespace``, data class or other mapping. Wins over ``config-defaults.yaml`` in the
            working directory, and yields to the files of ``BESOM_CONFIG_PATHS``, to SageMaker's hyperparameters and to
            a sweep's values.
        name: display name; the server makes one when missing.
        id: id of the run, unique in the project; ``BESOM_RUN_ID`` when missing, else made.
        tags: words to filter by.
        notes: text for the run's page.
        group: runs that belong together.
        job_type: e.g. ``train``.
        dir: folder below which ``besom/run-...`` is made; ``BESOM_DIR`` when missing, else the working directory.
        mode: ``online``, ``offline`` (sent later with ``besom sync``) or ``disabled``; ``BESOM_MODE`` when missing.
        reinit: what becomes of the active run: ``return_previous`` returns it instead (the default),
            ``finish_previous`` (or True; the default in notebooks) ends it first, ``create_new`` leaves it active and
            returns a second one.
        resume: goes on with the run of that ``id``: ``must`` wants it to exist, ``allow`` begins it otherwise,
            ``never`` (the default) wants it not to exist. ``auto`` (or True) goes on with the last run of this folder
            if that did not end well. ``BESOM_RESUME`` when missing.
        save_code: keeps the program's main file with the run.
        settings: all of these and more, by W&B's names. Yields to the other arguments.
        others: other arguments of ``wandb.init`` are accepted and have no effect.

    Raises:
        UsageError, SettingsError: an argument or setting cannot be used.
        CommError: the server refuses. One that is merely away does not stop the program.
    """
    standard_streams.hold()
    given_settings = Settings(**settings) if isinstance(settings, dict) else settings
    load_secrets(Path())
    arguments = {
        "project": project, "entity": entity, "run_name": name, "run_id": id, "run_tags": tags, "run_notes": notes,
        "run_group": group, "run_job_type": job_type, "root_dir": dir, "mode": mode, "reinit": reinit,
        "resume": resume, "save_code": save_code,
    }  # fmt: skip
    sources = (arguments, given_settings, process.settings())
    chosen = resolve(*sources)
    silence(bool(chosen.silent))
    if idle := [*ignored_options.without_effect(others), *(given_settings.ignored if given_settings else ())]:
        warn(f"init() ignores {', '.join(idle)}: without effect in besom.")
    if (active := _previous(chosen)) is not None:
        return active
    given = environment.assignment()
    if id is not None and given.sweep_id is None:
        given = given._replace(run_id=None)  # an argument wins over the environment
    chosen.mode = mode = _mode(chosen, given)
    of_agent = from_environment() if given.sweep_id else Settings()
    if given.sweep_id:
        chosen.project, chosen.entity, chosen.resume = of_agent.project, of_agent.entity, of_agent.resume
    run_id, how = _identity(chosen, given)
    folder = spool.new_folder(chosen.folder, run_id, time.time(), again=how is not None)
    if mode != "disabled" and not _take(given, folder, how):
        warn(f"Run {given.run_id} has begun already; this init() begins a run of its own, outside the sweep.")
        given, chosen = Assignment(), resolve(*sources)
        chosen.mode, chosen.run_id, chosen.resume = mode, id, None
        run_id, how = _identity(chosen, given)
        folder = spool.new_folder(chosen.folder, run_id, time.time())
    elif given.sweep_id:
        _warn_of_ignored(given_settings, of_agent, project=project, entity=entity, run_id=id, resume=resume)
    try:
        plan = _plan(chosen, given, to_mapping(config, "init(config=...)"), run_id, how, folder)
        run = _begin(plan)
    except BaseException:
        if given.parameter_file and mode != "disabled":
            sync.forget_folder(given.parameter_file)  # the assignment is free for another try
        raise
    if mode != "disabled":
        _note(run)
    exits.install()
    current.begun(run, active=_reinit(chosen) != "create_new")
    capture.start(run, chosen)
    if chosen.code_dir is not None or chosen.save_code:
        from besom.sdk import code  # late: few runs ask for it

        code.start(run)
    return run


def _previous(settings: Settings) -> Run | None:
    """The active run, if ``init`` is to return it; ends it if that is what is wanted."""
    active = current.run()
    if active is None or active.forked:
        return None
    match _reinit(settings):
        case "return_previous":
            warn(f"init() returns the active run {active.id}; finish it first, or use init(reinit='finish_previous').")
            return active
        case "finish_previous":
            active.finish()
    return None


def _reinit(settings: Settings) -> str:
    if settings.reinit is True:
        return "finish_previous"
    if settings.reinit in (None, False, "default"):
        return "finish_previous" if notebook.active() else "return_previous"
    return str(settings.reinit)


def _mode(settings: Settings, given: Assignment) -> Literal["online", "offline", "disabled"]:
    """``online``, ``offline`` or ``disabled``; the latter for all ranks but the first, and for imports by workers."""
    mode = cast(Literal["online", "offline", "disabled"], settings.mode or "online")
    rank = environment.rank()
    if mode != "disabled" and process.importing_main():
        warn(
            "init() in a worker process that only imports the program keeps nothing. "
            "Write `if __name__ == '__main__':` above what the program does."
        )
        return "disabled"
    if mode == "disabled" or not rank or (settings.run_group and not given.sweep_id):
        return mode
    say(f"Process {rank} of several logs nothing; process 0 does.")
    return "disabled"


def _identity(settings: Settings, given: Assignment) -> tuple[str, Literal["allow", "must", "never"] | None]:
    """The run's id, and whether the run may or must exist.

    Raises:
        UsageError: no run can have this id.
    """
    how = settings.resume
    wanted = given.run_id or settings.run_id
    if how in (True, "auto"):
        how = "allow"
        wanted = wanted or resumption.remembered(settings.folder)
    if how == "must" and wanted is None:
        raise UsageError(
            "init(resume='must') was given no id.", "Say which run to go on with: id=..., or BESOM_RUN_ID."
        )
    if wanted is None:
        return run_ids.new_id(), None
    if wanted in _used and not given.run_id and how not in ("allow", "must"):
        raise UsageError(
            f"Run {wanted!r} has been in this process already.",
            "Give each run its own id, or none; or go on with it: resume='allow'.",
        )
    return names.check("run", wanted), cast(Literal["allow", "must", "never"], how) if how else None


def _take(given: Assignment, folder: Path, resume: str | None) -> bool:
    """Takes the run that agent or environment decided about for this program; False when it is taken.

    The note beside the parameter file also stops other processes of the same program, and a second program in the same
    command, from writing into one run.
    """
    if given.run_id is None or (given.sweep_id is None and resume in ("allow", "must")):
        return True
    if given.parameter_file is not None:
        try:
            sync.note_folder(given.parameter_file, folder)
        except FileExistsError:
            return False
        except OSError:  # a folder that only its agent may write to; the agent then looks in the usual place
            return given.run_id not in _used
        return True
    return given.run_id not in _used


def _note(run: Run) -> None:
    """For later calls of ``init``, here and in later processes."""
    _used.add(run.id)
    if run.settings.resume in (True, "auto"):
        resumption.remember(run.settings.folder, run.id)


def _plan(
    settings: Settings,
    given: Assignment,
    config: dict[str, Any],
    run_id: str,
    resume: Literal["allow", "must", "never"] | None,
    folder: Path,
) -> Plan:
    defaults = merge(config_files.defaults(), config)
    defaults = merge(defaults, config_files.named())
    if not settings.sagemaker_disable:
        defaults = merge(defaults, sagemaker.hyperparameters())
    locked = environment.parameters(given.parameter_file) if given.parameter_file else {}
    about = NewRun(
        id=run_id,
        sweep_id=given.sweep_id,
        agent_id=given.agent_id,
        name=settings.run_name,
        config=mark_numbers(merge(defaults, locked)),
        tags=[str(tag) for tag in settings.run_tags or ()],
        notes=settings.run_notes,
        group=settings.run_group,
        job_type=settings.run_job_type,
        started=time.time(),
        spool=os.urandom(8).hex(),
        resume=resume,
        **environment.about(settings.host, settings.program),
    )
    if settings.project:
        names.check("project", settings.project)
    if settings.entity:
        names.check("entity", settings.entity)
    return Plan(about, settings, defaults, locked, folder)


def _begin(plan: Plan) -> Run:
    if plan.settings.mode == "online":
        from besom.sdk.online import begin  # late: brings the HTTP client

        return begin(plan)
    about, writer = plan.about, None
    start, stored = plan.left_here()
    config = merge(stored, plan.config)
    if plan.settings.mode == "offline":
        if about.resume == "must":
            resumption.must_exist(about.id, start.resumed)
        writer = spool.Spool(plan.folder, plan.first_record())
        try:
            writer.settle()  # nothing after this line could be sent without it, and no server has it
        except BaseException:
            writer.discard()
            raise
        if start.resumed:
            writer.write(ConfigRecord(data=mark_numbers(merge(config, plan.locked))))
        if not plan.settings.quiet:
            say(f"Run {about.id} of {plan.project}, offline in {plan.folder}")
    return Run(
        about,
        entity=plan.settings.entity,
        project=plan.project,
        settings=plan.settings,
        config=config,
        locked=plan.locked,
        start=start,
        writer=writer,
    )


def _warn_of_ignored(settings: Settings | None, of_agent: Settings, **arguments: Any) -> None:
    """In a sweep: what the program says, and the sweep decides."""
    for name, argument in arguments.items():
        value = argument if argument is not None else getattr(settings, name, None)
        if value not in (None, False, getattr(of_agent, name)):  # the agent says where the sweep is
            word = "id" if name == "run_id" else name
            why = "a preempted run is resumed by itself" if name == "resume" else "which decides that"
            warn(f"init({word}={value!r}) is ignored: the run belongs to a sweep, {why}.")
