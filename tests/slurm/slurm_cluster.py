"""A real Slurm on one machine: a controller and nodes of four processors each, with two stand-in GPUs."""

import os
import re
import socket
import stat
from pathlib import Path

from sandbox import Sandbox

from waiting import until

NODES = 3
CPUS = 4
KILL_SECONDS = 30
"""Slurm's KillWait: from a job's SIGTERM to its SIGKILL."""
PATIENCE = 300.0
"""Seconds that jobs may take, each with an agent of its own, on a machine that is busy with other tests."""

CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=6817
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
SlurmctldPidFile={folder}/ctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmdSpoolDir={folder}/spool.%n
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/ctld.log
SlurmdLogFile={folder}/%n.log
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/ended
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
GresTypes=gpu
SlurmdParameters=config_overrides
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0
KillWait={kill_wait}
ReturnToService=2
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=low Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE
PartitionName=high Nodes=ALL MaxTime=INFINITE PriorityTier=10 PreemptMode=OFF
"""
BAD_ENDS = {"BOOT_FAIL", "CANCELLED", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "TIMEOUT"}
NULL, ZERO = os.makedev(1, 3), os.makedev(1, 5)


def configure(folder: Path, more: str = "") -> Path:
    """Writes the configuration of a cluster below ``folder``, with ``more`` settings; returns the file."""
    host = socket.gethostname().partition(".")[0]
    (folder / "state").mkdir()
    text = CONFIGURATION.format(host=host, folder=folder, kill_wait=KILL_SECONDS)
    text += more
    gpus = ""
    for number in range(1, NODES + 1):
        devices = folder / f"dev{number}"
        devices.mkdir()
        (folder / f"spool.n{number}").mkdir()
        for gpu, device in enumerate((NULL, ZERO)):
            os.mknod(devices / f"gpu{gpu}", stat.S_IFCHR | 0o666, device)
        address = f"NodeHostname={host} NodeAddr=127.0.0.1 Port={6818 + number}"
        text += f"NodeName=n{number} {address} CPUs={CPUS} RealMemory=4000 Gres=gpu:2\n"
        gpus += f"NodeName=n{number} Name=gpu File={devices}/gpu[0-1]\n"
    (folder / "gres.conf").write_text(gpus)
    (folder / "slurm.conf").write_text(text)
    return folder / "slurm.conf"


class Slurm:
    """The cluster; its commands."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Starts the daemons; ``SLURM_CONF`` is in the sandbox's environment."""
        self.sandbox = sandbox
        sandbox.run("slurmctld", "-c")
        for number in range(1, NODES + 1):
            sandbox.run("slurmd", "-N", f"n{number}")
        until(
            lambda: set(sandbox.run("sinfo", "-h", "-o", "%T").split()) == {"idle"},
            "the start of Slurm's nodes",
            PATIENCE,
        )

    def submit(self, *arguments: str | Path, **environment: str) -> str:
        """``sbatch``; returns the job's id."""
        return self.sandbox.run("sbatch", "--parsable", *arguments, **environment).strip()

    def states(self, job: str) -> list[str]:
        """States of a job, or of the jobs of an array; Slurm remembers them for minutes after their end."""
        return re.findall(r"JobState=(\w+)", self.sandbox.run("scontrol", "show", "job", job))

    def detail(self, job: str, name: str) -> str:
        """A field of ``scontrol show job``."""
        found = re.search(rf"\b{name}=(\S+)", self.sandbox.run("scontrol", "show", "job", job))
        assert found
        return found[1]

    def wait(self, job: str, *states: str) -> None:
        """Waits until all of a job's states are among ``states``; it must not end in another way."""

        def reached() -> bool:
            seen = set(self.states(job))
            assert not seen & (BAD_ENDS - set(states)), f"job {job}: {sorted(seen)}"
            return seen <= set(states)

        until(reached, f"{' or '.join(states)} of job {job}", PATIENCE)

    def start_again(self, job: str) -> None:
        """Spares a requeued job Slurm's two minutes of waiting. In the second of its end a node would refuse it."""
        self.wait(job, "PENDING")
        self.sandbox.run("scontrol", "update", f"jobid={job}", "StartTime=now+2")
