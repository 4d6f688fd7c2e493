"""``besom.agent``: an agent started from Python."""

from __future__ import annotations

from collections.abc import Callable

from besom.agent.functions import agent_function
from besom.agent.programs import run_agent
from besom.client.connect import connect


def agent(
    sweep_id: str,
    function: Callable[[], object] | None = None,
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
    forward_signals: bool = False,
    term_timeout: float | None = None,
    max_consecutive_failed_runs: int | None = None,
) -> None:
    """Runs a sweep's runs one after the other, in this program, until there is no more to do.

    Args:
        sweep_id: the sweep, as ID, PROJECT/ID or ENTITY/PROJECT/ID.
        function: called for each run, without arguments; calls ``init`` itself. None starts the sweep's program
            instead, each run as a process of its own.
        entity: where the sweep is, if ``sweep_id`` does not say; only checked.
        project: likewise.
        count: runs after which the agent ends; None or 0 for no limit.
        forward_signals: pass the first Ctrl-C on to the run. For programs.
        term_timeout: with ``forward_signals``, seconds until a run that was told to end is killed. For programs.
        max_consecutive_failed_runs: failures in a row that end the agent.

    Raises:
        TypeError: ``function`` cannot be called.
        UsageError, SettingsError: the call, a setting or the sweep's state makes no sense.
        CommError: the server does not answer, or refuses; NotFound for an unknown sweep.
    """
    if function is not None and not callable(function):
        raise TypeError(f"function must be something to call without arguments, not {function!r}")
    connection = connect()
    if function is not None:
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
    run_agent(
        sweep_id,
        connection=connection,
        count=count,
        project=project,
        entity=entity,
        forward_signals=forward_signals,
        term_timeout=term_timeout,
        max_consecutive_failed_runs=max_consecutive_failed_runs,
    )
