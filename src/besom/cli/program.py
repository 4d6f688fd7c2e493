"""The program that a sweep's agents will run."""

from __future__ import annotations

from pathlib import Path

from besom.config import SweepConfig, needs_program


def missing_program(config: SweepConfig, folder: Path) -> str | None:
    """A remark where agents started in ``folder`` would not find the program; None where they would."""
    if not config.program or not needs_program(config) or (folder / config.program).is_file():
        return None
    return f"Note: there is no file {config.program} here; agents must be started where it is."
