"""Where settings come from: an argument, then ``BESOM_X``, then ``WANDB_X``, then the folder's file (``besom init``),
then what ``besom login`` kept.

Nothing here touches the network.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from besom import names
from besom.client import folder_settings
from besom.errors import SettingsError
from besom.private_file import write_private

DEFAULT_PROJECT = "uncategorized"
_ADDRESS = "The address of the server"


def variable(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """The value of ``BESOM_<name>``, else of ``WANDB_<name>``; an empty one counts as unset."""
    source = os.environ if environ is None else environ
    found = variable_name(name, environ)
    return source[found] if found else None


def variable_name(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Which of the two is set, ``BESOM_<name>`` or else ``WANDB_<name>``; None where neither is."""
    source = os.environ if environ is None else environ
    return next((full for full in (f"BESOM_{name}", f"WANDB_{name}") if source.get(full)), None)


def home(environ: Mapping[str, str] | None = None) -> Path:
    """The user's besom folder: keys, the embedded server's data, saved settings. ``BESOM_HOME``, else ``~/.besom``."""
    source = os.environ if environ is None else environ
    named = source.get("BESOM_HOME")
    try:
        return Path(named or "~/.besom").expanduser().absolute()
    except RuntimeError:
        if not named:  # a user whom nobody knows, as in a container; there is nothing, and nothing can be made
            return Path("/.besom")
        raise SettingsError(f"BESOM_HOME is {named!r}, and there is no such user.", "Name a folder of yours.") from None


def base_url(argument: str | None = None, environ: Mapping[str, str] | None = None) -> str | None:
    """Address of the configured server, without a slash at the end; None means the embedded one."""
    url = argument or variable("BASE_URL", environ) or saved(environ).get("base_url")
    name = None if argument else variable_name("BASE_URL", environ)
    return check_url(url, name or _ADDRESS) if url else None


def check_url(url: str, name: str = _ADDRESS) -> str:
    """``url`` without a slash at its end. ``name``: what a message calls it.

    Raises:
        SettingsError: it is not the address of a server.
    """
    with contextlib.suppress(ValueError):  # a port or an IPv6 host that makes no sense
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts.geturl().rstrip("/")
    raise SettingsError(
        f"{name} is {url!r}, which is not the address of a server.",
        "Give it as http://HOST:PORT, for example http://127.0.0.1:7878.",
    )


def api_key(url: str, argument: str | None = None, environ: Mapping[str, str] | None = None) -> str | None:
    """Key for the server at ``url``: the argument, the environment, then the one that ``besom login`` kept.

    Raises:
        SettingsError: it cannot be one.
    """
    found = argument or variable("API_KEY", environ) or saved(environ).get("keys", {}).get(url)
    key = (found or "").strip()  # files and secrets of clusters end with a line break
    if not key.isascii() or not key.isprintable():
        raise SettingsError(
            f"The key for {url} holds a character that no key has.", "Copy it anew, from where it was shown."
        )
    return key or None


def entity(
    argument: str | None = None, environ: Mapping[str, str] | None = None, *, config: str | None = None
) -> str | None:
    """The entity when none is named: argument, environment, a sweep's ``config``, kept; None: the server knows."""
    found = argument or variable("ENTITY", environ) or config or kept("entity", environ)
    return names.check("entity", found) if found else None


def project(
    argument: str | None = None, environ: Mapping[str, str] | None = None, *, config: str | None = None
) -> str | None:
    """The project when none is named: argument, environment, a sweep's ``config``, kept; None when there is none."""
    found = argument or variable("PROJECT", environ) or config or kept("project", environ)
    return names.check("project", found) if found else None


def mode(argument: str | None = None, environ: Mapping[str, str] | None = None) -> str:
    """``online``, ``offline`` or ``disabled``.

    Raises:
        SettingsError: another word was given.
    """
    value = (
        argument or variable("MODE", environ) or folder_settings.read(directory(environ=environ)).get("mode", "online")
    )
    aliases = {"online": "online", "run": "online", "offline": "offline", "dryrun": "offline", "disabled": "disabled"}
    if value not in aliases:
        file = directory(environ=environ) / folder_settings.FILE_NAME
        name = "mode" if argument else variable_name("MODE", environ) or f"mode in {file}"
        raise SettingsError(f"{name} is {value!r}.", "Use online, offline or disabled.")
    return aliases[value]


def directory(argument: str | os.PathLike[str] | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """Folder of the run folders: ``besom`` below the argument, ``BESOM_DIR``, ``WANDB_DIR`` or the current folder."""
    base = Path(argument or variable("DIR", environ) or ".")
    return base.expanduser().absolute() / "besom"


def kept(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """The default that the folder's file keeps, else that of the user."""
    value: str | None = folder_settings.read(directory(environ=environ)).get(name) or saved(environ).get(name)
    return value


def saved(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What was saved: ``base_url``, ``keys`` (by address), ``entity``, ``project``; empty when there is nothing.

    Raises:
        SettingsError: the file is there and cannot be read.
    """
    path = home(environ) / "credentials.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", "Mend or delete it, then run: besom login") from None
    return kept if isinstance(kept, dict) else {}


def save(changes: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> None:
    """Merges ``changes`` into what is kept (None removes a key), readable by the user alone."""
    folder = home(environ)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = {key: value for key, value in {**saved(environ), **changes}.items() if value is not None}
        write_private(folder / "credentials.json", json.dumps(kept, indent=1, sort_keys=True) + "\n")
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be written: {error.strerror}.", "Set BESOM_HOME to a folder of yours."
        ) from None
