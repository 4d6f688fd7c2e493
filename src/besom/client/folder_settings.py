"""What a folder's programs and commands use by default: ``besom/settings``, which ``besom init`` writes.

Lines of ``key = value``, as in W&B's ``wandb/settings``, which is read where there is no file of besom's. Known keys
are ``entity``, ``project`` and ``mode``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from besom.errors import SettingsError

KEYS = ("entity", "project", "mode")
FILE_NAME = "settings"


def read(folder: Path) -> dict[str, str]:
    """The settings kept in ``folder``, the one of run folders, else in its neighbour ``wandb``; empty without a file.

    Raises:
        SettingsError: a file is there and cannot be read.
    """
    for file in (folder / FILE_NAME, folder.parent / "wandb" / FILE_NAME):
        try:
            text = file.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{file} cannot be read: {error}.", "Mend or delete it, then run: besom init") from None
        return _parse(text)
    return {}


def write(folder: Path, changes: Mapping[str, str | None]) -> Path:
    """Merges ``changes`` into the settings kept in ``folder`` (None removes a key); returns the file.

    Raises:
        SettingsError: the folder cannot be written.
    """
    file = folder / FILE_NAME
    kept = {key: value for key, value in {**read(folder), **changes}.items() if value is not None}
    lines = [f"{key} = {kept[key]}" for key in KEYS if key in kept]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{FILE_NAME}.new")
        temporary.write_text("\n".join(["[default]", *lines, ""]), encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be written: {error.strerror}.", "Set BESOM_DIR to a folder of yours."
        ) from None
    return file


def _parse(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip() in KEYS and value.strip():
            found[key.strip()] = value.strip()
    return found
