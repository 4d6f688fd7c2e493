"""``besom launch ssh``."""

from __future__ import annotations

import click

from besom.cli.launch_options import Asked, common, extra_words, no_time
from besom.cli.menu import Command


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    short_help="Start an agent on each of some hosts.",
    examples=[
        ("besom launch ssh node1,node2 ID --slots 4", "An agent on each host, with four runs side by side."),
        ("besom launch ssh me@node1 ID --gpus all", "A run on each GPU."),
        ("besom launch ssh node1 ID -- -p 2222 -i KEYFILE", "With options of ssh."),
    ],
)
@click.argument("hosts")
@click.argument("sweep")
@extra_words("ssh")
@click.option("--gpus", metavar="IDS", help="GPUs to share out on each host: ids such as 0,1,3, how many, or all.")
@no_time("ssh")
@common
@click.pass_context
def ssh(ctx: click.Context, asked: Asked, hosts: str, sweep: str, extra: tuple[str, ...], gpus: str | None) -> None:
    """Start an agent for SWEEP on each of HOSTS (host1,user@host2), over OpenSSH and without a password.

    It goes on when the connection has ended, and prints into besom/launch-ID.log there. What stands after -- goes to
    ssh as it is.
    """
    from pathlib import Path

    from besom.cli.terminal import note
    from besom.launch import ssh as engine
    from besom.launch.order import Order, is_loopback

    names = engine.read_hosts(hosts)
    failures: list[str] = []

    def submit(order: Order) -> engine.SshAgents:
        handle, failed = engine.submit(order, names, extra)
        failures.extend(failed)
        return handle

    asked.launch(
        sweep,
        "ssh",
        preview=lambda order: engine.preview(order, names, extra),
        submit=submit,
        nearby=all(is_loopback(name.rpartition("@")[2]) for name in names),
        gpus=gpus,
        folder=asked.folder or str(Path.cwd()),
    )
    for failure in failures:
        note(failure)
    if failures:
        ctx.exit(1)
