"""The servers of one PostgreSQL are upgraded one after the other, while programs go on."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from besom.server.store import migrate
from server_process import PATIENCE, ServerProcess

pytestmark = pytest.mark.postgresql

NEWER = """
from pathlib import Path
from besom.server.store import migrate
migrate.MIGRATIONS, migrate.HEAD = Path({folder!r}), "0998"
"""
MIGRATION = f"""
from alembic import op
revision, down_revision = "0998", {migrate.HEAD!r}
def upgrade():
    op.execute("ALTER TABLE runs ADD COLUMN shade TEXT")
    op.execute("SELECT pg_sleep(0.5)")
"""


class Server(ServerProcess):
    """A server that a program talks to."""

    def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        return httpx.request(
            method, self.url + path, headers={"Authorization": f"Bearer {self.key}"}, timeout=PATIENCE, **rest
        )


@pytest.fixture
def address(postgresql_server: Any, migrated: str) -> Iterator[str]:
    """Of a database."""
    with postgresql_server.database(migrated) as found:
        yield found


def test_one_server_upgrades_older_ones_serve_on_while_they_may_and_then_end_with_words(
    address: str, tmp_path: Path
) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(migrate.MIGRATIONS, newer)
    (newer / "versions" / "0998.py").write_text(MIGRATION)
    (newer / "sitecustomize.py").write_text(NEWER.format(folder=str(newer)))

    def start(name: str, *arguments: str, **environment: str) -> Server:
        server = Server(
            tmp_path / name, "--data", str(tmp_path / name), "--db", address, "--port", "0", *arguments, **environment
        )
        ending.callback(server.kill)
        return server

    with contextlib.ExitStack() as ending, ThreadPoolExecutor(3) as threads:
        old = start("old", "--workers", "2")
        runs = f"/api/v1/projects/{old.ask('GET', '/api/v1/viewer').json()['name']}/demo/runs"
        made: list[int] = []
        is_over = threading.Event()

        def work() -> None:
            while not is_over.is_set():
                run = {"id": f"r{len(made)}", "started": time.time(), "spool": "s"}
                made.append(old.ask("POST", runs, json=run).status_code)

        working = threads.submit(work)
        upgraded = list(threads.map(lambda name: start(name, PYTHONPATH=str(newer)), ("one", "two")))
        is_over.set()
        working.result(PATIENCE)
        assert len(made) > 1
        assert set(made) == {200}, "whoever came meanwhile has waited"
        migrated = "The database now has schema 0998; it had"
        assert sorted(migrated in server.log.read_text() for server in upgraded) == [False, True]
        for server in (old, *upgraded):
            assert server.ask("GET", "/readyz").status_code == 200
            assert server.ask("GET", runs).json()["total"] == len(made)

        with psycopg.connect(address) as incompatible:
            incompatible.execute("UPDATE alembic_version SET version_num = '1031'")
            incompatible.execute("ALTER TABLE runs RENAME TO attempts")
        late = {"json": {"id": "late", "started": time.time(), "spool": "s"}}
        asked = (("POST", late), ("POST", late), ("GET", {}))
        for server, schema, (method, body) in zip((old, *upgraded), (migrate.HEAD, "0998", "0998"), asked, strict=True):
            with contextlib.suppress(httpx.TransportError):  # it may have noticed by itself
                assert server.ask(method, runs, **body).status_code == 503, "clients send it again, to another one"
            assert server.process.wait(PATIENCE) == 1
            assert not server.is_ready(), "it says no more where it is"
            assert f"schema 1031, made by a newer besom; this one, of {schema}," in server.log.read_text()
