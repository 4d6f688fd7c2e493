"""deploy/nginx with the real nginx before two servers of one PostgreSQL, which take turns: TLS, event streams, long
polls, rows and large files pass it as they come."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import postgresql
from databases import migrated, postgresql_server  # noqa: F401  fixtures
from ports import reserved_port
from server_process import ServerProcess

FILES = Path(__file__).parents[2] / "deploy" / "nginx"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
LARGE = os.urandom(3 << 20)

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    pytest.mark.postgresql,
]


@contextlib.contextmanager
def nginx(folder: Path, port: int, servers: list[ServerProcess]) -> Iterator[None]:
    """It runs with the files of deploy/nginx, of which only addresses are changed; notes who answered what."""
    assert NGINX is not None
    upstream = "\n".join(f"server {server.url.removeprefix('http://')};" for server in servers)
    (folder / "conf.d").mkdir(parents=True)
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=besom.example"]
    names = ["-addext", "subjectAltName=DNS:besom.example", "-keyout", "besom.key", "-out", "besom.pem"]
    subprocess.run([*request, *names], cwd=folder, check=True, capture_output=True)
    for file in FILES.iterdir():
        text = file.read_text().replace("server 127.0.0.1:7878;", upstream).replace("/etc/ssl/", f"{folder}/")
        (folder / "conf.d" / file.name).write_text(re.sub(r"listen 443", f"listen 127.0.0.1:{port}", text))
    kept = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
        f"http {{ log_format who '$upstream_addr $request_method $uri';"
        f"access_log {folder}/access.log who; {kept} include conf.d/*.conf; }}"
    )
    line = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*line, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    process = subprocess.Popen(line)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def test_requests_pass_as_they_come(
    tmp_path: Path,
    postgresql_server: postgresql.Server,  # noqa: F811
    migrated: str,  # noqa: F811
) -> None:
    port, folder = reserved_port(), tmp_path / "nginx"
    with contextlib.ExitStack() as stack:
        shared = ["--db", stack.enter_context(postgresql_server.database(migrated)), "--files", str(tmp_path / "files")]
        place = ["--port", "0", "--url", f"https://besom.example:{port}", "--proxy", "127.0.0.1"]
        servers = []
        for home in (tmp_path / "one", tmp_path / "two"):
            servers.append(ServerProcess(home, "--data", str(home), *shared, *place))
            stack.callback(servers[-1].stop)
        with nginx(folder, port, servers):
            trusted = ssl.create_default_context(cafile=folder / "besom.pem")
            client = httpx.Client(
                base_url=f"https://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {servers[0].key}", "Host": f"besom.example:{port}"},
                timeout=60,
                verify=trusted,
                transport=_named(trusted),
            )
            with client:
                _go_through(client)
    log = (folder / "access.log").read_text()
    assert "/api/v1/viewer" in log
    assert "/login" not in log
    for what in ("POST .*/runs/r/stream", "GET .*/runs/r/files/weights"):
        assert len(set(re.findall(rf"(?m)^(\S+) {what}$", log))) == len(servers), "they take turns"


def _named(trusted: ssl.SSLContext) -> httpx.HTTPTransport:
    class Named(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.extensions["sni_hostname"] = "besom.example"
            return super().handle_request(request)

    return Named(verify=trusted, retries=20)  # until it listens


def _go_through(client: httpx.Client) -> None:
    entity = client.get("/api/v1/viewer").json()["entity"]
    assert client.get("/login?ticket=none").status_code < 500
    project = f"/api/v1/projects/{entity}/demo"
    config = {"method": "grid", "metric": {"name": "loss"}, "parameters": {"a": {"values": [1]}}}
    sweep = client.post(f"{project}/sweeps", json={"config": config}).json()["sweep"]["id"]

    # An event comes while the stream stays open.
    with client.stream("GET", f"/api/v1/events?entity={entity}&project=demo") as events:
        lines = events.iter_lines()
        assert next(lines) == ": watching"
        new = {"id": "r", "started": 1.0, "spool": "one"}
        threading.Timer(0.3, lambda: client.post(f"{project}/runs", json=new)).start()
        assert any('"kind":"run"' in line.replace(" ", "") for line in lines)

    # An agent's request is held back and then answered, not cut.
    agent = client.post(f"/api/v1/sweeps/{sweep}/agents", json={"host": "box", "pid": 1}).json()["agent_id"]
    begun = time.monotonic()
    held = client.post(f"/api/v1/agents/{agent}/heartbeat", json={"holding": [], "wait": 1.5})
    assert held.status_code == 200
    assert time.monotonic() - begun >= 1.4

    # What a run sends to one server after the other arrives once.
    run, offset = f"{project}/runs/r", 0
    for step in range(6):
        record = {"type": "history", "step": step, "time": 2.0 + step, "data": {"loss": step / 8}}
        told = {"params": {"offset": offset, "spool": "one"}, "content": json.dumps(record) + "\n"}
        offset = client.post(f"{run}/stream", **told).json()["offset"]
    assert client.post(f"{run}/stream", **told).json()["offset"] == offset, "said again, to the other one"
    rows = client.get(f"{run}/history").json()["rows"]
    assert [(row["_step"], row["loss"]) for row in rows] == [(step, step / 8) for step in range(6)]

    digest = hashlib.sha256(LARGE).hexdigest()
    assert client.put(f"{project}/blobs/{digest}", content=LARGE).status_code == 204
    client.post(f"{run}/files", json={"path": "weights", "digest": digest, "size": len(LARGE)}).raise_for_status()
    for _ in range(2):
        assert client.get(f"{run}/files/weights").content == LARGE
