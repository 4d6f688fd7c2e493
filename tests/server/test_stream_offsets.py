"""Every piece of a spool, in every state of what the server has: so every order of resending, gap and restart.

What the server has of a run is told by one number per process. If that holds after each piece in each state, it holds
after any sequence of them.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from server_world import Refused, World, history, open_world

pytestmark = pytest.mark.anyio


def spool(process: int, rows: int) -> list[bytes]:
    """Lines of one process."""
    return [history(process * 10 + row, {"v": row, "process": process}) for row in range(rows)]


def offsets(lines: list[bytes]) -> list[int]:
    """Where lines begin and where the last ends."""
    return [0, *itertools.accumulate(len(line) for line in lines)]


def pieces(lines: list[bytes], *, torn: bool) -> list[tuple[int, int]]:
    """From where to where pieces may go; ``torn``: also to and from the middle of lines."""
    whole = offsets(lines)
    places = sorted(whole + [end - 3 for end in whole[1:]]) if torn else whole
    return list(itertools.combinations(places, 2))


class Reached:
    """A run of which the server has so much of each process's spool (None: the process has not begun)."""

    def __init__(self, world: World, run: str, spools: list[list[bytes]], have: tuple[int | None, ...]) -> None:
        self.world, self.run, self.spools, self.have = world, run, spools, list(have)

    async def reach(self) -> Reached:
        for number, have in enumerate(self.have):
            if have is not None:
                await self.world.begin(self.run, spool=f"s{number}", resume="allow")
                await self.send(number, 0, have)
        return self

    async def send(self, number: int, start: int, end: int) -> dict[str, Any]:
        content = b"".join(self.spools[number])[start:end]
        return await self.world.send(self.run, content, start, query=f"&spool=s{number}")

    async def try_piece(self, number: int, start: int, end: int) -> None:
        """Sends it, and looks at everything that it may have changed."""
        have, refused, answer = self.have[number], None, None
        try:
            answer = (await self.send(number, start, end))["offset"]
        except Refused as error:
            refused = error
        if have is None:
            assert refused is not None
            assert refused.code == "spool_not_found"
        elif start > have:
            assert refused is not None
            assert (refused.code, refused.error["offset"]) == ("offset_gap", have)
        else:
            complete = max(offset for offset in offsets(self.spools[number]) if offset <= end)
            assert answer == max(have, complete)
            self.have[number] = answer
        await self.look()

    async def look(self) -> None:
        rows = (await self.world.call("GET", self.world.runs_path(f"{self.run}/history")))["rows"]
        for number, lines in enumerate(self.spools):
            stored = 0 if self.have[number] is None else offsets(lines).index(self.have[number])
            assert [row["v"] for row in rows if row["process"] == number] == list(range(stored))
            if self.have[number] is not None:
                begun = await self.world.begin(self.run, spool=f"s{number}", resume="allow")
                assert begun["offset"] == self.have[number]
        newest = max(number for number, have in enumerate(self.have) if have is not None)
        if told := [row for row in rows if row["process"] == newest]:  # what an older one leaves wins over nothing only
            summary = (await self.world.run(self.run))["summary"]
            assert (summary["v"], summary["process"]) == (told[-1]["v"], newest)


async def test_each_piece_in_each_state_of_one_process_after_a_restart_of_the_server(database: str) -> None:
    lines = spool(0, 3)
    cases = list(enumerate(itertools.product(offsets(lines), pieces(lines, torn=True))))
    async with open_world(database) as world:
        for number, (have, _) in cases:
            await Reached(world, f"r{number}", [lines], (have,)).reach()
    async with open_world(database, seed=1) as world:
        for number, (have, piece) in cases:
            await Reached(world, f"r{number}", [lines], (have,)).try_piece(0, *piece)


async def test_each_piece_in_each_state_of_a_run_that_two_processes_worked_at(world: World) -> None:
    spools = [spool(0, 2), spool(1, 2)]
    states = itertools.product(offsets(spools[0]), [None, *offsets(spools[1])])
    moves = [(number, *piece) for number in (0, 1) for piece in pieces(spools[number], torn=False)]
    for number, (have, move) in enumerate(itertools.product(states, moves)):
        reached = await Reached(world, f"r{number}", spools, have).reach()
        await reached.try_piece(*move)
