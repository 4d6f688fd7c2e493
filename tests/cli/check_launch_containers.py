"""`besom launch kubernetes` with the real kubectl, and each pod in containers of podman, which reads the manifest that
was submitted. Containers need root and minutes: `make launch-checks`."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import container_image
import pytest
from container_image import USER
from kubernetes_api import Kubernetes, missing
from kubernetes_nodes import Containers, podman
from launch_contract import PROGRAM, SWEEP, Contract, until

import besom
from server_process import ServerProcess

MEMORY = 400 * 1024**2
# What the strictest of Kubernetes' profiles asks of containers (Pod Security, "restricted"), and nothing to write on.
RESTRICTED = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
# Saves after each epoch on a volume that outlives the pod, and says in which container it is.
TRAIN = """
import os, signal, sys, time
from pathlib import Path
import besom
leaving = []
signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
own, saved = Path("/tmp/container"), Path("/data", os.environ["BESOM_RUN_ID"])
if not own.exists():
    own.write_text(str(time.time_ns() % 10**9))
memory = [Path("/sys/fs/cgroup", name) for name in ("memory.max", "memory/memory.limit_in_bytes")]
with besom.init() as run:
    run.summary["user"] = os.getuid()
    run.summary["rights"] = int(Path("/proc/self/status").read_text().partition("CapEff:")[2].split()[0], 16)
    run.summary["read_only"] = bool(os.statvfs("/").f_flag & os.ST_RDONLY)
    run.summary["memory"] = int(next(file for file in memory if file.exists()).read_text())
    run.summary["first"] = Path("/proc/1/comm").read_text().strip()
    epoch = int(saved.read_text()) if run.resumed else 0
    while not (leaving or Path("enough").exists()):
        run.log({"epoch": epoch, "container": int(own.read_text())})
        epoch += 1
        saved.write_text(str(epoch))
        time.sleep(0.1)
    if leaving:
        run.mark_preempting()
        sys.exit(1)
"""
INSIDE = {"user": USER, "rights": 0, "read_only": True, "memory": MEMORY, "first": "catatonit"}
ONE = SWEEP.replace("[1, 2]", "[1]") + "retry: {max: 1, on: [crashed]}\n"
FAILING = "import besom\nwith besom.init():\n    raise SystemExit(3)\n"
NINE = SWEEP.replace("[1, 2]", "[1, 2, 3, 4, 5, 6, 7, 8, 9]")


@dataclass(frozen=True)
class Site:
    """Someone with a cluster, in whose pods ``/work`` is their folder."""

    launcher: Any
    cluster: Kubernetes

    def contract(self, *options: str, program: str = PROGRAM, sweep: str = SWEEP) -> Contract:
        extra = [f"--kubeconfig={self.cluster.kubeconfig()}", "--namespace=team"]
        return Contract(self.launcher, ["kubernetes"], self.options(*options), extra, program, sweep)

    def options(self, *more: str, **specification: Any) -> list[str]:
        """Of ``besom launch kubernetes``; ``specification`` is laid over the Job's."""
        volumes, mounts = container_image.mounts()
        own = {"work": {"hostPath": {"path": str(self.launcher.user.folder)}}, "tmp": {"emptyDir": {}}}
        own["data"] = {"persistentVolumeClaim": {"claimName": "data"}}
        pod = {
            "hostNetwork": True,  # the server is on loopback, which is that of this check alone
            "volumes": [*volumes, *({"name": name, **volume} for name, volume in own.items())],
            "containers": [
                {
                    "name": "agent",
                    "securityContext": RESTRICTED,
                    "volumeMounts": [*mounts, *({"name": name, "mountPath": f"/{name}"} for name in own)],
                }
            ],
        }
        patch = {"spec": {"template": {"spec": pod}, **specification}}
        file = self.launcher.user.write("patch.yaml", json.dumps(patch))
        place = ["--folder=/work", f"--server={self.launcher.server.url}", f"--memory={MEMORY // 1024**2}M"]
        image = [f"--image={container_image.NAME}", f"--patch={file}"]
        return [*image, *place, *more]

    def job(self, launch: str) -> dict[str, Any]:
        return self.cluster.objects["jobs"][f"besom-{launch}"]

    def pods(self, launch: str) -> dict[str, dict[str, Any]]:
        """Of all that there were, by name."""
        pods = self.cluster.objects["pods"]
        return {name: pods[name] for name in list(pods) if name.startswith(f"besom-{launch}-")}

    def codes(self, launch: str) -> list[int]:
        """With which exit codes its pods ended."""
        statuses = [pod["status"].get("containerStatuses", []) for pod in self.pods(launch).values()]
        return sorted(one["state"]["terminated"]["exitCode"] for status in statuses for one in status)

    def until_over(self, launch: str, kind: str, reason: str) -> None:
        """Waits for the end of a Job, which must have this kind and reason."""
        conditions = until(lambda: self.job(launch)["status"]["conditions"], "the end of the Job")
        assert conditions == [{"type": kind, "status": "True", "reason": reason}]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose server soon knows that an agent is lost."""
    folder = tmp_path_factory.mktemp("cli") / "besom-home"
    server = ServerProcess(folder, "--embedded", str(folder), "--lease", "15")
    yield folder
    server.stop()


@pytest.fixture
def site(launcher: Any, tmp_path: Path) -> Iterator[Site]:
    if os.environ.get("CONTAINERS_CONF") != "/run/containers.conf":
        pytest.fail("Podman's containers would be this machine's: run this with tests/with_podman.")
    if reason := missing():
        pytest.fail(reason)
    container_image.load()
    os.chown(launcher.user.folder, USER, USER)
    cluster = Kubernetes(tmp_path, Containers(tmp_path))
    yield Site(launcher, cluster)
    cluster.close()


@pytest.mark.timeout(600)
def test_agents_in_containers_do_what_a_launch_promises(site):
    contract = site.contract("--agents=2", "--time=1:00:00")
    contract.shows_what_it_would_do_and_no_secret()
    contract.can_be_stopped_at_work(contract.launched()["id"])
    assert podman("ps", "--all", "--quiet") == "", "no container is left"
    timed = contract.launched()["id"]
    site.cluster.expire(f"besom-{timed}")
    until(lambda: not site.pods(timed), "the end of the pods")
    site.until_over(timed, "Failed", "DeadlineExceeded")
    assert contract.person.runs(contract.path) == ["preempted"] * 2, "they had their grace period"
    contract.stops(timed)
    again = contract.launched()["id"]  # both runs go on
    contract.person.write("enough", "")
    site.until_over(again, "Complete", "CompletionsReached")
    assert site.codes(again) == [0, 0]
    contract.ends_with_the_sweep(again)


@pytest.mark.timeout(600)
def test_the_run_of_an_evicted_pod_goes_on_in_another_container_from_its_checkpoint_and_nothing_runs_twice(site):
    contract = site.contract("--agents=2", program=TRAIN)
    launch = contract.launched()["id"]
    until(lambda: [run.summary.get("epoch", 0) > 2 for run in runs(contract)] == [True] * 2, "epochs of both")
    site.cluster.evict(next(iter(site.pods(launch))))
    until(lambda: site.codes(launch), "the end of the evicted pod")
    until(lambda: sorted(len(containers(run)) for run in runs(contract)) == [1, 2], "the replacement")
    contract.person.write("enough", "")
    site.until_over(launch, "Complete", "CompletionsReached")
    assert site.codes(launch) == [0, 0, 143]
    assert site.job(launch)["status"]["failed"] == 0, "an eviction is no failure"

    found = runs(contract)
    assert sorted((run.config["x"], run.state) for run in found) == [(1, "finished"), (2, "finished")]
    for run in found:
        epochs = column(run, "epoch")
        assert epochs == list(range(len(epochs))), "each once, none missing"
        assert {name: run.summary[name] for name in INSIDE} == INSIDE
    assert sorted(len(containers(run)) for run in found) == [1, 2], "one after the other"
    contract.stops(launch)


@pytest.mark.timeout(600)
def test_what_a_killed_pod_could_not_send_is_sent_from_its_volume_by_the_next_one(site, home):
    contract = site.contract("--agents=1", program=TRAIN, sweep=ONE)
    launch = contract.begun()["id"]
    until(lambda: [run.summary.get("epoch", 0) > 2 for run in runs(contract)] == [True], "epochs")
    (spool,) = site.launcher.user.folder.glob("besom/run-*/spool.jsonl")
    server = json.loads((home / "server.json").read_text())["pid"]
    os.kill(server, signal.SIGSTOP)
    unheard = epochs_in(spool) + 20
    until(lambda: epochs_in(spool) > unheard, "more epochs")
    podman("pod", "kill", "--signal=KILL", next(iter(site.pods(launch))))
    os.kill(server, signal.SIGCONT)
    until(lambda: [run.state for run in runs(contract)] == ["crashed", "running"], "the next try")
    first, second = runs(contract)
    logged = epochs_in(spool)
    until(lambda: column(first, "epoch") == list(range(logged)), "all values of the lost one")
    until(lambda: column(second, "epoch"), "the first value of the next")
    contract.person.write("enough", "")
    site.until_over(launch, "Complete", "CompletionsReached")
    assert site.codes(launch) == [0, 137]
    assert site.job(launch)["status"]["failed"] == 1
    assert column(first, "epoch") == list(range(logged)), "each once"
    # What was sent late had brought it back for the length of a lease.
    until(lambda: [run.state for run in runs(contract)] == ["crashed", "finished"], "the end of both")
    contract.stops(launch)


@pytest.mark.timeout(600)
def test_exit_codes_of_agents_reach_the_rules_of_the_job(site):
    limits = ["--env=BESOM_AGENT_MAX_INITIAL_FAILURES=2", "--env=BESOM_AGENT_DISABLE_FLAPPING=true"]
    contract = site.contract("--agents=1", *limits, program=FAILING, sweep=NINE)
    launch = contract.begun()["id"]
    site.until_over(launch, "Failed", "BackoffLimitExceeded")
    assert site.codes(launch) == [1, 1], "replaced once, as often as there are agents"
    assert "Failed (Error, exit code 1)" in contract.person.says("launch", "status", launch)
    contract.stops(launch)

    rule = {"action": "FailJob", "onExitCodes": {"containerName": "agent", "operator": "In", "values": [1]}}
    contract.options = site.options("--agents=1", *limits, podFailurePolicy={"rules": [rule]})
    launch = contract.begun()["id"]
    site.until_over(launch, "Failed", "PodFailurePolicy")
    assert site.codes(launch) == [1]
    contract.stops(launch)

    contract.person.write("train.py", "import besom\nbesom.init().finish()\n")
    contract.options = site.options("--agents=2", "--at-once=1", "--one-run-per-job")
    launch = contract.begun()["id"]
    site.until_over(launch, "Complete", "CompletionsReached")
    assert site.codes(launch) == [0, 0], "one after the other"
    contract.stops(launch)

    tried = runs(contract)
    assert [run.state for run in tried] == ["failed"] * 6 + ["finished"] * 2
    assert len({run.config["x"] for run in tried}) == 8, "no point twice"


def epochs_in(spool: Path) -> int:
    return spool.read_text().count('"epoch"')


def runs(contract: Contract) -> list[Any]:
    return list(besom.Api().sweep(contract.path).runs)


def column(run: Any, key: str) -> list[int]:
    """What a run logged under a key, in order."""
    return [row[key] for row in run.scan_history(keys=[key])]


def containers(run: Any) -> list[int]:
    """In which containers it was, one after the other."""
    return [container for container, _ in groupby(column(run, "container"))]
