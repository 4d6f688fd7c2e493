"""Several servers on one PostgreSQL, behind a balancer; each reaches the database by a wire of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from balancer import Balancer
from pgbouncer import PgBouncer, pgbouncer

import postgresql
from server_process import ServerProcess

Start = Callable[[int, Path, tuple[str, ...]], ServerProcess]
"""Starts the server of a number, in its home and with more arguments."""


@dataclass(frozen=True)
class Replicas:
    """What a storm can break."""

    servers: list[ServerProcess]
    wires: list[Balancer]
    """To the database, or to the pooler before it; one for each server."""
    bouncer: PgBouncer
    balancer: Balancer


@contextlib.contextmanager
def replicas(folder: Path, count: int, start: Start) -> Iterator[Replicas]:
    """So many servers, of which the first does not go through the pooler. In ``folder`` are their homes, and the folder
    of files that they share."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(postgresql.server())
        bouncer = stack.enter_context(pgbouncer(database))
        name = database.create()
        ends = [database.port, *[bouncer.port] * (count - 1)]
        wires = [stack.enter_context(Balancer(port)) for port in ends]

        def begin(number: int) -> ServerProcess:
            at = f"postgresql://tester@127.0.0.1:{wires[number].port}/{name}"
            more = ("--db", at, "--db-listen", database.url(name) if number else at, "--files", str(folder / "files"))
            server = start(number, folder / f"home-{number}", more)
            stack.callback(server.kill)
            return server

        with ThreadPoolExecutor() as threads:
            servers = list(threads.map(begin, range(count)))
        ports = [urlsplit(server.url).port or 0 for server in servers]
        yield Replicas(servers, wires, bouncer, stack.enter_context(Balancer(*ports)))
