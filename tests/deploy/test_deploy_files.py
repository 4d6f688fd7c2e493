"""The files in deploy/: what they start is what besom understands, and what they name is there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from besom.cli.server import command
from besom.server.services.users import KEY_SHAPE

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"


def documents(name: str) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load_all(DEPLOY / name))


def kind(name: str) -> dict[str, Any]:
    return next(found for found in documents("kubernetes.yaml") if found["kind"] == name)


def image() -> str:
    return (DEPLOY / "Dockerfile").read_text()


def entrypoint() -> list[str]:
    line = re.search(r"^ENTRYPOINT (.*)$", image(), re.MULTILINE)
    assert line is not None
    return json.loads(line[1])


def server_options(words: list[str]) -> dict[str, Any]:
    """What ``besom server`` reads from a command line; raises where it would refuse it."""
    assert Path(words[0]).name == "besom"
    assert words[1] == "server"
    return command.make_context("besom server", words[2:]).params


def unit() -> str:
    return (DEPLOY / "besom.service").read_text()


def test_every_command_line_is_understood() -> None:
    started = re.search(r"^ExecStart=(.*)$", unit(), re.MULTILINE)
    assert started is not None
    of_systemd = server_options(shlex.split(started[1]))
    assert of_systemd["proxies"] == ("127.0.0.1",)
    compose = documents("compose.yaml")[0]["services"]["besom-1"]["command"]
    container = kind("Deployment")["spec"]["template"]["spec"]["containers"][0]
    for arguments in (compose, container["args"]):
        options = server_options([*entrypoint(), *arguments])
        assert (options["host"], str(options["data"])) == ("0.0.0.0", "/data")
        assert options["db"].startswith("postgresql://besom@")
        assert ":" not in options["db"].partition("//")[2], "passwords are no business of command lines"
        assert options["url"] == "https://besom.example"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_its_unit(tmp_path: Path) -> None:
    file = tmp_path / "besom.service"
    file.write_text(unit().replace("/opt/besom/bin/besom", sys.executable))
    checked = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    file.write_text(unit().replace("DynamicUser=yes", "DynamicUser=perhaps"))
    checked = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
    assert "perhaps" in checked.stderr, "it would have told"


def test_parts_of_the_manifests_fit_together() -> None:
    deployment, ingress = kind("Deployment"), kind("Ingress")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    for selector in (deployment["spec"]["selector"]["matchLabels"], kind("Service")["spec"]["selector"]):
        assert selector == labels == kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"]
    backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] == kind("Service")["metadata"]["name"]
    assert kind("Service")["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    secret = kind("Secret")
    asked = [entry["valueFrom"]["secretKeyRef"] for entry in container["env"] if "valueFrom" in entry]
    assert {entry["key"] for entry in asked} | {"key"} == set(secret["stringData"])
    assert KEY_SHAPE.fullmatch(secret["stringData"]["key"]), "the server would make another one"


def test_compose_names_files_and_services_that_are_there() -> None:
    compose = documents("compose.yaml")[0]
    services = compose["services"]
    build = services["besom-1"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    for mount in services["nginx"]["volumes"]:
        assert (DEPLOY / mount.split(":")[0]).is_file(), mount
    for service in services.values():
        assert {entry["source"] for entry in service.get("secrets", [])} <= set(compose["secrets"])
        assert set(service.get("depends_on", [])) <= set(services)
    owned = re.search(r"^RUN install --directory --owner 10001 --mode \d+ (.+)$", image(), re.MULTILINE)
    assert owned is not None
    mounted = {mount.split(":")[1] for mount in services["besom-1"]["volumes"]}
    assert mounted <= set(owned[1].split()), "root's would be new volumes that are mounted elsewhere"
    addresses = [service["networks"]["default"]["ipv4_address"] for service in services.values() if "build" in service]
    assert len(addresses) == 2
    assert re.findall(r"server (.+):7878;", (DEPLOY / "compose-upstream.conf").read_text()) == addresses
    (network,) = compose["networks"]["default"]["ipam"]["config"]
    assert f"--proxy={network['subnet']}" in services["besom-1"]["command"], "nginx is in it"
    assert all(ip_address(address) in ip_network(network["subnet"]) for address in addresses)


def test_the_image_copies_what_there_is() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*)$", image(), re.MULTILINE)
    sources = [source for line in copied for source in line.split()[:-1]]
    assert sources
    for source in sources:
        assert (PROJECT / source).exists(), source
