"""A private PostgreSQL server for tests: real, on loopback, gone afterwards; fast, because it need not survive."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

NOBODY = 65534

_DISCONNECT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
      END LOOP;
      PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL;
    END $$
"""


def binaries() -> Path | None:
    """The folder of the newest installed server's programs, None when there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def as_nobody() -> list[str]:
    """What a command begins with that refuses to be run by root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


class Server:
    """A running server. ``database()`` gives a new database of it."""

    def __init__(self, base: str, port: int) -> None:
        self._base = base
        self.port = port
        self._numbers = itertools.count()

    def url(self, name: str) -> str:
        return f"postgresql://tester@127.0.0.1:{self.port}/{name}"

    def create(self, template: str = "template0") -> str:
        """Creates a database, a copy of ``template``, and returns its name."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @contextlib.contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The address of a database that lives as long as the context."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def empty(self, name: str) -> None:
        """Takes all rows out of a database, and whoever is still connected to it: a fifth of a copy's time."""
        with psycopg.connect(
            self.url(name), autocommit=True, options="-c session_replication_role=replica"
        ) as connection:
            connection.execute(_DISCONNECT)
            connection.execute(_EMPTY)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Starts a server; PostgreSQL refuses to be root, so root starts it as nobody."""
    programs = binaries()
    assert programs is not None, "PostgreSQL is not installed"
    base = tempfile.mkdtemp(prefix="besom-pg-")
    os.chmod(base, 0o755)
    if os.geteuid() == 0:
        os.chown(base, NOBODY, NOBODY)

    def run(program: str, *arguments: str) -> None:
        command = [*as_nobody(), "env", f"HOME={base}", "LC_ALL=C.UTF-8", str(programs / program), "-D", f"{base}/data"]
        subprocess.run([*command, *arguments], check=True, cwd=base, stdout=subprocess.DEVNULL)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={base} -c max_connections=200"
    options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        run("initdb", "-U", "tester", "-A", "trust", "-E", "UTF8", "-N", "--no-instructions")
        run("pg_ctl", "-w", "-l", f"{base}/log", "-o", options, "start")
        try:
            yield Server(base, port)
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(base)
