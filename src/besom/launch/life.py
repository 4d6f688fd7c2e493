"""The life of a launch: its key is made, the engine gets the order, and in the end nothing of it is left."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from besom.client.connection import Connection, segment
from besom.errors import ApiError, BesomError, NotFound
from besom.launch import records
from besom.launch.job import Job
from besom.launch.order import Order
from besom.launch.program import Unfinished
from besom.launch.records import Handle, Launch
from besom.protocol import Agent, AgentPage, KeyMade, NewKey

KEY_DAYS = 30
END_SECONDS = 150.0
"""How long ``end`` waits for agents that save and say goodbye: a little longer than engines let them."""
LOOK_SECONDS = 1.0


def start(
    connection: Connection, order: Order, engine: str, submit: Callable[[Order], Handle], days: int | None = None
) -> Launch:
    """Gives the engine the order, with a key that is good for its sweep alone.

    Args:
        connection: to the server, of somebody who may make keys.
        order: what is asked for; its key is replaced.
        engine: its name.
        submit: hands an order over.
        days: how long the key is good; None: a month, or as long as the one that it is made with, if that is less.

    Raises:
        BesomError: the server or the engine refuses; nothing was started then, and the key has ended.
        Unfinished: the engine was lost on the way; the launch is kept for ``end``, and the key has ended if the server
            was not lost, too.
    """
    made = _make_key(connection, order, days)
    launch = Launch(
        id=order.id,
        engine=engine,
        sweep=order.sweep,
        url=connection.url,
        key_id=made.key.id,
        created=time.time(),
    )
    try:
        records.keep(launch)  # before anything starts: what cannot be submitted to its end can still be ended
        launch.handle = submit(replace(order, key=made.secret))
    except Exception as error:  # whatever it was: nobody else would end the key
        key = "is still good"
        with contextlib.suppress(BesomError):  # the engine's error is the one to tell
            if isinstance(error, Unfinished):
                launch.handle = error.handle
                records.keep(launch)  # before anything else is tried: perhaps all of the network is lost
            _revoke(connection, launch)
            key = "has ended"
            if not isinstance(error, Unfinished):
                records.forget(launch)
        if isinstance(error, Unfinished):
            error.hint = f"Its key {key}. To end what has perhaps been started: besom launch stop {launch.id}"
        raise
    records.keep(launch)
    return launch


def end(launch: Launch, say: Callable[[list[Job]], None]) -> list[Job]:
    """Ends the agents of a launch; returns those that did not end in their time.

    Their key must outlive them: they tell with it how their runs ended.

    Args:
        launch: which.
        say: is told each second what has not ended yet.

    Raises:
        EngineError: the engine cannot be reached, or refuses.
    """
    left: list[Job] = []
    if launch.handle is not None:
        launch.handle.stop()
        deadline = time.monotonic() + END_SECONDS
        while (left := at_work(launch.handle.look())) and time.monotonic() < deadline:
            say(left)
            time.sleep(LOOK_SECONDS)
    return left


def forget(connection: Connection, launch: Launch) -> None:
    """Ends the key of a launch, and forgets it.

    Raises:
        BesomError: the server cannot be reached; the launch is kept then.
    """
    _revoke(connection, launch)
    records.forget(launch)


def agents_of(connection: Connection, launch: Launch) -> list[Agent]:
    """Its agents as the server knows them; none when the sweep was deleted."""
    route = f"/sweeps/{segment(launch.sweep.rpartition('/')[2])}/agents"
    try:
        agents = connection.request("GET", route, reply=AgentPage).agents
    except NotFound:
        return []
    return [agent for agent in agents if agent.name.startswith(f"{launch.id}-")]


def at_work(jobs: list[Job]) -> list[Job]:
    """Those that have not ended, as far as anybody knows."""
    return [job for job in jobs if job.state != "ended"]


def count_words(jobs: list[Job]) -> str:
    """``2 running, 1 waiting``."""
    counts: Counter[str] = Counter(job.state for job in jobs)
    order = ("running", "waiting", "unknown", "ended")
    return ", ".join(f"{counts[state]} {state}" for state in order if counts[state])


def _make_key(connection: Connection, order: Order, days: int | None) -> KeyMade:
    new = NewKey(name=f"launch {order.id}", days=days or KEY_DAYS, sweep_id=order.sweep.rpartition("/")[2])
    try:
        return connection.request("POST", "/keys", body=new, reply=KeyMade)
    except ApiError as error:
        if error.code != "bad_days" or days is not None:
            raise
    new.days = None
    return connection.request("POST", "/keys", body=new, reply=KeyMade)


def _revoke(connection: Connection, launch: Launch) -> None:
    with contextlib.suppress(NotFound):  # its days are over, or somebody was faster
        connection.request("DELETE", f"/keys/{segment(launch.key_id)}")
