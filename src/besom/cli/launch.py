"""``besom launch``: agents on other machines, through the engine that runs those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from besom.cli.launch_kubernetes import kubernetes
from besom.cli.launch_ray import ray
from besom.cli.launch_slurm import slurm
from besom.cli.launch_ssh import ssh
from besom.cli.menu import Command, Group, json_option

if TYPE_CHECKING:
    from besom.client.connection import Connection
    from besom.launch.job import Job
    from besom.launch.records import Launch


@click.group(
    cls=Group,
    examples=[
        ("besom launch slurm ID --agents 8 --gpus 1 --time 4:00:00", "Eight tasks of an array, a GPU each."),
        ("besom launch ssh node1,node2 ID --gpus all", "An agent on each host, a run on each GPU."),
        ("besom launch kubernetes ID --image IMAGE --agents 4", "A Job of four pods."),
        ("besom launch ray ID --agents 4 --gpus 1", "Four actors, a GPU each."),
        ("besom launch status", "What was launched from here, and how it is."),
        ("besom launch stop 0f1e2d3c", "End a launch; nothing of it remains."),
    ],
)
def command() -> None:
    """Start agents with Slurm, over ssh, with Kubernetes or Ray; look at them; end them.

    The agents get a key that is good for their sweep alone, and end when it does. What the engine is to do can be seen
    before with --dry-run.
    """


command.add_command(slurm)
command.add_command(ssh)
command.add_command(kubernetes)
command.add_command(ray)


@command.command(
    "status",
    cls=Command,
    options_metavar="[--json]",
    short_help="Show what was launched from here.",
    examples=[
        ("besom launch status", "All that was launched from here."),
        ("besom launch status 0f1e2d3c", "One launch: its jobs and its agents."),
    ],
)
@click.argument("launch", required=False)
@json_option
def status(launch: str | None, as_json: bool) -> None:
    """Show what was launched from here and not stopped; with the id of a LAUNCH, each of its jobs and agents."""
    from besom.launch import records

    launches = records.all_launches() if launch is None else [records.find(launch)]
    if as_json:
        _show_json(launches)
    elif launch is not None:
        _show_one(launches[0])
    else:
        _show_all(launches)


@command.command(
    "stop",
    cls=Command,
    options_metavar="[--forget]",
    short_help="End a launch.",
    examples=[
        ("besom launch stop 0f1e2d3c", "`besom launch status` has the id."),
        ("besom launch stop 0f1e2d3c --forget", "Its machines are gone for good."),
    ],
)
@click.argument("launch")
@click.option("--forget", is_flag=True, help="End its key even if its agents cannot be reached any more.")
def stop(launch: str, forget: bool) -> None:
    """End the agents of LAUNCH, and their key. Their programs get SIGTERM, and time to save what they have."""
    from besom.cli.terminal import note, progress, say
    from besom.errors import BesomError
    from besom.launch import life, records
    from besom.launch.program import EngineError

    found = records.find(launch)
    left: list[Job] = []
    try:
        left = life.end(found, lambda jobs: progress(f"Ending: {life.count_words(jobs)} ..."))
    except EngineError as error:
        if not forget:
            hint = f"If that is gone for good: besom launch stop {found.id} --forget"
            raise EngineError(error.message, "\n".join(filter(None, [error.hint, hint]))) from None
        note(f"Not ended: {error.message}\nAgents that are at work there cannot report any more.")
    finally:
        progress("")
    try:
        life.forget(_connect(found), found)
    except BesomError:
        note(f"The key of its agents was not ended, so the launch is kept: {records.file_of(found)}")
        note("Stop it again when its server answers. If that is gone for good, delete the file.")
        raise
    if found.handle is None:
        note(f"What {found.engine} was told is not known. Whether there is something called besom-{found.id}, ask it.")
    if left:
        note(f"Not ended yet: {', '.join(job.name for job in left)}. Without a key they cannot report any more.")
    say(f"Launch {found.id} is over, and its key is no longer valid.")


def _show_all(launches: list[Launch]) -> None:
    from besom.cli.terminal import columns, say
    from besom.client.times import iso_time

    if not launches:
        say("Nothing was launched from here that was not stopped.")
        return
    rows = [(one.id, one.engine, one.sweep, _look(one)[1], iso_time(one.created)) for one in launches]
    for line in columns(rows, ("LAUNCH", "ENGINE", "SWEEP", "JOBS", "SINCE")):
        say(line)


def _show_one(launch: Launch) -> None:
    from besom.cli.terminal import columns, say
    from besom.launch.life import agents_of

    jobs, words = _look(launch)
    say(f"Launch {launch.id} ({launch.engine}) for {launch.sweep}: {words}")
    if jobs:
        places = [(job.name, job.state, job.place or "-", job.detail) for job in jobs]
        for line in columns(places, ("JOB", "STATE", "PLACE", launch.engine.upper())):
            say(line)
    agents = agents_of(_connect(launch), launch)
    if agents:
        rows = [
            (agent.name, _agent_state(agent.state, agent.quarantine_reason), str(agent.run_count)) for agent in agents
        ]
        for line in columns(rows, ("AGENT", "STATE", "RUNS")):
            say(line)
    else:
        say("None of its agents has joined the sweep yet.")


def _show_json(launches: list[Launch]) -> None:
    from besom.cli.terminal import say_json
    from besom.launch.life import agents_of

    say_json(
        [
            {
                "id": launch.id,
                "engine": launch.engine,
                "sweep": launch.sweep,
                "created": launch.created,
                "jobs": jobs,
                "detail": words,
                "agents": agents_of(_connect(launch), launch),
            }
            for launch in launches
            for jobs, words in [_look(launch)]
        ]
    )


def _connect(launch: Launch) -> Connection:
    """To its server. The embedded one is started where it does not run, and may have another address by now."""
    from besom.client import settings
    from besom.client.connect import connect
    from besom.launch.order import is_loopback

    of_its_own = settings.base_url() is not None or settings.api_key(launch.url) is not None
    return connect(launch.url if of_its_own or not is_loopback(launch.url) else None)


def _look(launch: Launch) -> tuple[list[Job] | None, str]:
    """Its jobs, and how they are in a few words. An engine that does not answer is no reason not to show the others and
    what the server knows: there are no jobs then, but its words."""
    from besom.launch.life import count_words
    from besom.launch.program import EngineError

    if launch.handle is None:
        return None, "broken off while it was launched"
    try:
        jobs = launch.handle.look()
    except EngineError as error:
        return None, error.message.splitlines()[0]
    return jobs, count_words(jobs) or "none left"


def _agent_state(state: str, quarantine: str) -> str:
    return f"in quarantine: {quarantine}" if quarantine and state == "running" else state
