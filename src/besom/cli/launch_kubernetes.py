"""``besom launch kubernetes``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from besom.cli.launch_options import Asked, array, common, extra_words, read_object
from besom.cli.menu import Command


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    short_help="Start agents as a Job.",
    examples=[
        ("besom launch kubernetes ID --image IMAGE --agents 4 --memory 8G", "Four pods, until the sweep ends."),
        ("besom launch kubernetes ID --image IMAGE --time 12:00:00", "A pod, for half a day at most."),
        ("besom launch kubernetes ID --image IMAGE --gpus 1 -- -n team", "With options of kubectl: a namespace."),
        ("besom launch kubernetes ID --image IMAGE --patch pool.yaml", "With node selector, tolerations, volumes."),
    ],
)
@click.argument("sweep")
@extra_words("kubectl")
@array
@click.option("--gpus", metavar="N", help="NVIDIA GPUs of each agent.")
@click.option("--time", metavar="TIME", help="Longest time of the Job, e.g. 4:00:00; then its agents end.")
@click.option("--image", required=True, metavar="IMAGE", help="Container image with besom and the program.")
@click.option(
    "--patch",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="YAML that is merged into the Job.",
)
@common
def kubernetes(
    asked: Asked,
    sweep: str,
    extra: tuple[str, ...],
    image: str,
    patch: Path | None,
    time: str | None,
    one_run_per_job: bool,
    **wanted: Any,
) -> None:
    """Start agents for SWEEP as the pods of a Job, with kubectl.

    Each works until the sweep ends. A pod that is evicted is replaced, and its run goes on if the program marks it as
    preempted. What stands after -- goes to kubectl as it is.
    """
    from besom.launch import kubernetes as engine

    changes = read_object(patch, "parts of a Job, from `spec:` on") if patch else None
    seconds = engine.read_deadline(time) if time is not None else None
    wanted |= {"one_run": one_run_per_job, "folder": asked.folder, "seconds": seconds}
    if not asked.besom:
        wanted["besom"] = ("besom",)  # what starts it in the image
    asked.launch(
        sweep,
        "kubernetes",
        preview=lambda order: engine.preview(order, image, extra, changes),
        submit=lambda order: engine.submit(order, image, extra, changes),
        **wanted,
    )
