"""Time of a run that logs one value, from the first import to the end of `finish()`, and of a second one.

    python benchmarks/empty_run.py

besom talks to a server that stores everything; W&B's client is offline and trackio writes a local file, so they do
less. The limit imports Python's HTTP client and makes two requests to a server that writes each to disk (fsync).
"""

from __future__ import annotations

from harness import Table, fsync_server, installed, median, python, server

ROUNDS = 9
TIMED = """\
import time
begin = time.perf_counter()
import {module}
for _ in range(2):
    run = {module}.init(project="benchmark")
    {module}.log({{"loss": 0.5}})
    {finish}
    print("seconds", time.perf_counter() - begin)
    begin = time.perf_counter()
"""
LIMIT = """\
import sys, time
begin = time.perf_counter()
import http.client
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for _ in range(2):
    for _ in range(2):
        connection.request("POST", "/", b'{"loss": 0.5}')
        connection.getresponse().read()
    print("seconds", time.perf_counter() - begin)
    begin = time.perf_counter()
"""


def measure() -> Table:
    code = {"two requests": LIMIT, "besom": TIMED.format(module="besom", finish="run.finish()")}
    if installed("trackio"):
        code["trackio"] = TIMED.format(module="trackio", finish="trackio.finish()")
    if installed("wandb"):
        code["wandb"] = TIMED.format(module="wandb", finish="run.finish()")
    times: dict[str, list[list[float]]] = {name: [[], []] for name in code}
    with server() as home, fsync_server(home / "limit") as port:
        for round_ in range(ROUNDS + 1):
            for name, text in code.items():
                seconds = [float(piece.split()[0]) for piece in python(text, port).output.split("seconds ")[1:]]
                if round_:  # the first one warms up
                    for found, one in zip(times[name], seconds, strict=True):
                        found.append(one * 1000)
    goal = "at most 4 x the limit for the first"
    table = Table("Empty run", ["first run, with imports", "second run"], "milliseconds", goal)
    for name, columns in times.items():
        table.add(name, *(median(values) for values in columns))
    return table


if __name__ == "__main__":
    print(measure())
