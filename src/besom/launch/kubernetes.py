"""Kubernetes: the agents are the pods of an Indexed Job."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

import msgspec

from besom.errors import UsageError
from besom.launch.job import Job, JobState
from besom.launch.merging import merged
from besom.launch.order import Order, read_time
from besom.launch.program import EngineError, Unfinished, run

MISSING = "Install kubectl, and a context for your cluster: https://kubernetes.io/docs/tasks/tools"
GRACE_SECONDS = 120
"""From a pod's SIGTERM to its SIGKILL: time for programs to save and to say so."""
KEPT_SECONDS = 86_400
"""For so long an ended Job can be looked at; then Kubernetes removes it, and the key with it."""
LABEL = "besom/launch"
_STATES: dict[str, JobState] = {"Pending": "waiting", "Running": "running", "Succeeded": "ended", "Failed": "ended"}


class KubernetesJob(msgspec.Struct, kw_only=True, tag="kubernetes"):
    """A created Job and its Secret, both of that name."""

    name: str
    options: list[str] = []
    """Of ``kubectl``, for each call: namespace, context."""

    def look(self) -> list[Job]:
        """Its pods; none of them when Kubernetes has removed it.

        Raises:
            EngineError: the cluster does not answer.
        """
        launch = self.name.removeprefix("besom-")
        said = _kubectl(self.options, "get", "pods", f"--selector={LABEL}={launch}", "--output=json")
        return [_job(pod) for pod in json.loads(said)["items"]]

    def stop(self) -> None:
        """Deletes both: agents and programs get SIGTERM, and SIGKILL after the grace period.

        Raises:
            EngineError: the cluster does not answer, or refuses.
        """
        _kubectl(
            self.options, "delete", f"job/{self.name}", f"secret/{self.name}", "--ignore-not-found", "--wait=false"
        )


def read_deadline(time: str) -> int:
    """Seconds of a ``--time`` as ``read_time`` reads it.

    Raises:
        UsageError: it is something else, or no time at all.
    """
    seconds = read_time(time)
    if seconds is None:
        raise UsageError(
            f"--time is {time!r}, which is no time.",
            "Give minutes, or hours as 4:00:00; without --time the agents work until the sweep ends.",
        )
    return seconds


def job(order: Order, image: str, patch: dict[str, Any] | None = None) -> dict[str, Any]:
    """The manifest of the Job.

    Args:
        order: what is asked for.
        image: holds besom and the program.
        patch: merged into it, as in ``merging``.

    Raises:
        UsageError: the order says by id which GPUs to use, or the patch breaks the manifest.
    """
    gpus = order.gpu_count()
    amounts: dict[str, Any] = {}
    if order.cpus:
        amounts["cpu"] = str(order.cpus)
    if order.memory:
        amounts["memory"] = f"{order.memory}Mi"
    limits = {name: amount for name, amount in amounts.items() if name != "cpu"}
    if gpus:
        limits["nvidia.com/gpu"] = str(gpus)
    container: dict[str, Any] = {
        "name": "agent",
        "image": image,
        "command": [_literal(word) for word in order.command("all" if gpus else None)],
        "env": [
            {"name": "BESOM_LAUNCH", "value": order.id},
            {"name": "BESOM_BASE_URL", "value": _literal(order.url)},
            *(
                {"name": name, "valueFrom": {"secretKeyRef": {"name": _name(order), "key": name}}}
                for name in order.secrets(hidden=True)
            ),
        ],
        "resources": {"requests": amounts, "limits": limits},
    }
    if order.folder:
        container["workingDir"] = order.folder
    # Its pods are deleted then, with the grace period that they have at an eviction, and it gets no other ones.
    deadline = {"activeDeadlineSeconds": order.seconds} if order.seconds else {}
    labels = {"app.kubernetes.io/name": "besom", LABEL: order.id}
    manifest = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": _name(order), "labels": labels, "annotations": {"besom/sweep": order.sweep}},
        "spec": {
            "completionMode": "Indexed",
            "completions": order.agents,
            "parallelism": order.at_once or order.agents,
            "backoffLimit": order.agents,
            **deadline,
            "ttlSecondsAfterFinished": KEPT_SECONDS,
            # A pod that is evicted or preempted is replaced, and counts as no failure.
            "podFailurePolicy": {
                "rules": [
                    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
                ]
            },
            "template": {
                "metadata": {"labels": dict(labels)},  # the same object twice would become an alias in YAML
                "spec": {
                    "restartPolicy": "Never",
                    "shareProcessNamespace": True,  # process 1 is then Kubernetes' own, which takes in orphans
                    "terminationGracePeriodSeconds": GRACE_SECONDS,
                    "containers": [container],
                },
            },
        },
    }
    whole: dict[str, Any] = merged(manifest, patch or {})
    about = whole.get("metadata")
    if whole.get("kind") != "Job" or not isinstance(about, dict) or about.get("name") != _name(order):
        raise UsageError("The patch changes the kind or the name of the Job.", "Leave both out of the file.")
    if "namespace" in about:  # the Secret, status and stop would be in another one
        raise UsageError(
            f"The patch puts the Job into the namespace {about['namespace']!r}, but not what belongs to it.",
            f"Leave it out of the file, and end the command with -- --namespace={about['namespace']}",
        )
    return whole


def secret(order: Order, owner: str, *, hidden: bool = False) -> dict[str, Any]:
    """The manifest of the Secret with key and variables, which Kubernetes removes together with its Job.

    Args:
        order: what is asked for.
        owner: the uid that the Job got.
        hidden: for people's eyes.
    """
    belongs = {"apiVersion": "batch/v1", "kind": "Job", "name": _name(order), "uid": owner}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": _name(order), "labels": {LABEL: order.id}, "ownerReferences": [belongs]},
        "stringData": order.secrets(hidden=hidden),
    }


def preview(order: Order, image: str, options: Sequence[str], patch: dict[str, Any] | None = None) -> str:
    """What ``submit`` would create, as YAML; secrets are hidden."""
    documents = [job(order, image, patch), secret(order, "of the Job", hidden=True)]
    return f"# {shlex.join(_words(options, ['create', '--filename=-']))}\n" + "---\n".join(map(_yaml, documents))


def submit(order: Order, image: str, options: Sequence[str], patch: dict[str, Any] | None = None) -> KubernetesJob:
    """Creates the Job, and then its Secret, for which the pods wait.

    Raises:
        UsageError: the order cannot be put in Kubernetes' words.
        EngineError: there is no kubectl or no cluster, or it refuses.
        Unfinished: the cluster was lost on the way; perhaps there is a Job.
    """
    handle = KubernetesJob(name=_name(order), options=list(options))
    try:
        made = json.loads(_create(options, job(order, image, patch)))
        try:
            _create(options, secret(order, made["metadata"]["uid"]))
        except EngineError as error:
            try:
                handle.stop()
            except EngineError:
                raise Unfinished(error.message) from None
            raise
    except Unfinished as error:
        error.handle = handle
        raise
    return handle


def _literal(text: str) -> str:
    """A text in which Kubernetes puts no variable's value for ``$(NAME)``: a project that is so called would show the
    key."""
    return text.replace("$", "$$")


def _name(order: Order) -> str:
    return f"besom-{order.id}"


def _create(options: Sequence[str], manifest: dict[str, Any]) -> str:
    return _kubectl(options, "create", "--filename=-", "--output=json", stdin=json.dumps(manifest))


def _kubectl(options: Sequence[str], *words: str, stdin: str = "") -> str:
    return run(_words(options, words), missing=MISSING, stdin=stdin)


def _words(options: Sequence[str], words: Sequence[str]) -> list[str]:
    return ["kubectl", *options, *words]


def _job(pod: dict[str, Any]) -> Job:
    status = pod.get("status", {})
    phase = status.get("phase", "Pending")
    reasons = [status.get("reason", ""), *map(_reason, status.get("containerStatuses", []))]
    return Job(
        name=pod["metadata"]["name"],
        state=_STATES.get(phase, "unknown"),
        place=pod.get("spec", {}).get("nodeName", ""),
        detail=" ".join([phase, *(f"({reason})" for reason in reasons if reason)]),
    )


def _reason(container: dict[str, Any]) -> str:
    """Why a container does not run, in Kubernetes' word: ``ImagePullBackOff``, ``OOMKilled, exit code 137``."""
    state = container.get("state", {})
    ended = state.get("terminated", {})
    if code := ended.get("exitCode"):
        return f"{ended.get('reason', 'Error')}, exit code {code}"
    reason: str = state.get("waiting", {}).get("reason", "")
    return reason


def _yaml(document: dict[str, Any]) -> str:
    import io  # slow to load, as is the library

    from ruamel.yaml import YAML

    text = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(document, text)
    return text.getvalue()
