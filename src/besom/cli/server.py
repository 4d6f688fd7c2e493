"""``besom server``: runs a server in the foreground; stops and shows the embedded one."""

from __future__ import annotations

from pathlib import Path

import click

from besom.cli.menu import Command, Group, Option, json_option
from besom.cli.terminal import say, say_json
from besom.client import embedded, settings
from besom.errors import BesomError

EXAMPLES = [
    ("besom server", "On this machine only, at http://127.0.0.1:7878."),
    ("besom server --host 0.0.0.0 --data /srv/besom", "For a team; says where the key of its administrator is."),
    ("besom server --db postgresql://user@host/besom", "Keep everything in PostgreSQL."),
    ("besom server --db postgresql://user@host/besom --workers 4", "With four processes."),
    ("besom server --files s3://bucket/besom", "Keep files in an object store."),
    ("besom server stop", "Stop the embedded server, which `besom sweep` starts by itself."),
]


@click.group(
    cls=Group,
    invoke_without_command=True,
    no_args_is_help=False,
    examples=EXAMPLES,
    options_metavar="[OPTIONS]",
    subcommand_metavar="[stop|status]",
)
@click.option("--host", default="127.0.0.1", metavar="HOST", help="Address to listen at. [default: 127.0.0.1]")
@click.option(
    "--port",
    cls=Option,
    default=7878,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port to listen at; 0: any free one. [default: 7878]",
)
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="Folder of its data. [default: in BESOM_HOME]"
)
@click.option("--db", metavar="URL", help="Database. [default: SQLite in the data folder]")
@click.option("--db-listen", metavar="URL", help="The same PostgreSQL, where --db goes through a pooler.")
@click.option(
    "--workers",
    cls=Option,
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="Processes; needs PostgreSQL. [default: 1]",
)
@click.option("--files", metavar="PLACE", help="Files: a folder, or s3://BUCKET/PREFIX. [default: in the data folder]")
@click.option("--files-direct", is_flag=True, help="Clients reach the object store: large files pass this server by.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name by which it is called; repeatable.")
@click.option("--url", metavar="URL", help="How users reach it behind a proxy, e.g. https://besom.example.")
@click.option("--proxy", "proxies", multiple=True, metavar="IP", help="A proxy that is believed; repeatable.")
@click.option("--limit", "limits", multiple=True, metavar="NAME=N", help="How much it takes on; repeatable.")
@click.option("--log-format", metavar="FORMAT", default="text", help="Of its log: text or json. [default: text]")
@click.option("--log-requests", is_flag=True, help="Log a line for each request.")
@click.option("--metrics-key", type=click.Path(path_type=Path), metavar="FILE", help="Holds a key for /metrics alone.")
@click.pass_context
def command(
    ctx: click.Context,
    host: str,
    port: int,
    data: Path | None,
    db: str | None,
    db_listen: str | None,
    workers: int,
    files: str | None,
    files_direct: bool,
    hosts: tuple[str, ...],
    url: str | None,
    proxies: tuple[str, ...],
    limits: tuple[str, ...],
    log_format: str,
    log_requests: bool,
    metrics_key: Path | None,
) -> None:
    """Run a server in the foreground, until Ctrl-C."""
    if ctx.invoked_subcommand:
        return
    try:
        from besom.server.limits.settings import read_limits
        from besom.server.run import run
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("besom"):
            raise
        raise BesomError(
            f"A server needs {error.name}, which is not installed.", "Install it with: pip install 'besom[server]'"
        ) from None
    run(
        host=host,
        port=port,
        data=data,
        db=db,
        db_listen=db_listen,
        workers=workers,
        files=files,
        hosts=hosts,
        public_url=url,
        proxies=proxies,
        limits=read_limits(limits),
        log_format=log_format,
        log_requests=log_requests,
        metrics_key=metrics_key,
        files_direct=files_direct,
    )


@command.command(
    "stop",
    cls=Command,
    options_metavar="",
    short_help="Stop the embedded server.",
    examples=[("besom server stop", "The next command that needs a server starts it again.")],
)
def stop() -> None:
    """Stop the embedded server. Running programs go on; what they log is sent when one answers again."""
    stopped = embedded.stop(settings.home())
    say(f"Stopped the embedded server at {stopped.url}." if stopped else "The embedded server is not running.")


@command.command(
    "status",
    cls=Command,
    options_metavar="[--json]",
    short_help="Show whether the embedded server runs.",
    examples=[("besom server status", "Where it listens, and where its data and its log are.")],
)
@json_option
def status(as_json: bool) -> None:
    """Show whether the embedded server runs, where, and where its data is."""
    home = settings.home()
    running, elsewhere = embedded.find(home), embedded.elsewhere(home)
    if as_json:
        place = {"url": running.url, "pid": running.pid} if running else {"url": None, "pid": None}
        say_json(
            {
                "running": running is not None,
                **place,
                "elsewhere": elsewhere,
                "data": str(home / "data"),
                "log": str(home / "server.log"),
            }
        )
        return
    silent = None if running or elsewhere else embedded.process(home)
    state = f"is on {elsewhere}, and is asked there" if elsewhere else "is not running"
    if silent:
        state = f"(process {silent}) does not answer"
    if running:
        state = f"runs at {running.url} (process {running.pid})"
    say(f"The embedded server {state}. Data: {home / 'data'}, log: {home / 'server.log'}")
