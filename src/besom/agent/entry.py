"""``besom.agent``: an agent started from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from besom import standard_streams
from besom.agent.functions import agent_function
from besom.agent.programs import run_agent
from besom.client.connect import connect
from besom.errors import UsageError


def agent(
    sweep_id: str,
    function: Callable[[], object] | None = None,
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
    forward_signals: bool = False,
    term_timeout: float | None = None,
    max_consecutive_failed_runs: int | None = None,
    *,
    isolate: bool = False,
    slots: int | None = None,
    gpus: str | Sequence[str | int] | int | None = None,
    gpus_per_run: int | None = None,
) -> None:
    """Works for a sweep, in this program, until there is no more to do.

    Args:
        sweep_id: the sweep, as ID, PROJECT/ID or ENTITY/PROJECT/ID.
        function: called for each run, without arguments; calls ``init`` itself. None starts the sweep's program
            instead, each run as a process of its own.
        isolate: calls ``function`` in a new process for each run, so that no memory, of GPUs for example, is kept from
            one to the next. It is sent there with cloudpickle.
        entity: where the sweep is, if ``sweep_id`` does not say; only checked.
        project: likewise.
        count: runs after which the agent ends; None or 0 for no limit.
        forward_signals: pass the first Ctrl-C on to the run. For programs.
        term_timeout: with ``forward_signals``, seconds until a run that was told to end is killed. For programs.
        max_consecutive_failed_runs: failures in a row that end the agent.
        slots: runs that go on side by side; for programs and with ``isolate``.
        gpus: what the slots share out: ids such as "0,1", how many, or "all".
        gpus_per_run: GPUs of each run, 1 by default.

    Raises:
        TypeError: ``function`` cannot be called.
        UsageError, SettingsError: the call, a setting or the sweep's state makes no sense.
        CommError: the server does not answer, or refuses; NotFound for an unknown sweep.
        SystemExit: after SIGTERM, SIGHUP or SIGQUIT, when the runs have ended and the server knows.
    """
    if not isinstance(sweep_id, str) or not sweep_id:
        raise UsageError(f"agent({sweep_id!r}) names no sweep.", "Give the id that sweep() returned.")
    if function is not None and not callable(function):
        raise TypeError(f"function must be something to call without arguments, not {function!r}")
    if isolate and function is None:
        raise UsageError("isolate=True is for functions.", "Programs have a process of their own anyway.")
    standard_streams.hold()
    connection = connect()
    if function is not None and not isolate:
        if (slots, gpus, gpus_per_run) != (None, None, None):
            raise UsageError("A process has room for one call of a function at a time.", "Add isolate=True.")
        agent_function(
            function,
            sweep_id,
            connection=connection,
            count=count,
            project=project,
            entity=entity,
            max_consecutive_failed_runs=max_consecutive_failed_runs,
        )
        return
    code = run_agent(
        sweep_id,
        connection=connection,
        count=count,
        project=project,
        entity=entity,
        forward_signals=forward_signals,
        term_timeout=term_timeout,
        max_consecutive_failed_runs=max_consecutive_failed_runs,
        slots=slots,
        gpus=gpus,
        gpus_per_run=gpus_per_run,
        function=function,
    )
    if code > 128:  # a signal ended the agent, which took it from the program around it
        raise SystemExit(code)
