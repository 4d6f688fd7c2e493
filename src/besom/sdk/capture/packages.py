"""The packages that a program could import."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Sequence

_FOLDER = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._]*)-(?P<version>[^-]+)(?:-py[0-9.]+)?\.(?:dist|egg)-info")


def installed(path: Sequence[str] | None = None) -> dict[str, str]:
    """Names and versions of what is installed. The folders' names tell them; their files need not be read."""
    found: dict[str, str] = {}
    for folder in sys.path if path is None else path:
        with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
            for entry in entries:
                if match := _FOLDER.fullmatch(entry.name):
                    # What stands first on the path is what is imported.
                    found.setdefault(re.sub(r"[._-]+", "-", match["name"]).lower(), match["version"])
    return dict(sorted(found.items()))
