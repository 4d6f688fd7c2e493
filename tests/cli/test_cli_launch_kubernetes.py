"""`besom launch kubernetes`, with the real kubectl and an API server of the tests."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes_api import Kubernetes, missing
from kubernetes_nodes import Processes
from launch_contract import Contract, until


@pytest.fixture
def kubernetes(tmp_path: Path) -> Iterator[Kubernetes]:
    if reason := missing():
        pytest.skip(reason)
    cluster = Kubernetes(tmp_path, Processes(tmp_path))
    yield cluster
    cluster.close()


@pytest.mark.timeout(400)  # waits for conditions of its own, each with its patience
def test_agents_are_pods_of_a_job_that_are_replaced_when_they_are_evicted(launcher, kubernetes, tmp_path):
    file = launcher.user.write("more.yaml", "spec:\n  template:\n    spec:\n      nodeSelector: {pool: spare}\n")
    variables = [f"--env={name}={launcher.user.environment[name]}" for name in ("HOME", "BESOM_HOME")]
    command = f"{Path(sys.executable).with_name('besom')}"
    options = ["--image=registry.example/train:1", "--agents=2", f"--patch={file}", f"--besom={command}"]
    place = [f"--folder={launcher.user.folder}", f"--server={launcher.server.url}", *variables]
    extra = [f"--kubeconfig={kubernetes.kubeconfig()}", "--namespace=team"]
    contract = Contract(launcher, ["kubernetes"], [*options, *place], extra)
    contract.shows_what_it_would_do_and_no_secret()
    launch = contract.launched()["id"]
    pods = kubernetes.objects["pods"]
    kubernetes.evict(next(iter(pods)))
    until(lambda: any(pod["status"]["phase"] == "Failed" for pod in list(pods.values())), "the end of the evicted pod")
    contract.works()
    assert re.search(r"ended .*Failed \(Error, exit code 143\)", launcher.says("launch", "status", launch))
    here, away = kubernetes.kubeconfig(), tmp_path / "away"
    here.rename(away)  # the cluster cannot be asked
    lost = contract.status(launch)
    assert (lost["jobs"], bool(lost["agents"])) == (None, True)
    assert "kubectl failed" in lost["detail"]
    assert f"{launch}-" in launcher.says("launch", "status", launch), "the server knows them still"
    away.rename(here)
    contract.can_be_stopped_at_work(launch)
    assert not kubernetes.objects["jobs"]
    assert not kubernetes.objects["secrets"]

    job, secret = kubernetes.asked
    assert job["spec"]["template"]["spec"]["nodeSelector"] == {"pool": "spare"}
    values = secret["stringData"]
    assert set(values) == {"HOME", "BESOM_HOME", "BESOM_API_KEY"}
    assert len(values["BESOM_API_KEY"]) >= 40
    variables = job["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {variable["name"] for variable in variables if "value" in variable} == {"BESOM_LAUNCH", "BESOM_BASE_URL"}
    assert secret["metadata"]["ownerReferences"][0]["uid"].startswith("uid-"), "removed with its Job"

    # A cluster that is lost between Job and Secret: the key ends at once, and the launch is known for as long as one
    # has hope.
    kubernetes.is_lost_after_jobs = True
    unfinished = launcher.user.besom(*contract.command())
    assert unfinished.code == 1
    lost = re.search("besom launch stop ([0-9a-f]+)", unfinished.err)[1]
    assert not contract.keys_of_launches()
    assert "kubectl failed" in contract.status(lost)["detail"]
    assert f"besom launch stop {lost} --forget" in launcher.user.besom("launch", "stop", lost).err
    launcher.says("launch", "stop", lost, "--forget")
    contract.left_nothing()

    # A cluster that cannot be reached: nothing is left of the launch, nor its key.
    contract.extra = ["--kubeconfig=/dev/null", "--server=http://127.0.0.1:1"]
    refused = launcher.user.besom(*contract.command())
    assert refused.code == 1
    assert "kubectl failed with exit code 1" in refused.err
    assert "127.0.0.1:1" in refused.err
    contract.left_nothing()
