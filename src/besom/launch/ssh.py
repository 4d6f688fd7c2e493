"""Hosts that the user's OpenSSH reaches: one agent on each, detached from the connection that started it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from besom.errors import UsageError
from besom.launch.job import Job, JobState
from besom.launch.order import Order
from besom.launch.program import EngineError, Unfinished
from besom.launch.remote_shell import ANSWER, ask, words

END_SECONDS = 45
"""From SIGTERM to SIGKILL for an agent: longer than it waits itself before it kills its runs."""
MOST_CONNECTIONS = 16
_STATES: dict[str, JobState] = {"running": "running", "ended": "ended"}
_HOST = re.compile(r"[A-Za-z0-9_.@:%\[\]-]+")

Answer = TypeVar("Answer")

# Process ids are used again: an agent is known by its id together with when it began. Linux tells that to the tick.
# A process that has ended and that nobody has asked for its exit code is gone.
_BEGAN = """
began() {
  if [ -d /proc/self ]; then sed -n 's/.*) //; /^[ZX]/!p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
  else LC_ALL=C ps -o lstart= -p "$1" | sed 's/ *$//'; fi
}
here() { now=$(began "$1"); [ -n "$now" ] && [ "$now" = "$2" ]; }
"""
_START = """
{place}{exports}
command -v {program} >/dev/null || {{ echo "There is no {program} here. Say where it is: --besom PATH" >&2; exit 127; }}
mkdir -p besom && touch {log} {note} || exit 1
nohup {command} </dev/null >>{log} 2>&1 &
agent="$!|$(began $!)"
echo "$agent" >{note}
printf '\\n%s%s\\n' {mark} "$agent|$PWD/{log}"
"""
# Whoever has not heard the answer finds the agent by its note; without one, none was started.
_FIND = """
pid= since=
{place}[ ! -e {note} ] || IFS='|' read -r pid since <{note}
"""
_LOOK = """
here "$pid" "$since" && now=running || now=ended
printf '\\n%s%s\\n' {mark} "$now|$pid"
"""
_STOP = """
here "$pid" "$since" && kill -TERM "$pid"
left={seconds}
while here "$pid" "$since" && [ $left -gt 0 ]; do sleep 1; left=$((left - 1)); done
here "$pid" "$since" && kill -KILL "$pid"
printf '\\n%s%s\\n' {mark} ended
"""


class SshAgent(msgspec.Struct, kw_only=True):
    """An agent that was started, or perhaps was."""

    host: str
    pid: int | None = None
    """None where the host did not answer: there may be an agent then, which has left a note there."""
    began: str = ""
    log: str = ""


class SshAgents(msgspec.Struct, kw_only=True, tag="ssh"):
    """The agents of a launch."""

    agents: list[SshAgent]
    options: list[str] = []
    """Of ``ssh``, for each connection."""
    id: str = ""
    """Of the launch."""
    folder: str | None = None
    """Where they work."""

    def look(self) -> list[Job]:
        """Which of them still work; ``unknown`` where the host cannot be asked now."""

        def job_of(agent: SshAgent) -> Job:
            job = Job(name=str(agent.pid or agent.host), state="unknown", place=agent.host, detail=agent.log)
            try:
                said = self._on(agent, _LOOK)
            except EngineError as error:
                job.detail = error.message.replace("\n ", "")
            else:
                state, _, pid = said.partition("|")
                job.state = _STATES.get(state, "unknown")
                job.name, job.detail = (pid, job.detail) if pid else (job.name, "has not begun")
            return job

        return _everywhere(job_of, self.agents)

    def stop(self) -> None:
        """Ends them: SIGTERM, which their programs get too, and SIGKILL for an agent that does not end.

        Raises:
            EngineError: hosts cannot be reached; the others' agents have ended.
        """

        def end(agent: SshAgent) -> str:
            try:
                self._on(agent, _STOP)
            except EngineError as error:
                return f"{agent.host}: {error.message}"
            return ""

        if failures := [said for said in _everywhere(end, self.agents) if said]:
            raise EngineError("\n".join(failures), "Try again when the hosts can be reached.")

    def _on(self, agent: SshAgent, text: str) -> str:
        if agent.pid is None:
            known = _FIND.format(place=_place(self.folder), note=_note(self.id))
        else:
            known = f"pid={agent.pid} since={shlex.quote(agent.began)}\n"
        return ask(agent.host, self.options, _BEGAN + known + text.format(seconds=END_SECONDS, mark=ANSWER))


def read_hosts(text: str) -> list[str]:
    """``host1,user@host2`` as a list.

    Raises:
        UsageError: there is none, one twice, or what ``ssh`` would not take for a host.
    """
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if not hosts:
        raise UsageError("No host is named.", "Name some as host1,user@host2, or as in your ~/.ssh/config.")
    for host in hosts:
        if not _HOST.fullmatch(host) or host.startswith("-"):
            raise UsageError(f"{host!r} is not a host.", "Name hosts as host1,user@host2, or as in your ~/.ssh/config.")
    if double := {host for host in hosts if hosts.count(host) > 1}:
        raise UsageError(
            f"{min(double)} is named twice.", "One agent is started on each host; it has as many runs as --slots says."
        )
    return hosts


def script(order: Order, *, hidden: bool = False) -> str:
    """What the shell of each host is told through the connection; nothing of it is in an argument or a file there."""
    values = order.environment(hidden=hidden)
    return _BEGAN + _START.format(
        place=_place(order.folder),
        exports="export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in values.items()),
        program=shlex.quote(order.besom[0]),
        command=shlex.join(order.command(order.gpus)),
        log=f"besom/launch-{order.id}.log",
        note=_note(order.id),
        mark=ANSWER,
    )


def preview(order: Order, hosts: Sequence[str], options: Sequence[str]) -> str:
    """What ``submit`` would do, as lines of a shell; secrets are hidden."""
    command = shlex.join(words("HOST", options)).replace("HOST", '"$host"')
    return f"for host in {' '.join(hosts)}; do {command} <<'END'\n{script(order, hidden=True)}END\ndone"


def submit(order: Order, hosts: Sequence[str], options: Sequence[str]) -> tuple[SshAgents, list[str]]:
    """Starts an agent on each host; returns those that were started or perhaps were, and what went wrong, as sentences.

    Args:
        order: what each agent gets.
        hosts: as ``ssh`` knows them.
        options: more of ``ssh``.

    Raises:
        EngineError: not one could be started.
        Unfinished: of none is known that it was started, but perhaps one was.
    """
    text = script(order)
    advice = f"To ask that host again: besom launch status {order.id}. besom launch stop {order.id} ends it there, too."

    def start(host: str) -> tuple[SshAgent | None, str]:
        try:
            pid, began, log = ask(host, options, text).split("|", 2)
        except Unfinished as error:
            return SshAgent(host=host), f"Perhaps started on {host}: {error}\n{advice}"
        except EngineError as error:
            return None, f"Not started on {host}: {error}"
        return SshAgent(host=host, pid=int(pid), began=began, log=log), ""

    answers = _everywhere(start, hosts)
    agents = [agent for agent, _ in answers if agent]
    failures = [failure for _, failure in answers if failure]
    handle = SshAgents(agents=agents, options=list(options), id=order.id, folder=order.folder)
    if all(agent.pid is None for agent in agents):
        said = "\n".join(["Of no agent is known that it was started.", *failures])
        if not agents:
            raise EngineError(said)
        unfinished = Unfinished(said)
        unfinished.handle = handle
        raise unfinished
    return handle, failures


def _place(folder: str | None) -> str:
    return f"cd {shlex.quote(folder)} || exit 1\n" if folder else ""


def _note(launch: str) -> str:
    """The file, in a shell's words, in which a host finds its agent: its own one, for hosts often share folders."""
    return f'"besom/launch-{launch}-$(uname -n).pid"'


def _everywhere(work: Callable[..., Answer], items: Sequence[object]) -> list[Answer]:
    """``work`` of each item, several at a time, in their order."""
    with ThreadPoolExecutor(min(MOST_CONNECTIONS, len(items))) as threads:
        return list(threads.map(work, items))
