"""As much of Kubernetes as `besom launch` uses: an API server for kubectl, with Jobs and with a node for their pods."""

import json
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import kubernetes_jobs
from kubernetes_nodes import Node, Work

GROUPS = {"secrets": "api/v1", "pods": "api/v1", "jobs": "apis/batch/v1"}
KINDS = {"secrets": "Secret", "pods": "Pod", "jobs": "Job"}
FIRST_KUBECTL = (1, 27)
"""That leaves checks to the server; those before want schemas in a form that only real servers have."""
PATH = re.compile(r"/(?:api|apis/batch)/v1/namespaces/(\w+)/(\w+)(?:/([\w-]+))?")


def missing() -> str | None:
    """Why there is no kubectl that can be used here, as a sentence; None if there is."""
    if shutil.which("kubectl") is None:
        return "kubectl not found: https://kubernetes.io/docs/tasks/tools"
    words = ["kubectl", "version", "--client", "--output=json"]
    told = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)["clientVersion"]
    version = int(told["major"]), int(re.match(r"\d+", told["minor"])[0])
    return f"kubectl is {version}, and {FIRST_KUBECTL} is needed." if version < FIRST_KUBECTL else None


class Kubernetes:
    """Its objects by kind and name, in the one namespace ``team``."""

    def __init__(self, folder: Path, node: Node) -> None:
        """kubectl's file comes into ``folder``; ``node`` runs all pods."""
        self.folder = folder
        self.objects: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.asked: list[dict[str, Any]] = []
        self.is_lost_after_jobs = False
        self._node = node
        self._work: dict[str, Work] = {}
        self._deleted: set[str] = set()
        self._lives: list[threading.Thread] = []
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._numbers = count(1)
        handler = type("Handler", (_Handler,), {"kubernetes": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def kubeconfig(self) -> Path:
        """Writes the file by which kubectl gets here."""
        server = {"name": "here", "cluster": {"server": f"http://127.0.0.1:{self._http.server_port}"}}
        context = {"name": "here", "context": {"cluster": "here", "user": "me"}}
        users = [{"name": "me", "user": {}}]
        whole = {"clusters": [server], "contexts": [context], "users": users, "current-context": "here"}
        file = self.folder / "kubeconfig"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **whole}))
        return file

    def close(self) -> None:
        """Ends what still runs."""
        for job in list(self.objects["jobs"]):
            self.delete("jobs", job)
        for life in self._lives:
            life.join(60)
        self._http.shutdown()
        self._http.server_close()

    def create(self, kind: str, thing: dict[str, Any]) -> dict[str, Any]:
        """Stores an object as a client sent it."""
        with self._lock:
            self.asked.append(json.loads(json.dumps(thing)))
            thing["metadata"] |= {"namespace": "team", "uid": f"uid-{next(self._numbers)}"}
            self.objects[kind][thing["metadata"]["name"]] = thing
            self._changed.notify_all()
            for index in kubernetes_jobs.begun(thing) if kind == "jobs" else ():
                self._start(thing, index)
        return thing

    def delete(self, kind: str, name: str) -> dict[str, Any] | None:
        """Takes an object away; the pods of a Job go when they have ended."""
        with self._lock:
            gone = self.objects[kind].pop(name, None)
            if kind == "jobs":
                self._end_pods(name)
            self._changed.notify_all()
        return gone

    def evict(self, pod: str) -> None:
        """A node is needed for something else."""
        with self._lock:
            self.objects["pods"][pod]["status"]["conditions"].append(kubernetes_jobs.EVICTED)
            self._work[pod].terminate()

    def expire(self, job: str) -> None:
        """A Job has had its time."""
        with self._lock:
            kubernetes_jobs.expire(self.objects["jobs"][job])
            self._end_pods(job)

    def _start(self, job: dict[str, Any], index: int) -> None:
        pod = kubernetes_jobs.new_pod(job, index, next(self._numbers))
        self.objects["pods"][pod["metadata"]["name"]] = pod
        life = threading.Thread(target=self._live, args=(job, pod), daemon=True)
        self._lives.append(life)
        life.start()

    def _live(self, job: dict[str, Any], pod: dict[str, Any]) -> None:
        name, (container,) = pod["metadata"]["name"], pod["spec"]["containers"]
        references = [variable.get("valueFrom", {}).get("secretKeyRef") for variable in container["env"]]
        wanted = {reference["name"] for reference in references if reference}
        with self._changed:
            while self._exists(job) and not wanted <= self.objects["secrets"].keys():
                self._changed.wait()  # a pod waits for its secrets
            if not self._exists(job):
                del self.objects["pods"][name]
                return
            secrets = {secret: self.objects["secrets"][secret] for secret in wanted}
        work = self._node.start(pod, secrets)
        with self._lock:
            self._work[name] = work
            pod["status"]["phase"] = "Running"
            if not self._exists(job) or kubernetes_jobs.is_over(job):
                self._delete_pod(name)
        code = work.wait()
        with self._lock:
            del self._work[name]
            kubernetes_jobs.end(pod, code)
            if name in self._deleted:
                del self.objects["pods"][name]
                return
            following = kubernetes_jobs.settle(job, pod)
            if following is not None:
                self._start(job, following)
            elif kubernetes_jobs.is_over(job):
                self._end_pods(job["metadata"]["name"])

    def _exists(self, job: dict[str, Any]) -> bool:
        return self.objects["jobs"].get(job["metadata"]["name"]) is job

    def _end_pods(self, job: str) -> None:
        for pod in self._work:
            if pod.startswith(f"{job}-"):
                self._delete_pod(pod)

    def _delete_pod(self, pod: str) -> None:
        """It gets SIGTERM once, and goes when it has ended."""
        if pod not in self._deleted:
            self._deleted.add(pod)
            self._work[pod].terminate()


class _Handler(BaseHTTPRequestHandler):
    kubernetes: Kubernetes
    protocol_version = "HTTP/1.1"

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        if is_lost := self.kubernetes.is_lost_after_jobs and bool(self.kubernetes.objects["jobs"]):
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self._answer(503, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 503})
        return not is_lost

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if found := PATH.fullmatch(address.path):
            self._answer(*self._list(found[2], parse_qs(address.query).get("labelSelector", [""])[0]))
        else:
            self._answer(*_about(address.path))

    def do_POST(self) -> None:
        found = PATH.fullmatch(urlsplit(self.path).path)
        assert found
        thing = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(201, self.kubernetes.create(found[2], thing))

    def do_DELETE(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        found = PATH.fullmatch(urlsplit(self.path).path)
        assert found
        gone = self.kubernetes.delete(found[2], found[3])
        missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
        self._answer(*((200, gone) if gone else (404, missing)))

    def log_message(self, *_: Any) -> None:
        pass

    def _list(self, kind: str, selector: str) -> tuple[int, dict[str, Any]]:
        name, _, value = selector.partition("=")
        things = list(self.kubernetes.objects[kind].values())
        chosen = [thing for thing in things if not name or thing["metadata"]["labels"].get(name) == value]
        return 200, {"kind": f"{KINDS[kind]}List", "apiVersion": "v1", "metadata": {}, "items": chosen}

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _about(path: str) -> tuple[int, dict[str, Any]]:
    """What kubectl asks before it does anything: which kinds there are, and who checks them (the server)."""
    if path == "/api":
        return 200, {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        version = {"groupVersion": "batch/v1", "version": "v1"}
        group = {"name": "batch", "versions": [version], "preferredVersion": version}
        return 200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]}
    if path == "/openapi/v3":
        groups = {group: {"serverRelativeURL": f"/openapi/v3/{group}"} for group in set(GROUPS.values())}
        return 200, {"paths": groups}
    group = path.removeprefix("/openapi/v3").lstrip("/")
    kinds = [kind for kind, of in GROUPS.items() if of == group]
    if not kinds:
        return 404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
    if path.startswith("/openapi"):
        name, version = ("batch", "v1") if "batch" in group else ("", "v1")
        checks = [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}]
        patches = {
            f"/{group}/namespaces/{{namespace}}/{kind}/{{name}}": {
                "patch": {
                    "parameters": checks,
                    "responses": {},
                    "x-kubernetes-group-version-kind": {"group": name, "version": version, "kind": KINDS[kind]},
                }
            }
            for kind in kinds
        }
        return 200, {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "1"}, "paths": patches}
    verbs = ["create", "delete", "get", "list"]
    resources = [
        {"name": kind, "singularName": "", "namespaced": True, "kind": KINDS[kind], "verbs": verbs} for kind in kinds
    ]
    return 200, {"kind": "APIResourceList", "groupVersion": group.partition("/")[2], "resources": resources}
