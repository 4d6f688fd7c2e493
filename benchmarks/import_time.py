"""CPU time of `import X` in a fresh interpreter, the interpreter's own start taken off; and until `X.init` is there.

    python benchmarks/import_time.py

The limit is what any client of a server imports: Python's own HTTP stack and JSON.
"""

from __future__ import annotations

from harness import Table, clean_home, installed, median, python

ROUNDS = 5
LIMIT = "import http.client, ssl, json"


def measure() -> Table:
    peers = {"trackio": "init", "wandb": "init", "mlflow": "start_run", "swanlab": "init", "aim": "Run"}
    code = {"nothing": ["pass", "pass"], "http.client, ssl, json": [LIMIT, LIMIT]}
    for name, first in {"besom": "init", **{name: peers[name] for name in installed(*peers)}}.items():
        code[name] = [f"import {name}", f"import {name}; {name}.{first}"]
    times: dict[str, list[list[float]]] = {name: [[], []] for name in code}
    with clean_home():
        for _, statement in code.values():
            python(statement)  # compiles, and warms the disk's cache
        for _ in range(ROUNDS):
            for name, statements in code.items():
                for statement, found in zip(statements, times[name], strict=True):
                    found.append(python(statement).cpu * 1000)
    bare = [median(found) for found in times.pop("nothing")]
    table = Table("Import", ["import", "import, and init looked up"], "milliseconds of CPU", "at most 1.5 x the limit")
    for name, columns in times.items():
        table.add(name, *(median(found) - less for found, less in zip(columns, bare, strict=True)))
    return table


if __name__ == "__main__":
    print(measure())
