"""``besom launch ray``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from besom.cli.launch_options import Asked, array, common, extra_words, no_time, read_object
from besom.cli.menu import Command


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    short_help="Start agents as the actors of a Ray job.",
    examples=[
        ("besom launch ray ID --agents 8 --gpus 1 --address http://head:8265", "Eight actors, a GPU each."),
        ("besom launch ray ID --agents 4 -- --working-dir .", "Four; this folder is sent to their nodes."),
        ("besom launch ray ID --agents 4 --resource a100=1", "Four, where the cluster says that there is an a100."),
    ],
)
@click.argument("sweep")
@extra_words("ray")
@array
@click.option("--gpus", metavar="N", help="GPUs of each agent.")
@no_time("ray")
@click.option("--resource", multiple=True, metavar="NAME=AMOUNT", help="What else of the cluster each agent takes.")
@click.option("--address", metavar="URL", help="Of the cluster's dashboard. [default: RAY_ADDRESS]")
@click.option(
    "--runtime-env",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="YAML of the runtime environment.",
)
@common
def ray(
    asked: Asked,
    sweep: str,
    extra: tuple[str, ...],
    resource: tuple[str, ...],
    address: str | None,
    runtime_env: Path | None,
    one_run_per_job: bool,
    **wanted: Any,
) -> None:
    """Start agents for SWEEP as the actors of a Ray job.

    Each works until the sweep ends, and is started anew on another node if its own is lost. What stands after -- goes
    to ray job submit as it is.
    """
    from besom.launch import ray as engine

    resources = engine.read_resources(resource)
    environment = read_object(runtime_env, "a runtime environment, for example `pip: [torch]`") if runtime_env else {}
    wanted |= {"one_run": one_run_per_job, "folder": asked.folder}
    if not asked.besom:
        wanted["besom"] = ("besom",)  # what starts it on the cluster
    asked.launch(
        sweep,
        "ray",
        preview=lambda order: engine.preview(order, resources, address, extra, environment),
        submit=lambda order: engine.submit(order, resources, address, extra, environment),
        **wanted,
    )
