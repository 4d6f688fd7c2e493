"""The project of a sweep for which nobody named one."""

from __future__ import annotations

import re
from pathlib import Path

from besom.client.settings import DEFAULT_PROJECT
from besom.names import LONGEST, RESERVED


def project_for(program: str | None, folder: Path, home: Path) -> str:
    """A name made from where the program lies: its repository and the folder inside it, else its folder.

    Args:
        program: as the configuration names it; None for a sweep without one.
        folder: the working directory, absolute.
        home: the user's home folder, which says nothing about a project.
    """
    if not program:
        return DEFAULT_PROJECT
    place = (folder / program).resolve().parent
    repository = next((level for level in (place, *place.parents) if (level / ".git").exists()), None)
    if repository is None or repository == home:
        parts = [] if place == home else [place.name]
        if place.name.lower() in RESERVED["project"]:  # says as little as the home folder
            parts.insert(0, place.parent.name)
    else:
        parts = [repository.name, *place.relative_to(repository).parts]
    name = re.sub(r"[^\w.-]+", "-", "-".join(parts))[:LONGEST].strip("-.")
    return DEFAULT_PROJECT if name.lower() in ("", *RESERVED["project"]) else name
