"""A private PostgreSQL server for tests: real, on loopback, gone afterwards; fast, because it need not survive."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from ports import reserved_port

NOBODY = 65534
PATIENCE = 120.0
"""Seconds that a server may take to start, on a machine that is busy with other tests."""

_DISCONNECT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
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


def as_nobody(*more: str) -> list[str]:
    """What a command begins with that refuses to be run by root; ``more`` options of setpriv are for all users."""
    nobody = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    options = [*nobody, *more]
    return ["setpriv", *options] if options else []


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
        """Takes all rows out of a database, and whoever is still at work in it: a fifth of a copy's time."""
        with psycopg.connect(
            self.url(name), autocommit=True, options="-c session_replication_role=replica"
        ) as connection:
            connection.execute(_DISCONNECT)
            connection.execute(_EMPTY)

    def set(self, setting: str, value: str) -> None:
        """Sets one of its settings that can be changed while it runs."""
        self._run(f"ALTER SYSTEM SET {setting} = '{value}'")
        self._run("SELECT pg_reload_conf()")

    @property
    def pid(self) -> int:
        """Of the process whose children serve the connections."""
        return int(Path(f"{self._base}/data/postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """Ends it without a warning."""
        os.kill(self.pid, signal.SIGKILL)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


class _Cluster:
    """A folder for a server, and the programs that work on it. PostgreSQL refuses to be root, so root starts it as
    nobody."""

    def __init__(self) -> None:
        programs = binaries()
        assert programs is not None, "PostgreSQL is not installed"
        self._programs = programs
        self.base = tempfile.mkdtemp(prefix="besom-pg-")
        os.chmod(self.base, 0o755)
        if os.geteuid() == 0:
            os.chown(self.base, NOBODY, NOBODY)
        self.port = reserved_port()

    def run(self, program: str, *arguments: str) -> None:
        command = [*as_nobody(), *self._command(program, *arguments)]
        subprocess.run(command, check=True, cwd=self.base, stdout=subprocess.DEVNULL)

    def _command(self, program: str, *arguments: str) -> list[str]:
        environment = ["env", f"HOME={self.base}", "LC_ALL=C.UTF-8"]
        return [*environment, str(self._programs / program), "-D", f"{self.base}/data", *arguments]

    @contextlib.contextmanager
    def started(self) -> Iterator[Server]:
        options = [f"-p{self.port}", f"-k{self.base}", "-clisten_addresses=127.0.0.1", "-cmax_connections=200"]
        options += ["-cfsync=off", "-cfull_page_writes=off"]
        # Not by pg_ctl, whose servers outlive all that started them: this one ends with a test process that is killed.
        command = [*as_nobody("--pdeathsig=QUIT"), *self._command("postgres", *options)]
        with open(f"{self.base}/log", "ab") as log:
            process = subprocess.Popen(command, cwd=self.base, stdout=log, stderr=log, start_new_session=True)
        try:
            self._wait_for(process)
            yield Server(self.base, self.port)
        finally:
            process.send_signal(signal.SIGQUIT)  # without a last checkpoint
            process.wait()

    def _wait_for(self, process: subprocess.Popen[bytes]) -> None:
        """Until it can be connected to."""
        deadline = time.monotonic() + PATIENCE
        ready = Path(self.base, "data", "postmaster.pid")
        while not (ready.exists() and ready.read_text().rstrip().endswith(("ready", "standby"))):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL did not start:\n{Path(self.base, 'log').read_text()}")
            time.sleep(0.02)


@contextlib.contextmanager
def server(*, waits: bool = False) -> Iterator[Server]:
    """Starts a server.

    Args:
        waits: whether it answers only when what it writes is safe; else it is faster.
    """
    cluster = _Cluster()
    try:
        cluster.run("initdb", "-U", "tester", "-A", "trust", "-E", "UTF8", "-N", "--no-instructions")
        if not waits:
            with open(f"{cluster.base}/data/postgresql.auto.conf", "a") as settings:
                settings.write("synchronous_commit = off\n")
        with cluster.started() as found:
            yield found
    finally:
        shutil.rmtree(cluster.base)


@contextlib.contextmanager
def standby(primary: Server) -> Iterator[Standby]:
    """Starts a server that has all that another one has: the other answers only when this one has it, too."""
    cluster = _Cluster()
    try:
        source = f"host=127.0.0.1 port={primary.port} user=tester"
        cluster.run("pg_basebackup", "-d", source, "-R", "-X", "stream", "-C", "-S", "standby", "-c", "fast")
        with cluster.started() as found:
            primary.set("synchronous_standby_names", "*")
            yield Standby(cluster, found)
    finally:
        shutil.rmtree(cluster.base)


class Standby:
    """Can take the place of its primary."""

    def __init__(self, cluster: _Cluster, found: Server) -> None:
        self._cluster = cluster
        self.port = found.port

    def promote(self) -> None:
        """Lets it write."""
        self._cluster.run("pg_ctl", "-w", "promote")
