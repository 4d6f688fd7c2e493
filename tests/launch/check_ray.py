"""`besom launch ray` on a real cluster of two nodes. Ray is large: `make launch-checks`."""

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("", "cli", "slurm")]
from launch_contract import FIVE, ONE_RUN_EACH, SWEEP, Contract  # noqa: E402
from sandbox import PATH, Sandbox, missing  # noqa: E402

from waiting import until  # noqa: E402

EXAMPLE = Path(__file__).parents[2] / "examples/ray/tune.py"
PORT = 7878
# Nodes need addresses of their own: Ray replaces 127.0.0.1 by the machine's outer one.
HEAD, WORKER = "127.0.0.2", "127.0.0.3"
SETTINGS = {
    "RAY_AUTH_MODE": "disabled",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "10",
    "RAY_ADDRESS": f"http://{HEAD}:8265",
    # On a busy machine its daemons, most of them Python, take minutes.
    "RAY_gcs_server_port_wait_time_s": "300",
    "RAY_DASHBOARD_STARTUP_TIMEOUT_S": "300",
    "RAY_agent_register_timeout_ms": "300000",
}
# Each node has places for two agents.
NODE = ["--num-cpus=2", "--num-gpus=1", '--resources={"slot": 2}', "--object-store-memory=100000000"]
# How many nodes there are.
LIVING = f"""
import json, urllib.request
try:
    with urllib.request.urlopen("http://{HEAD}:8265/nodes?view=summary", timeout=30) as answer:
        nodes = json.load(answer)["data"]["summary"]
except OSError:
    nodes = []
print(sum(node["raylet"].get("state") == "ALIVE" for node in nodes))
"""


@dataclass(frozen=True)
class Site:
    """A cluster and a server; somebody who works there."""

    sandbox: Sandbox

    def write(self, name: str, text: str) -> None:
        (self.sandbox.folder / name).write_text(text)

    def says(self, *words: str) -> str:
        return self.sandbox.run("besom", *words)

    def ask(self, expression: str) -> object:
        return json.loads(self.sandbox.run("python", "-c", f"import besom, json\nprint(json.dumps({expression}))"))

    def runs(self, path: str) -> list[str]:
        return self.ask(f"[run.state for run in besom.Api().sweep({path!r}).runs]")

    def keys(self) -> dict[str, str | None]:
        return {key["name"]: key.get("sweep_id") for key in json.loads(self.says("key", "list", "--json"))}

    def processes(self, pattern: str) -> list[int]:
        """The ids, inside, of processes whose command line holds the pattern."""
        listing = self.sandbox.run("ps", "-eo", "pid=,args=")
        return [int(line.split()[0]) for line in listing.splitlines() if re.search(pattern, line)]

    def agents(self) -> list[int]:
        """The ids of the agents' processes."""
        return self.processes(r"bin/besom agent ")

    def gpus_of_programs(self) -> list[str]:
        """Which GPUs each program of a run is given."""
        texts = [self.sandbox.run("cat", f"/proc/{number}/environ") for number in self.processes(r" train\.py ")]
        return re.findall(r"\0CUDA_VISIBLE_DEVICES=([^\0]*)", "\0".join(["", *texts]))

    def grandparent(self, process: int) -> int:
        """Of an agent, the raylet of its actor."""
        parents = self.sandbox.run("ps", "-eo", "pid=,ppid=").split()
        parent = dict(zip(map(int, parents[::2]), map(int, parents[1::2]), strict=True))
        return parent[parent[process]]


def start_node(sandbox: Sandbox, number: int, *options: str) -> None:
    """Starts the cluster's first node, or its second, and waits for it. `ray start` itself gives up after 30 s, which
    on a busy machine is too soon."""
    sandbox.start(["ray", "start", *options, *NODE], sandbox.folder.parent / f"node{number}.log")
    until(lambda: int(sandbox.run("python", "-c", LIVING)) == number, f"node {number} of Ray", 300)


def start_worker(sandbox: Sandbox) -> None:
    start_node(sandbox, 2, f"--address={HEAD}:26379", f"--node-ip-address={WORKER}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if reason := missing("ray"):
        pytest.fail(reason)
    base = tmp_path_factory.mktemp("ray")
    for name in ("work", "server", "home"):
        (base / name).mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BESOM_", "WANDB_", "RAY_"))}
    environment = {
        **clean,
        **SETTINGS,
        "PATH": PATH,
        "HOME": str(base / "home"),
        "BESOM_HOME": str(base / "home" / ".besom"),
        "BESOM_BASE_URL": f"http://127.0.0.1:{PORT}",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    with Sandbox(base / "work", environment) as sandbox:
        log = base / "server.log"
        server = ["python", "-m", "besom.server", "--port", str(PORT), "--data", str(base / "server")]
        sandbox.start(server, log)
        until(lambda: "http://" in log.read_text(), "the start of the server")
        environment["BESOM_API_KEY"] = (base / "server" / "key").read_text().strip()
        where = [f"--node-ip-address={HEAD}", "--port=26379", f"--dashboard-host={HEAD}", f"--temp-dir={base}/ray"]
        start_node(sandbox, 1, "--head", *where)
        start_worker(sandbox)
        # A cluster's first job waits for daemons that start behind its back, on a busy machine longer than besom does.
        sandbox.run("ray", "job", "submit", "--", "true")
        yield Site(sandbox)


def contract(site: Site, places: int, *more: str, sweep: str = SWEEP) -> Contract:
    """Two agents, each of which takes so many of the two places of a node; with ``more`` options."""
    (site.sandbox.folder / "enough").unlink(missing_ok=True)
    options = ["--agents=2", f"--resource=slot={places}", f"--server=http://127.0.0.1:{PORT}", *more]
    return Contract(site, ["ray"], [*options, f"--folder={site.sandbox.folder}"], [], sweep=sweep)


@pytest.mark.timeout(1800)
def test_it_keeps_what_a_launch_promises(site):
    asked = contract(site, 2, "--gpus=1", "--cpus=1", "--memory=100M", "--agents=3")
    asked.shows_what_it_would_do_and_no_secret()
    stopped = asked.launched()["id"]
    asked.can_be_stopped_at_work(stopped)
    said = site.sandbox.run("ray", "job", "logs", f"besom-{stopped}")
    assert "no agent is left" in said, "neither at work nor waiting for room; the job was not killed"
    launch = asked.launched()
    assert site.gpus_of_programs() == ["0", "0"], "each has the only one of its node"
    job = site.sandbox.run("ray", "job", "list")
    assert f"besom-{launch['id']}" in job
    asked.ends_with_the_sweep(launch["id"])


@pytest.mark.timeout(1800)
def test_agents_lie_on_both_nodes_and_what_a_lost_node_did_goes_on_elsewhere(site):
    asked = contract(site, 1)
    launch = asked.launched()
    raylets, agents = site.processes(rf"raylet/raylet .*--node_ip_address={WORKER}"), site.agents()
    of_lost = [agent for agent in agents if site.grandparent(agent) in raylets]
    assert (len(agents), len(of_lost)) == (2, 1), "one on each node"
    site.sandbox.run("kill", "-9", *map(str, raylets))
    until(lambda: set(site.agents()) - set(agents), "a new agent", 300)
    until(lambda: site.runs(asked.path) == ["running"] * 2, "both runs at work", 300)
    assert not set(of_lost) & set(site.agents())
    asked.ends_with_the_sweep(launch["id"])
    start_worker(site.sandbox)


@pytest.mark.timeout(1800)
def test_agents_that_make_one_run_each_take_turns_and_leave_the_rest_of_the_sweep(site):
    contract(site, 1, *ONE_RUN_EACH, sweep=FIVE).makes_one_run_per_job()


@pytest.mark.timeout(1800)
def test_tasks_of_a_ray_program_are_agents_that_record_each_run(site):
    said = site.sandbox.run("python", EXAMPLE, RAY_ADDRESS=f"{HEAD}:26379")
    assert "Best: " in said
    sweeps = "besom.Api().project('ray').sweeps()"
    (states,) = site.ask(f"[[(run.state, run.summary['accuracy'] > 0.5) for run in sweep.runs] for sweep in {sweeps}]")
    assert states == [["finished", True]] * 8
