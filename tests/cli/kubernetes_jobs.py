"""What Kubernetes does with an Indexed Job: which pods it makes, which it replaces, and when the Job is over."""

from typing import Any

INDEX = "batch.kubernetes.io/job-completion-index"
EVICTED = {"type": "DisruptionTarget", "status": "True"}


def begun(job: dict[str, Any]) -> range:
    """The indices of a new Job's first pods."""
    job["status"] = {"succeeded": 0, "failed": 0, "conditions": []}
    return range(job["spec"]["parallelism"])


def new_pod(job: dict[str, Any], index: int, number: int) -> dict[str, Any]:
    """A pod for an index of the Job; ``number`` is unique among all pods."""
    template = job["spec"]["template"]
    about = {"name": f"{job['metadata']['name']}-{index}-{number}", "namespace": "team"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**template["metadata"], **about, "annotations": {INDEX: str(index)}},
        "spec": {**template["spec"], "nodeName": "node1"},
        "status": {"phase": "Pending", "conditions": []},
    }


def end(pod: dict[str, Any], code: int) -> None:
    """Notes the exit code of a pod's only container."""
    (container,) = pod["spec"]["containers"]
    ended = {"exitCode": code, "reason": "Error" if code else "Completed"}
    pod["status"] |= {
        "phase": "Failed" if code else "Succeeded",
        "containerStatuses": [{"name": container["name"], "state": {"terminated": ended}}],
    }


def settle(job: dict[str, Any], pod: dict[str, Any]) -> int | None:
    """Counts a pod that has ended; returns the index that gets a new one, if any does."""
    status, spec = job["status"], job["spec"]
    if is_over(job):
        return None
    if pod["status"]["phase"] == "Succeeded":
        status["succeeded"] += 1
        if status["succeeded"] == spec["completions"]:
            _close(job, "Complete", "CompletionsReached")
        following: int = spec["parallelism"] + status["succeeded"] - 1
        return following if following < spec["completions"] else None
    action = _action(spec["podFailurePolicy"]["rules"], pod)
    if action != "Ignore":
        status["failed"] += 1
    if action == "FailJob":
        _close(job, "Failed", "PodFailurePolicy")
    elif status["failed"] > spec["backoffLimit"]:
        _close(job, "Failed", "BackoffLimitExceeded")
    return None if is_over(job) else int(pod["metadata"]["annotations"][INDEX])


def expire(job: dict[str, Any]) -> None:
    """Its time is over. Its pods are deleted then."""
    assert job["spec"]["activeDeadlineSeconds"] > 0
    _close(job, "Failed", "DeadlineExceeded")


def is_over(job: dict[str, Any]) -> bool:
    """Whether the Job is complete or has failed; it gets no more pods."""
    return bool(job["status"]["conditions"])


def _close(job: dict[str, Any], kind: str, reason: str) -> None:
    job["status"]["conditions"] = [{"type": kind, "status": "True", "reason": reason}]


def _action(rules: list[dict[str, Any]], pod: dict[str, Any]) -> str:
    """What the first rule that fits says of a failed pod."""
    (container,) = pod["status"]["containerStatuses"]
    code = container["state"]["terminated"]["exitCode"]
    for rule in rules:
        if codes := rule.get("onExitCodes"):
            fits = (code in codes["values"]) == (codes["operator"] == "In")
        else:
            fits = any(wanted in pod["status"]["conditions"] for wanted in rule["onPodConditions"])
        if fits:
            return str(rule["action"])
    return "Count"
