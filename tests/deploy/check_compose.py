"""deploy/compose.yaml brought up by podman-compose, with the image that deploy/Dockerfile makes, and stand-ins for
PostgreSQL's and nginx's with this machine's programs (``images``). It needs root and minutes: `make launch-checks`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from waiting import until

PROJECT = Path(__file__).parents[2]
KEY = "k" * 40
USER = 10001
LARGE = os.urandom(3 << 20)


class Compose:
    """The command in a folder that is like deploy/, with all that its owner puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(PROJECT / "deploy", folder, dirs_exist_ok=True)
        (folder / ".env").write_text("POSTGRES_PASSWORD=it's-a-secret\n")
        key = folder / "key"
        key.write_text(f"{KEY}\n")
        key.chmod(0o400)
        os.chown(key, USER, USER)
        request = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=besom.example -keyout besom.key"
        names = "-addext subjectAltName=DNS:besom.example -out besom.pem"
        subprocess.run(f"{request} {names}".split(), cwd=folder, check=True, capture_output=True)
        # The images have nothing but links into this machine's /usr.
        services = {name: {"volumes": ["/usr:/usr:ro"]} for name in ("postgres", "besom-1", "besom-2", "nginx")}
        (folder / "machine.yaml").write_text(json.dumps({"services": services}))

    def __call__(self, *words: str) -> str:
        """Runs it; returns what it printed."""
        command = [PROJECT / ".venv/launch/bin/podman-compose", "-f", "compose.yaml", "-f", "machine.yaml", *words]
        return ran(*command, cwd=self.folder)


def ran(*words: str | Path, cwd: Path | None = None) -> str:
    """Runs a command, which must succeed; returns what it printed."""
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


@pytest.fixture
def compose(tmp_path: Path) -> Iterator[Compose]:
    if os.environ.get("CONTAINERS_CONF") != "/run/containers.conf":
        pytest.fail("Podman's containers would be this machine's: run this with tests/with_podman.")
    found = Compose(tmp_path)
    found("up", "--detach", "--no-build")
    yield found
    print(found("logs"))
    found("down", "--volumes", "--timeout=0")


class Named(httpx.HTTPTransport):
    """Reaches this machine as besom.example."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = "besom.example"
        return super().handle_request(request)


@pytest.fixture
def client(compose: Compose) -> Iterator[httpx.Client]:
    trusted = ssl.create_default_context(cafile=compose.folder / "besom.pem")
    headers = {"Authorization": f"Bearer {KEY}", "Host": "besom.example"}
    transport = Named(verify=trusted)
    with httpx.Client(base_url="https://127.0.0.1", headers=headers, timeout=60, transport=transport) as found:
        yield found


@pytest.mark.timeout(600)
def test_files_are_served_while_a_server_is_lost_and_by_that_one_later(compose: Compose, client: httpx.Client) -> None:
    until(lambda: is_ready(client), "a server behind nginx")
    assert client.get("/").text.startswith("<!doctype html>"), "the page, built with the image"
    entity = client.get("/api/v1/viewer").raise_for_status().json()["entity"]
    demo = f"/api/v1/projects/{entity}/demo"
    client.post(f"{demo}/runs", json={"id": "r", "started": 1.0}).raise_for_status()
    blob = f"{demo}/blobs/{hashlib.sha256(LARGE).hexdigest()}"
    assert client.put(blob, content=LARGE).status_code == httpx.codes.NO_CONTENT
    servers = [
        ran("podman", "ps", "--quiet", f"--filter=label=com.docker.compose.service=besom-{number}").strip()
        for number in (1, 2)
    ]
    for server in servers:
        assert ran("podman", "exec", server, "id", "-u").strip() == str(USER)
        until(lambda one=server: is_healthy(one), "the server's own check")
    first, second = servers
    os.kill(int(ran("podman", "inspect", "--format={{.State.Pid}}", first)), signal.SIGKILL)
    for _ in range(4):
        assert client.get(blob).content == LARGE
    until(lambda: is_healthy(first), "its new start")
    ran("podman", "stop", second)
    # nginx leaves the one that it has missed out for some seconds.
    until(lambda: client.get(blob).content == LARGE, "a file from the one that was started anew")


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def is_healthy(container: str) -> bool:
    return subprocess.run(["podman", "healthcheck", "run", container], capture_output=True, check=False).returncode == 0
