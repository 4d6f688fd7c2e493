"""Opening a store: the schema appears, and every trouble is told in words."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import rows_of
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import shared_folders
from besom.server.store import Store, StoreError, migrate
from besom.server.store.tables import metadata


def test_the_newest_migration_is_the_one_that_a_start_looks_for() -> None:
    assert ScriptDirectory(str(migrate.MIGRATIONS)).get_heads() == [migrate.HEAD]


def test_migrations_run_in_the_order_of_their_files() -> None:
    chain = list(ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions())  # from the newest
    files = [Path(script.path).name for script in chain]
    assert files == sorted(files, reverse=True)
    assert [file.split("_")[0] for file in files] == [script.revision for script in chain]


def test_a_start_without_anything_to_migrate_does_not_load_the_migrations(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/besom.db"
    Store.open(address).close()
    program = f"import sys; from besom.server.store import Store; Store.open({address!r}).close(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "besom.server.store.migrate" in loaded
    assert "alembic" not in loaded


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    def differences(conn: Connection) -> object:
        return compare_metadata(MigrationContext.configure(conn), metadata)

    assert store.read_sync(differences) == []


def test_a_store_opened_again_has_what_was_stored(url: str) -> None:
    first = Store.open(url)
    first.write_sync(lambda conn: rows_of.user(conn, "ada"))
    first.close()
    second = Store.open(url)
    assert second.read_sync(rows_of.user_names) == {"ada"}
    second.close()


def test_a_newer_schema_is_refused(url: str) -> None:
    store = Store.open(url)
    store.write_sync(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    store.close()
    with pytest.raises(StoreError, match=r"schema 9999, made by a newer besom"):
        Store.open(url)


def test_a_second_server_on_the_same_file_is_refused_by_name_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/besom.db"
    first = Store.open(url)
    for kind in (shared_folders.LOCAL, shared_folders.CIFS):
        shared_folders.mount(kind, monkeypatch)
        with pytest.raises(StoreError, match=rf"process {os.getpid()}\b.*besom\.db\.lock"):
            Store.open(url)
    first.close()
    Store.open(url).close()
    shared_folders.mount(shared_folders.NONE, monkeypatch)
    with pytest.raises(StoreError, match=r"besom\.db\.lock cannot be locked(.|\n)*own disk: --data DIR"):
        Store.open(url)


def test_a_refused_open_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "besom.db"
    path.write_bytes(b"this is a poem, not a database. " * 100)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"besom\.db is not a SQLite database"):
            Store.open(f"sqlite:///{path}")


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/deep/down/besom.db").close()
    assert (tmp_path / "deep/down/besom.db").exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "in a file, not in memory"),
        ("mysql://root@host/db", "kind 'mysql'"),
        ("just words", "'just words' is no database address"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message) as caught:
        Store.open(url)
    assert "sqlite:////folder/besom.db" in str(caught.value)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=rf"The folder {tmp_path}/file cannot be used"):
        Store.open(f"sqlite:///{tmp_path}/file/besom.db")


def test_an_absent_postgresql_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1/besom failed") as caught:
        Store.open("postgresql://me:secret@127.0.0.1:1/besom")
    assert "secret" not in str(caught.value)


def test_a_full_disk_reaches_every_caller_and_is_got_over(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/besom.db")
    limit = store.write_sync(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar_one()) + 10
    store.write_sync(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count={limit}").fetchall())
    store.write_sync(lambda conn: rows_of.user(conn, "ada"))
    with pytest.raises(StoreError, match=r"The disk that holds .*besom\.db is full"):
        store.write_sync(lambda conn: [rows_of.user(conn, f"{number:0>1000}") for number in range(1000)])
    store.write_sync(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1000000").fetchall())
    store.write_sync(lambda conn: rows_of.user(conn, "bob"))
    assert store.read_sync(rows_of.user_names) == {"ada", "bob"}
    store.close()


def test_an_upgrade_first_makes_a_copy_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path}/besom.db"
    store = Store.open(url)
    store.write_sync(lambda conn: rows_of.user(conn, "ada"))
    store.close()
    next_release = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, next_release)
    (next_release / "versions" / "next.py").write_text(
        "from alembic import op\nrevision = 'next'\ndown_revision = '0001'\n"
        "def upgrade():\n    op.execute('DELETE FROM users')\n"
    )
    monkeypatch.setattr(migrate, "MIGRATIONS", next_release)
    monkeypatch.setattr(migrate, "HEAD", "next")
    with caplog.at_level(logging.WARNING):
        upgraded = Store.open(url)
    assert upgraded.read_sync(rows_of.user_names) == set()
    upgraded.close()
    copy = tmp_path / "besom.db.before-next.backup"
    assert str(copy) in caplog.text
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT name FROM users").fetchall() == [("ada",)]


def test_a_failed_upgrade_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/besom.db"
    Store.open(url).close()
    next_release = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, next_release)
    (next_release / "versions" / "next.py").write_text(
        "from alembic import op\nrevision = 'next'\ndown_revision = '0001'\n"
        "def upgrade():\n    op.drop_table('chunks')\n    raise RuntimeError('half way')\n"
    )
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "MIGRATIONS", next_release)
        patch.setattr(migrate, "HEAD", "next")
        with pytest.raises(StoreError, match=r"RuntimeError: half way\. It is as it was before\.") as failed:
            Store.open(url)
    assert str(tmp_path / "besom.db.before-next.backup") in str(failed.value)
    store = Store.open(url)
    assert store.read_sync(lambda conn: compare_metadata(MigrationContext.configure(conn), metadata)) == []
    store.close()
