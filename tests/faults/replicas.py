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
    primary: postgresql.Server
    standby: postgresql.Standby
    address: Balancer
    """Of the database, whichever of both it is: as addresses that move, and names that are changed."""

    def fail_over(self) -> bool:
        """The database is killed, and its standby takes its place. Once; whether it did."""
        if self.address.ports == (self.standby.port,):
            return False
        self.primary.kill()
        self.address.ports = (self.standby.port,)
        self.address.cut()
        self.standby.promote()
        self.address.join()
        return True


@contextlib.contextmanager
def replicas(folder: Path, count: int, start: Start) -> Iterator[Replicas]:
    """So many servers, of which the first does not go through the pooler. In ``folder`` are their homes, and the folder
    of files that they share."""
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(postgresql.server(waits=True))
        name = primary.create()
        standby = stack.enter_context(postgresql.standby(primary))
        address = stack.enter_context(Balancer(primary.port))
        bouncer = stack.enter_context(pgbouncer(address.port))
        ends = [address.port, *[bouncer.port] * (count - 1)]
        wires = [stack.enter_context(Balancer(port)) for port in ends]

        def begin(number: int) -> ServerProcess:
            at = f"postgresql://tester@127.0.0.1:{wires[number].port}/{name}"
            listen = f"postgresql://tester@127.0.0.1:{address.port}/{name}" if number else at
            more = ("--db", at, "--db-listen", listen, "--files", str(folder / "files"))
            server = start(number, folder / f"home-{number}", more)
            stack.callback(server.kill)
            return server

        with ThreadPoolExecutor() as threads:
            servers = list(threads.map(begin, range(count)))
        ports = [urlsplit(server.url).port or 0 for server in servers]
        balancer = stack.enter_context(Balancer(*ports))
        yield Replicas(servers, wires, bouncer, balancer, primary, standby, address)
