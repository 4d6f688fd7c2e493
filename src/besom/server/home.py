"""The folder of a server: the key of its administrator, and at which port it was last."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from sqlalchemy import Connection

from besom.private_file import write_private
from besom.server.errors import ServerError
from besom.server.services.context import Unit, tell_others
from besom.server.services.naming import safe_name
from besom.server.services.users import KEY_SHAPE, ensure_admin, new_secret
from besom.server.store.store import Store

_LAST_PORT = "port"


def default_home() -> Path:
    """That of the user."""
    return Path(os.environ.get("BESOM_HOME") or Path.home() / ".besom").expanduser().absolute()


def make_folder(folder: Path) -> None:
    """Makes a folder for its user alone.

    Raises:
        ServerError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"{folder} cannot be used: {error.strerror}.", "Choose another folder.") from None


def admin_key(store: Store, home: Path) -> tuple[str, bool]:
    """The administrator's key, from the home's key file, and whether it is new."""
    place = home / "key"
    try:
        key = place.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        key = ""
    kept = key if KEY_SHAPE.fullmatch(key) else new_secret()

    def ensure(conn: Connection) -> str:
        unit = Unit(conn, store.clock())
        found = ensure_admin(unit, _user_name(), kept)
        if store.is_shared:
            tell_others(unit.conn, [unit], "a start")
        return found

    good = store.write_sync(ensure)
    if good != key:
        write_private(place, good + "\n")
    return good, good != key


def keep_port(home: Path, port: int) -> None:
    """Notes at which port the home's embedded server is, so that the next one can be there, too."""
    write_private(home / _LAST_PORT, f"{port}\n")


def last_port(home: Path) -> list[int]:
    """The port of the home's last embedded server; empty when there was none."""
    try:
        port = int((home / _LAST_PORT).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return []
    return [port] if 0 < port < 2**16 else []


def _user_name() -> str:
    try:
        return safe_name(getpass.getuser())
    except (KeyError, OSError):  # a container's user without a name
        return safe_name("")
