"""The least that a page of runs can be: a file of JSON, and ten lines of script that show a hundred rows of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from page.runs import METRIC, point, result

PAGE = """\
<!doctype html>
<title>runs</title>
<table><tbody></tbody></table>
<script>
  fetch("runs.json").then((answer) => answer.json()).then((runs) => {
    window.runs = runs.sort((a, b) => a.summary.METRIC - b.summary.METRIC);
    document.querySelector("tbody").innerHTML = runs.slice(0, 100).map((run) =>
      `<tr><td>${[run.name, ...Object.values(run.config), ...Object.values(run.summary)].join("<td>")}`).join("");
  });
</script>
"""
SERVER = """\
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@contextmanager
def plain_page(folder: Path, runs: int) -> Iterator[tuple[str, int]]:
    """Its address, and its server's process id."""
    (folder / "index.html").write_text(PAGE.replace("METRIC", METRIC))
    listed = []
    for number in range(runs):
        params = point(number)
        listed.append(
            {"id": str(number), "name": f"sweep-{number}", "config": params, "summary": result(params, number)}
        )
    (folder / "runs.json").write_text(json.dumps(listed))
    command = [sys.executable, "-c", SERVER, str(folder)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        yield f"http://127.0.0.1:{port}/", process.pid
    finally:
        process.kill()
        process.wait()
