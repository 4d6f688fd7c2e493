"""A private PgBouncer before a private PostgreSQL: real, on loopback, in transaction mode, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import postgresql
from ports import reserved_port

CONNECTIONS = 4
"""To each database; all who come share them, one transaction after the other."""


def program() -> str | None:
    """The installed program; it may lie where only root looks for it."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class PgBouncer:
    """``url`` gives the address of a database of the server behind it."""

    def __init__(self, base: Path, upstream: int) -> None:
        self._base = base
        self.port = reserved_port()
        (base / "ini").write_text(
            f"""[databases]
* = host=127.0.0.1 port={upstream} user=tester
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {CONNECTIONS}
max_client_conn = 500
"""
        )
        self.start()

    def url(self, name: str) -> str:
        return f"postgresql://tester@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Starts it, once more at the same port."""
        found = program()
        assert found is not None, "PgBouncer is not installed"
        with (self._base / "log").open("ab") as log:
            self.process = subprocess.Popen([*postgresql.as_nobody(), found, str(self._base / "ini")], stderr=log)
        deadline = time.monotonic() + postgresql.PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert time.monotonic() < deadline, (self._base / "log").read_text()
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it without a warning, and with it every connection through it."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def pgbouncer(upstream: int) -> Iterator[PgBouncer]:
    """One that runs as long as the context, before the PostgreSQL at that port."""
    base = Path(tempfile.mkdtemp(prefix="besom-pgbouncer-"))
    base.chmod(0o755)
    try:
        bouncer = PgBouncer(base, upstream)
        try:
            yield bouncer
        finally:
            bouncer.kill()
    finally:
        shutil.rmtree(base)
