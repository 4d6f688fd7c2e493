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
from besom.launch.program import EngineError, Unfinished, run

MISSING = "Install OpenSSH's client."
END_SECONDS = 45
"""From SIGTERM to SIGKILL for an agent: longer than it waits itself before it kills its runs."""
MOST_CONNECTIONS = 16
_MARK = "besom-answers:"
"""Begins the line that counts: the files that shells read when they start may print more."""
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
mkdir -p besom
nohup {command} </dev/null >>{log} 2>&1 &
printf '\\n%s%s\\n' {mark} "$!|$(began $!)|$PWD/{log}"
"""
_LOOK = """
here {pid} {began} && now=running || now=ended
printf '\\n%s%s\\n' {mark} $now
"""
_STOP = """
here {pid} {began} && kill -TERM {pid}
left={seconds}
while here {pid} {began} && [ $left -gt 0 ]; do sleep 1; left=$((left - 1)); done
here {pid} {began} && kill -KILL {pid}
exit 0
"""


class SshAgent(msgspec.Struct, kw_only=True):
    """A started agent."""

    host: str
    pid: int
    began: str
    log: str


class SshAgents(msgspec.Struct, kw_only=True, tag="ssh"):
    """The agents of a launch."""

    agents: list[SshAgent]
    options: list[str] = []
    """Of ``ssh``, for each connection."""

    def look(self) -> list[Job]:
        """Which of them still work; ``unknown`` where the host cannot be asked now."""

        def ask(agent: SshAgent) -> Job:
            job = Job(name=str(agent.pid), state="unknown", place=agent.host, detail=agent.log)
            try:
                said = self._on(agent, _LOOK)
            except EngineError as error:
                job.detail = error.message.replace("\n ", "")
            else:
                job.state = _STATES.get(_answer(said), "unknown")
            return job

        return _everywhere(ask, self.agents)

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
        asked = _BEGAN + text.format(pid=agent.pid, began=shlex.quote(agent.began), seconds=END_SECONDS, mark=_MARK)
        return _ssh(agent.host, self.options, asked)


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
        place=f"cd {shlex.quote(order.folder)} || exit 1\n" if order.folder else "",
        exports="export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in values.items()),
        program=shlex.quote(order.besom[0]),
        command=shlex.join(order.command(order.gpus)),
        log=f"besom/launch-{order.id}.log",
        mark=_MARK,
    )


def preview(order: Order, hosts: Sequence[str], options: Sequence[str]) -> str:
    """What ``submit`` would do, as lines of a shell; secrets are hidden."""
    words = shlex.join(_words("HOST", options)).replace("HOST", '"$host"')
    return f"for host in {' '.join(hosts)}; do {words} <<'END'\n{script(order, hidden=True)}END\ndone"


def submit(order: Order, hosts: Sequence[str], options: Sequence[str]) -> tuple[SshAgents, list[str]]:
    """Starts an agent on each host; returns those that were started, and what went wrong with the others, as sentences.

    Args:
        order: what each agent gets.
        hosts: as ``ssh`` knows them.
        options: more of ``ssh``.

    Raises:
        EngineError: not one could be started.
    """
    text = script(order)

    def start(host: str) -> SshAgent | str:
        try:
            said = _ssh(host, options, text)
        except Unfinished as error:
            return (
                f"Perhaps started on {host}, whose answer did not come; stopping the launch only ends its key: {error}"
            )
        except EngineError as error:
            return f"Not started on {host}: {error}"
        answer = _answer(said).split("|", 2)
        if len(answer) != 3 or not answer[0].isdigit():
            return f"Not started on {host}: the shell answered {said.strip()[-200:]!r}, not with a process id."
        return SshAgent(host=host, pid=int(answer[0]), began=answer[1], log=answer[2])

    answers = _everywhere(start, hosts)
    agents = [answer for answer in answers if isinstance(answer, SshAgent)]
    failures = [answer for answer in answers if isinstance(answer, str)]
    if not agents:
        raise EngineError("Of no agent is known that it was started.\n" + "\n".join(failures))
    return SshAgents(agents=agents, options=list(options)), failures


def _ssh(host: str, options: Sequence[str], text: str) -> str:
    return run(_words(host, options), missing=MISSING, stdin=text)


def _answer(said: str) -> str:
    """What a script answered, in all that its host said; empty when it did not come to that."""
    return next((line.removeprefix(_MARK) for line in said.splitlines() if line.startswith(_MARK)), "")


def _words(host: str, options: Sequence[str]) -> list[str]:
    # BatchMode: nobody is there to type a password for sixteen connections at once.
    return ["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", *options, host, "sh", "-s"]


def _everywhere(ask: Callable[..., Answer], items: Sequence[object]) -> list[Answer]:
    """``ask`` of each item, several at a time, in their order."""
    with ThreadPoolExecutor(min(MOST_CONNECTIONS, len(items))) as threads:
        return list(threads.map(ask, items))
