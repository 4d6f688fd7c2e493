"""Asks a real server, by its OpenAPI description, whatever schemathesis thinks of: no answer is a mistake of its own.

python tests/fuzz/schema.py SECONDS
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from server_process import ServerProcess

ENDLESS = "/api/v1/events"


def main() -> int:
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        server = ServerProcess(home, "--data", str(home), "--port", "0")
        try:
            schemathesis = str(Path(sys.executable).with_name("schemathesis"))
            command = [schemathesis, "run", f"{server.url}/api/v1/openapi.json", "--exclude-path", ENDLESS]
            command += ["-H", f"Authorization: Bearer {server.key}", "--checks", "not_a_server_error"]
            command += ["--phases", "fuzzing", "--max-time", seconds, "--request-timeout", "60"]
            return subprocess.run(command, check=False, cwd=folder).returncode
        finally:
            server.stop()
            print(server.log.read_text()[-5000:])


if __name__ == "__main__":
    sys.exit(main())
