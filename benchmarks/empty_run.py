"""Time from `init()` to the end of `finish()` of a run that logs one value, the library imported before.

    python benchmarks/empty_run.py

besom talks to a server that stores everything; W&B's client is offline and trackio writes a local file, so they do
less. The limit is two requests on one connection to a server that writes each to disk (fsync).
"""

from __future__ import annotations

from harness import Table, installed, median, python, server

ROUNDS = 9
TIMED = """\
import sys, time, {module}
begin = time.perf_counter()
run = {module}.init(project="benchmark")
{module}.log({{"loss": 0.5}})
{finish}
print("seconds", time.perf_counter() - begin)
"""
LIMIT = """\
import http.client, os, tempfile, threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with tempfile.TemporaryFile() as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
begin = time.perf_counter()
connection = http.client.HTTPConnection(*server.server_address)
for _ in range(2):
    connection.request("POST", "/", b'{"loss": 0.5}')
    connection.getresponse().read()
print("seconds", time.perf_counter() - begin)
"""


def measure() -> Table:
    code = {"two requests": LIMIT, "besom": TIMED.format(module="besom", finish="run.finish()")}
    if installed("trackio"):
        code["trackio"] = TIMED.format(module="trackio", finish="trackio.finish()")
    if installed("wandb"):
        code["wandb"] = TIMED.format(module="wandb", finish="run.finish()")
    times: dict[str, list[float]] = {name: [] for name in code}
    with server():
        for round_ in range(ROUNDS + 1):
            for name, text in code.items():
                output = python(text).output
                seconds = float(output.rsplit("seconds", 1)[1])
                if round_:  # the first one warms up
                    times[name].append(seconds * 1000)
    table = Table("Empty run", ["init to finish"], "milliseconds", "at most 120 ms where the limit is 30")
    for name, values in times.items():
        table.add(name, median(values))
    return table


if __name__ == "__main__":
    print(measure())
