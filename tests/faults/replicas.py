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
        standby = (_here(self.standby.port),)
        if self.address.servers == standby:
            return False
        self.primary.kill()
        self.address.servers = standby
        self.address.cut()
        self.standby.promote()
        self.address.join()
        return True


@contextlib.contextmanager
def replicas(folder: Path, count: int, start: Start, at: str | None = None) -> Iterator[Replicas]:
    """So many servers, of which the first does not go through the pooler. In ``folder`` are their homes, and the folder
    of files that they share. ``at``: the address by which their machines reach this one, if they have machines."""
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(postgresql.server(waits=True))
        name = primary.create()
        standby = stack.enter_context(postgresql.standby(primary))
        host, listen = ("127.0.0.1", "127.0.0.1") if at is None else (at, "0.0.0.0")
        address = stack.enter_context(Balancer(_here(primary.port), at=listen))
        bouncer = stack.enter_context(pgbouncer(address.port))
        ends = [address.port, *[bouncer.port] * (count - 1)]
        wires = [stack.enter_context(Balancer(_here(port), at=listen)) for port in ends]

        def begin(number: int) -> ServerProcess:
            database = f"postgresql://tester@{host}:{wires[number].port}/{name}"
            direct = f"postgresql://tester@{host}:{address.port}/{name}" if number else database
            more = ("--db", database, "--db-listen", direct, "--files", str(folder / "files"))
            server = start(number, folder / f"home-{number}", more)
            stack.callback(server.kill)
            return server

        with ThreadPoolExecutor() as threads:
            servers = list(threads.map(begin, range(count)))
        balancer = stack.enter_context(Balancer(*(urlsplit(server.url).netloc for server in servers), at=listen))
        yield Replicas(servers, wires, bouncer, balancer, primary, standby, address)


def _here(port: int) -> str:
    return f"127.0.0.1:{port}"
