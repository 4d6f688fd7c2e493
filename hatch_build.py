"""Builds the page into the wheel. An editable install leaves that to ``make setup``."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildPage(BuildHookInterface):
    """Runs npm once, unless the page is already there or ``BESOM_SKIP_PAGE`` is set."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (hatchling passes it by name)
        """Called by hatchling before it collects files."""
        web = Path(self.root, "web")
        page = Path(self.root, "src/besom/server/static/index.html")
        if version == "editable" or page.exists() or os.environ.get("BESOM_SKIP_PAGE"):
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "npm (Node.js 20.19 or newer) is needed to build besom's page: install it, "
                "or leave the page out with BESOM_SKIP_PAGE=1"
            )
        subprocess.run([npm, "ci"], cwd=web, check=True)
        subprocess.run([npm, "run", "build"], cwd=web, check=True)
