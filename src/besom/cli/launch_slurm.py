"""``besom launch slurm``."""

from __future__ import annotations

from typing import Any

import click

from besom.cli.launch_options import Asked, array, common, extra_words
from besom.cli.menu import Command


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    short_help="Start agents as a job array.",
    examples=[
        ("besom launch slurm ID --agents 8 --cpus 4 --time 4:00:00", "Eight agents, until the sweep ends."),
        ("besom launch slurm ID --gpus 4 --agents 2 -- --partition=gpu", "Two agents; a run on each of their GPUs."),
        ("besom launch slurm ID --agents 24 --at-once 12 --one-run-per-job", "24 jobs, each of one run."),
    ],
)
@click.argument("sweep")
@extra_words("sbatch")
@array
@click.option("--gpus", metavar="N", help="GPUs of each agent.")
@click.option("--time", metavar="TIME", help="Longest time of a job, e.g. 4:00:00; then it is queued again.")
@common
def slurm(
    asked: Asked, sweep: str, extra: tuple[str, ...], time: str | None, one_run_per_job: bool, **wanted: Any
) -> None:
    """Start agents for SWEEP as a job array of Slurm.

    Each works until the sweep ends. A job that is preempted or out of time is queued again, and its run goes on if the
    program marks it as preempted. What stands after -- goes to sbatch as it is.
    """
    from pathlib import Path

    from besom.launch import slurm as engine

    wanted |= {"one_run": one_run_per_job, "folder": asked.folder or str(Path.cwd())}
    asked.launch(
        sweep,
        "slurm",
        preview=lambda order: engine.preview(order, extra, time=time),
        submit=lambda order: engine.submit(order, extra, time=time),
        **wanted,
    )
