"""Where the pods of ``kubernetes_api`` run: as processes of this machine, or in containers of podman."""

import base64
import json
import os
import re
import subprocess
import threading
from pathlib import Path
from typing import Any, Protocol

Secrets = dict[str, dict[str, Any]]
"""Manifests by name."""


class Work(Protocol):
    """A pod at work."""

    def terminate(self) -> None:
        """Begins its end, and does not wait for it."""

    def wait(self) -> int:
        """Waits for its end; returns its container's exit code."""


class Node(Protocol):
    """What runs pods; what they print is in a file of their name."""

    def start(self, pod: dict[str, Any], secrets: Secrets) -> Work:
        """Starts a pod's only container; all secrets that it refers to are there."""


class Processes:
    """Each pod is a process, which finds the machine's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, pod: dict[str, Any], secrets: Secrets) -> Work:
        (container,) = pod["spec"]["containers"]
        variables = {}
        for variable in container["env"]:
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            values = secrets[reference["name"]]["stringData"] if reference else {}
            told = values[reference["key"]] if reference else expanded(variable["value"], variables)
            variables[variable["name"]] = told
        with (self._folder / f"{pod['metadata']['name']}.log").open("wb") as log:
            return subprocess.Popen(
                [expanded(word, variables) for word in container["command"]],
                env={"PATH": os.environ["PATH"], **variables},
                cwd=container["workingDir"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def expanded(text: str, variables: dict[str, str]) -> str:
    """As Kubernetes reads commands and values: ``$(NAME)`` is a variable, ``$$`` a dollar."""
    return re.sub(r"\$\$|\$\((\w+)\)", lambda found: variables.get(found[1], found[0]) if found[1] else "$", text)


class Containers:
    """Each pod is one of podman, which reads the manifest that Kubernetes has: see ``tests/with_podman``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def start(self, pod: dict[str, Any], secrets: Secrets) -> Work:
        with self._lock:
            for name in secrets.keys() - self._known:
                values = secrets[name]["stringData"].items()
                encoded = {key: base64.b64encode(value.encode()).decode() for key, value in values}
                podman("secret", "create", name, "-", stdin=json.dumps(encoded).encode())
                self._known.add(name)
            podman("kube", "play", "-", stdin=_with_own_empty_folders(pod).encode())
        return Container(pod, self._folder)


class Container:
    """The only one of a pod, but for the one that holds the pod together."""

    def __init__(self, pod: dict[str, Any], folder: Path) -> None:
        self._pod = pod["metadata"]["name"]
        self._name = f"{self._pod}-{pod['spec']['containers'][0]['name']}"
        self._grace = pod["spec"]["terminationGracePeriodSeconds"]
        self._log = folder / f"{self._pod}.log"

    def terminate(self) -> None:
        # As a kubelet does it: first the container, with its time, and then what holds the pod together.
        words = ("stop", "--ignore", f"--time={self._grace}", self._name)
        threading.Thread(target=podman, args=words).start()

    def wait(self) -> int:
        code = int(podman("wait", self._name))
        with self._log.open("wb") as log:
            subprocess.run(["podman", "logs", self._name], stdout=log, stderr=log, check=True)
        podman("pod", "rm", "--force", self._pod)
        return code


def _with_own_empty_folders(pod: dict[str, Any]) -> str:
    """The manifest as JSON. Its emptyDirs get names that no other pod has: podman 4.3 gives one folder to a name."""
    own = json.loads(json.dumps(pod))
    volumes, mounts = own["spec"]["volumes"], own["spec"]["containers"][0]["volumeMounts"]
    empty = {volume["name"] for volume in volumes if "emptyDir" in volume}
    for named in [*volumes, *mounts]:
        if named["name"] in empty:
            named["name"] = f"{pod['metadata']['name']}-{named['name']}"
    return json.dumps(own)


def podman(*words: str, stdin: bytes = b"") -> str:
    """Runs ``podman``, which must succeed; returns what it printed."""
    done = subprocess.run(["podman", *words], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, f"podman {' '.join(words)} ended with {done.returncode}:\n{done.stderr.decode()}"
    return done.stdout.decode()
