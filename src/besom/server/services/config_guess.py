"""A configuration guessed from runs of a project."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from besom.protocol import GuessedConfig, RunSelection
from besom.server.services.context import Context
from besom.server.services.many_runs import selection_condition
from besom.server.services.projects import find_project
from besom.server.services.users import Caller
from besom.server.store import run_list

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.config.guess import Seen

MOST_RUNS = 1000
"""The newest ones are looked at."""


async def guess_config(
    ctx: Context, caller: Caller, entity: str, project: str, selection: RunSelection
) -> GuessedConfig:
    """YAML that searches what differed between the newest runs of a selection; without any it is an example.

    Raises:
        Missing: no such project.
        Invalid: the selection cannot be understood.
    """
    from besom.config.guess import Seen, guess

    decode = msgspec.json.decode

    def look(conn: Connection) -> list[Seen]:
        home = find_project(conn, caller, entity, project)
        condition = run_list.living(home.id, selection.sweep) & selection_condition(selection)
        rows = run_list.newest_of(conn, condition, MOST_RUNS)
        return [Seen(decode(row.config), decode(row.summary), row.program) for row in rows]

    seen = await ctx.read(look)
    return GuessedConfig(text=await asyncio.to_thread(guess, seen), runs=len(seen))
