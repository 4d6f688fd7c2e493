"""Runs a server in this process, from its settings to its prompt end."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import importlib.metadata
import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from besom import server_file
from besom.server.app import LEASE_SECONDS, assemble, furnish
from besom.server.errors import ServerError
from besom.server.home import admin_key, default_home, keep_port, last_port, make_folder
from besom.server.limits.connections import WatchedConnection, connections_possible, cut_off_stuck
from besom.server.limits.settings import Limits
from besom.server.services.live import Live
from besom.server.sockets import bind_first, url_of
from besom.server.store.blob_store import BlobStore, DirectStore, open_blobs
from besom.server.store.postgresql import check_address
from besom.server.store.store import Store
from besom.server.telemetry.logs import log_to_stderr
from besom.server.telemetry.metrics import read_key
from besom.server.telemetry.traces import start_traces
from besom.server.workers import Workers

DEFAULT_PORT = 7878
_SHUTDOWN_SECONDS = 2
_KEEP_ALIVE_SECONDS = 75


def run(
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    data: Path | None = None,
    db: str | None = None,
    db_listen: str | None = None,
    files: str | None = None,
    embedded: Path | None = None,
    lease_seconds: float = LEASE_SECONDS,
    hosts: Collection[str] = (),
    public_url: str | None = None,
    proxies: Collection[str] = (),
    limits: Limits = Limits(),  # noqa: B008  it never changes
    log_format: str = "text",
    log_requests: bool = False,
    metrics_key: Path | None = None,
    workers: int = 1,
    files_direct: bool = False,
) -> None:
    """Serves until SIGTERM or SIGINT.

    Args:
        host: Address to listen at.
        port: Port to listen at, 0 for any free one. Without it DEFAULT_PORT; an embedded server's is the one it had
            last, so that running programs find it again.
        data: Folder of its data, its key and its ``server.json``. Without it, those of the user's home are used.
        db: Database; SQLite in the data folder when not given.
        db_listen: The same PostgreSQL without the pooler that ``db`` goes through.
        files: Where the bytes of files lie; a folder in the data folder when not given. ``s3://BUCKET/PREFIX`` is an
            object store.
        embedded: The home to serve, for clients that start a server by themselves; a taken port gives a free one.
        lease_seconds: Silence after which an agent or a run counts as lost.
        hosts: Names by which it may be called, besides IP addresses and localhost.
        public_url: How users reach it, where that is not how it listens: ``https://besom.example`` behind a proxy.
        proxies: Addresses of the proxies that are believed about from where and over what a request came to them.
        limits: How much it takes on, and how long slow clients may take.
        log_format: ``text`` or ``json``, of what it prints about its work.
        log_requests: Whether it prints a line for each request.
        metrics_key: File with a key that opens the metrics and nothing else.
        workers: Processes that serve at this address; more than one need PostgreSQL.
        files_direct: Whether clients send and fetch large files straight to and from the object store.

    Raises:
        BesomError: it cannot start; the message says why and what to do.
    """
    log_to_stderr(log_format, requests=log_requests)
    opens_metrics = None if metrics_key is None else read_key(metrics_key)
    public = None if public_url is None else _checked_url(public_url)
    for proxy in proxies:
        _check_proxy(proxy)
    if db_listen is not None:
        _check_listening(db, db_listen)
    os.umask(0o077)  # whatever it writes, into whichever folder, is for its user alone
    # The search works on small matrices: several threads only wait for each other. Read when NumPy is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # An answer with thousands of runs makes far more objects than Python takes for normal: it would look for garbage
    # again and again, in all that the server holds, which takes as long as the answer itself.
    gc.set_threshold(50_000, 20, 100)
    home = embedded or (data if data is not None else default_home())
    data = data if data is not None else home / "data"
    for folder in (home, data):
        make_folder(folder)
    for file in data.glob("besom.db*"):  # of earlier versions
        file.chmod(0o600)
    address = db or f"sqlite:///{data.absolute()}/besom.db"
    if workers < 1:
        raise ServerError(f"{workers} workers serve nobody.", "Write --workers 1 or more, or leave it out.")
    if workers > 1 and address.startswith("sqlite"):
        raise ServerError(
            f"{workers} workers cannot share a SQLite file.",
            "Name a PostgreSQL database with --db postgresql://user@host/besom, or leave --workers out.",
        )
    ports = [DEFAULT_PORT if port is None else port]
    if embedded is not None:
        ports = [*last_port(home), *ports, 0] if port is None else [*ports, 0]
    listening = bind_first(host, ports)
    url, version = url_of(host, listening), importlib.metadata.version("besom")
    names = {*hosts, socket.gethostname(), *([urlsplit(public).hostname or ""] if public else [])}

    def announce(key: str, is_new: bool) -> None:
        server_file.write(home, url, version)
        if embedded is None:
            _greet(url, home, key if is_new else None)
        else:
            keep_port(home, listening.getsockname()[1])

    def serve(begun: Callable[[], None] | None = None) -> None:
        with contextlib.closing(Store.open(address)) as store:
            if begun is None:
                begun = functools.partial(announce, *admin_key(store, home))
            app = assemble(names)
            blobs = open_blobs(files or str(data / "blobs"), data / "uploads")
            services = furnish(
                app,
                store,
                blobs,
                clock=store.clock,
                url=public or url,
                lease_seconds=lease_seconds,
                version=version,
                limits=limits,
                metrics_key=opens_metrics,
                traces=start_traces(version),
                listen=db_listen,
                direct=_direct(blobs) if files_direct else None,
            )
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="on",
                http=WatchedConnection,
                ws="none",
                limit_concurrency=connections_possible(limits),
                timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                server_header=False,
            )
            server = _Server(config, store, services.ctx.live, home, begun, limits)
            server.run(sockets=[listening])

    with contextlib.closing(listening):
        if workers == 1:
            serve()
            return
        with contextlib.closing(Store.open(address)) as store:  # so that workers find tables and key
            key = admin_key(store, home)
        with _forgotten(home):
            Workers(workers, serve).run(lambda: announce(*key))


class _Server(uvicorn.Server):
    """Says where it is once it listens, and lets everything that waits end when it stops."""

    def __init__(
        self,
        config: uvicorn.Config,
        store: Store,
        live: Live,
        home: Path,
        announce: Callable[[], None],
        limits: Limits,
    ) -> None:
        super().__init__(config)
        self._store = store
        self._limits = limits
        self._live = live
        self._home = home
        self._announce = announce

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until SIGTERM or SIGINT.

        Raises:
            Outgrown: it must not serve any longer.
        """
        with contextlib.suppress(KeyboardInterrupt):
            super().run(sockets)
        if self._store.outgrown is not None:
            raise self._store.outgrown

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, then tells the address: who hears of it may end the server at once, and its handlers are in place."""
        await super().startup(sockets)
        self._watch = asyncio.create_task(cut_off_stuck(self.server_state.connections, self._limits))
        self._announce()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; whether to end."""
        return await super().on_tick(counter) or self._store.outgrown is not None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops; long polls and event streams first, for uvicorn waits for them."""
        self._live.close()
        self._watch.cancel()
        server_file.forget(self._home)
        await super().shutdown(sockets)


@contextlib.contextmanager
def _forgotten(home: Path) -> Iterator[None]:
    """However the block ends, nobody is sent to a server of this process any more."""
    try:
        yield
    finally:
        server_file.forget(home)


def _checked_url(url: str) -> str:
    """``url`` without a slash at its end.

    Raises:
        ServerError: it is no address of a whole server.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ServerError(
            f"{url!r} is no address of a server: it has a scheme and a name, and no path.",
            "Write, for example, https://besom.example.",
        )
    return url.rstrip("/")


def _check_listening(db: str | None, db_listen: str) -> None:
    check_address(db_listen)
    if db is None or db.startswith("sqlite"):
        raise ServerError(
            "--db-listen names a PostgreSQL, and the server's own database is SQLite.",
            "Name the PostgreSQL with --db as well, or leave --db-listen out.",
        )


def _check_proxy(proxy: str) -> None:
    """Raises ServerError for what is neither an address nor a network: nothing would ever match it, in silence."""
    try:
        ipaddress.ip_network(proxy)
    except ValueError as error:
        raise ServerError(
            f"{proxy!r} is no address of a proxy: {error}.",
            "Write an IP address, such as 127.0.0.1, or a network, such as 10.0.0.0/8.",
        ) from None


def _direct(blobs: BlobStore) -> DirectStore:
    """Transfers past the server; says what the store does not offer."""
    from besom.server.store.blob_direct import open_direct  # its library is an extra

    direct = open_direct(blobs)
    if not direct.checks:
        print(
            "besom: this object store does not check the SHA-256 of what it is sent: clients fetch files from it, but "
            "send them through this server",
            file=sys.stderr,
        )
    return direct


def _greet(url: str, home: Path, new_key: str | None) -> None:
    print(f"besom: serving {url} (data and key in {home}); stop with Ctrl-C", file=sys.stderr)
    if new_key:  # what is no terminal is a log, and others may read it
        told = new_key if sys.stderr.isatty() else f"see {home / 'key'}"
        print(f"besom: the administrator's key: {told}", file=sys.stderr)
