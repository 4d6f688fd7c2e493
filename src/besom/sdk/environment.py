"""What the process's surroundings tell: the agent's assignment, the rank, the host, the program.

Read when ``init`` is called, never at import: an agent that runs functions changes these variables for each run.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from besom.client.settings import variable
from besom.config.parameter_file import read_parameters
from besom.errors import BesomError, SettingsError
from besom.sdk.values import as_text


class Assignment(NamedTuple):
    """What an agent, or the user by hand, decided about the run; None for what is left open."""

    run_id: str | None = None
    sweep_id: str | None = None
    agent_id: str | None = None
    parameter_file: Path | None = None


def assignment(environ: Mapping[str, str] | None = None) -> Assignment:
    """Reads ``RUN_ID``, ``SWEEP_ID``, ``SWEEP_PARAM_PATH`` (``BESOM_``, else ``WANDB_``) and ``BESOM_AGENT_ID``."""
    path = variable("SWEEP_PARAM_PATH", environ)
    return Assignment(
        run_id=variable("RUN_ID", environ),
        sweep_id=variable("SWEEP_ID", environ),
        agent_id=variable("AGENT_ID", environ),
        parameter_file=Path(path) if path else None,
    )


def parameters(path: Path) -> dict[str, Any]:
    """The values that the sweep handed out.

    Raises:
        SettingsError: the file cannot be used; names it.
    """
    try:
        return read_parameters(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, BesomError) as error:
        reason = str(error)
    raise SettingsError(f"The sweep's parameter file {path} cannot be used: {reason}.", "Its agent writes it anew.")


def rank(environ: Mapping[str, str] | None = None) -> int:
    """Number of this process among those that train together; 0 logs.

    Launchers say it: torchrun, accelerate and deepspeed in ``RANK``, MPI in variables of its own, Slurm's ``srun`` in
    ``SLURM_PROCID``. The latter does not count below an agent: agents that ``srun`` started are told apart by it, and
    their programs, each alone with its run, inherit it.
    """
    source = os.environ if environ is None else environ
    names = ["RANK", "LOCAL_RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"]
    if source.get("SLURM_NTASKS", "1") != "1" and not source.get("BESOM_AGENT_ID"):
        names.append("SLURM_PROCID")
    for name in names:
        text = source.get(name, "")
        if text.isdigit():
            return int(text)
    return 0


def about(host: str | None = None, program: str | None = None) -> dict[str, Any]:
    """Host, program and Python, as a run's page shows them; settings may name the first two."""
    return {
        "host": host or socket.gethostname(),
        "program": program or _program(),
        "python": sys.version.split()[0],
    }


def _program() -> str | None:
    script = sys.argv[0] if sys.argv else ""
    if not script or script in {"-c", "-"}:
        return None
    path = Path(script)
    with contextlib.suppress(OSError, ValueError):  # elsewhere, or the working directory is gone
        script = str(path.resolve().relative_to(Path.cwd()))
    return as_text(script)
