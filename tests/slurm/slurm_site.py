"""A Slurm cluster and a besom server, together in a namespace of their own; a user's shared folder."""

import contextlib
import json
import os
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import PATH, Sandbox
from slurm_cluster import PATIENCE, Slurm, configure

from waiting import until

PORT = 7878


@dataclass(frozen=True)
class Site:
    """A cluster as its users know it."""

    sandbox: Sandbox
    slurm: Slurm

    @property
    def folder(self) -> Path:
        return self.sandbox.folder

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def sweep(self, text: str) -> str:
        """``besom sweep``; returns the sweep's path."""
        self.write("sweep.yaml", text)
        created = self.sandbox.run("besom", "sweep", "sweep.yaml")
        path = re.search(r"besom agent (\S+)", created)
        assert path, created
        return path[1]

    def runs(self, path: str) -> list[dict[str, Any]]:
        """The sweep's runs."""
        return self._ask(
            f"[dict(id=run.id, state=run.state, config=run.config, summary=dict(run.summary))"
            f" for run in besom.Api().sweep({path!r}).runs]"
        )

    def column(self, path: str, run_id: str, key: str) -> list[Any]:
        """What a run logged under a key, in order."""
        run = f"{path.rpartition('/')[0]}/{run_id}"
        return self._ask(f"[row[{key!r}] for row in besom.Api().run({run!r}).scan_history(keys=[{key!r}])]")

    def state(self, path: str) -> str:
        """The sweep's state."""
        return self._ask(f"besom.Api().sweep({path!r}).state")

    def until_runs(self, path: str, condition: Callable[[list[dict[str, Any]]], bool], what: str) -> None:
        """Waits until the sweep's runs are as said."""
        until(lambda: condition(self.runs(path)), what, PATIENCE)

    def _ask(self, expression: str) -> Any:
        return json.loads(self.sandbox.run("python", "-c", f"import besom, json\nprint(json.dumps({expression}))"))


@contextlib.contextmanager
def open_site(base: Path, server: Sequence[str], settings: str = "") -> Iterator[Site]:
    """A server and a cluster in a sandbox.

    Args:
        base: an empty folder.
        server: the words that start the server, to which port and folder are added.
        settings: more lines of Slurm's configuration.
    """
    work, cluster = base / "work", base / "cluster"
    for folder in (work, cluster, base / "server", base / "home"):
        folder.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BESOM_", "WANDB_", "SLURM_"))}
    environment = {
        **clean,
        "PATH": PATH,
        "HOME": str(base / "home"),
        "BESOM_HOME": str(base / "home" / ".besom"),
        "BESOM_BASE_URL": f"http://127.0.0.1:{PORT}",
        "SLURM_CONF": str(configure(cluster, settings)),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    with Sandbox(work, environment) as sandbox:
        log = base / "server.log"
        sandbox.start([*server, "--port", str(PORT), "--data", str(base / "server")], log)
        key = base / "server" / "key"
        until(lambda: "http://" in log.read_text(), "the start of the server")
        environment["BESOM_API_KEY"] = key.read_text().strip()
        yield Site(sandbox, Slurm(sandbox))
