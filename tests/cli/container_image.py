"""An image with besom and Python: those of this machine, which the pods that use it mount at their places."""

import io
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

from kubernetes_nodes import podman

import besom

NAME = "localhost/train:1"
USER = 1000
"""Whom pods may run as; owns ``/work`` and ``/data``."""
FOLDERS = ("dev", "etc", "home", "home/agent", "proc", "run", "sys", "tmp", "usr", "work", "data")
LINKS = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
"""To folders of /usr, where systems have them."""


def load() -> None:
    """Gives the image to podman."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for folder in FOLDERS:
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            if folder in ("home/agent", "work", "data"):
                entry.uid = entry.gid = USER
            archive.addfile(entry)
        for link in LINKS:
            if os.path.islink(f"/{link}"):
                archive.add(f"/{link}", link)
        archive.add("/etc/ld.so.cache", "etc/ld.so.cache")
        users = f"root:x:0:0::/root:/bin/sh\nagent:x:{USER}:{USER}::/home/agent:/bin/sh\n".encode()
        entry = tarfile.TarInfo("etc/passwd")
        entry.size = len(users)
        archive.addfile(entry, io.BytesIO(users))
    path = f"ENV PATH={Path(sys.executable).parent}:/usr/bin:/bin"
    podman("import", f"--change={path}", "-", NAME, stdin=packed.getvalue())


def mounts() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The volumes of a pod and the mounts of its container that belong to the image."""
    wanted = {Path("/usr"), Path(sys.base_prefix), Path(sys.prefix), Path(besom.__file__).parents[1]}
    folders = sorted(str(folder) for folder in wanted if not wanted & set(folder.parents))
    volumes = [{"name": f"image-{number}", "hostPath": {"path": folder}} for number, folder in enumerate(folders)]
    return volumes, [
        {"name": volume["name"], "mountPath": folder, "readOnly": True}
        for volume, folder in zip(volumes, folders, strict=True)
    ]
