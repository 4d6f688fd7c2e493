"""The page's types are made from web/openapi.json, which must be what this server says of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

COMMITTED = Path(__file__).parents[2] / "web/openapi.json"


def test_the_committed_description_is_the_servers_own():
    printed = subprocess.run(
        [sys.executable, "-m", "besom.server.openapi"], check=True, capture_output=True, text=True
    ).stdout
    assert json.loads(COMMITTED.read_text()) == json.loads(printed), (
        "run `python -m besom.server.openapi > web/openapi.json`, then `npm run types` in web"
    )
