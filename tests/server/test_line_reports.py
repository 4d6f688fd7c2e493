"""Reports by line numbers, on both databases: stored once, counted over all processes, begun anew without what was."""

import asyncio
import threading

import pytest
from server_world import GRID, World, exit_record, history, line

from besom.protocol import ExitRecord, HistoryRecord, NewRun, SystemRecord
from besom.server.services import lines
from besom.server.services.lines import Lines
from besom.server.services.refusals import Conflict
from besom.server.services.report import Report
from besom.server.services.run_commands import create_run
from besom.server.services.users import Caller
from besom.server.store import compaction, segments
from besom.server.store.output import Printed

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


class Program:
    """A run's program, as the services see it."""

    def __init__(self, world: World, run_id: str, writer: str | None = None) -> None:
        self.world = world
        self.run_id = run_id
        self.writer = writer
        self.common = (world.services.ctx, world.services.plans, Caller(1, "ann", "admin"), "ann", "demo")

    async def begin(self, *, resume: bool = False, sweep: str | None = None, **told):
        new = NewRun(id=self.run_id, sweep_id=sweep, started=self.world.clock())
        return await lines.begin_run(*self.common, new, Report(size=1, **told), resume=resume, writer=self.writer)

    async def tell(self, first_row: int = 0, first_sample: int = 0, **told):
        report = Report(size=1, **told)
        told = Lines(report, first_row, first_sample)
        return await lines.take_lines(*self.common, self.run_id, told, self.writer)

    async def values(self):
        page = await self.world.call("GET", f"{self.world.runs_path(self.run_id)}/history")
        return [row["loss"] for row in page["rows"]]


def rows(first: int, *values: float) -> list[HistoryRecord]:
    return [HistoryRecord(step=first + n, time=6.0, data={"loss": value}) for n, value in enumerate(values)]


async def test_rows_samples_and_printed_lines_have_places_that_are_filled_once(world: World) -> None:
    program = Program(world, "r")
    assert (await program.begin()).is_new
    for first, values in ((0, [1.0, 2.0]), (0, [1.0, 2.0, 3.0]), (2, [3.0]), (3, [4.0])):
        looks = [SystemRecord(time=float(first + n), data={"cpu": value}) for n, value in enumerate(values)]
        await program.tell(first, first, rows=rows(first, *values), samples=looks, output={first: Printed(1.0, "x")})
    assert await program.values() == [1, 2, 3, 4]
    system = await world.call("GET", f"{world.runs_path('r')}/system")
    assert system["curves"][0]["values"] == [1, 2, 3, 4]

    assert not (await program.begin(resume=True)).is_new
    await program.tell(4, rows=rows(4, 5.0), output={3: Printed(1.0, "earlier"), 4: Printed(2.0, "later", "error")})
    output = await world.call("GET", f"{world.runs_path('r')}/output")
    assert [(line["number"], line["text"], line["level"]) for line in output["lines"]] == [
        (0, "x", None),
        (2, "x", None),
        (3, "x", None),
        (4, "later", "error"),
    ]
    assert await program.values() == [1, 2, 3, 4, 5]


async def test_numbers_that_a_client_passes_over_stay_passed_over(world: World) -> None:
    program = Program(world, "r")
    await program.begin()
    for first, values in (
        (0, [1.0, 2.0]),
        (5, [6.0, 7.0]),
        (5, [6.0, 7.0]),
        (6, [7.0, 8.0]),
        (10, [11.0]),
        (10, [11.0]),
    ):
        looks = [SystemRecord(time=float(first + n), data={"cpu": value}) for n, value in enumerate(values)]
        await program.tell(first, first, rows=rows(first, *values), samples=looks)
    assert await program.values() == [1, 2, 6, 7, 8, 11]
    system = await world.call("GET", f"{world.runs_path('r')}/system")
    assert system["curves"][0]["values"] == [1, 2, 6, 7, 8, 11]


async def test_a_run_that_another_client_began_is_gone_on_with(world: World) -> None:
    await world.begin("mixed", spool="s")
    printed = line({"type": "output", "line": 0, "lines": ["a", "b"], "time": 6.0})
    await world.send("mixed", history(0, {"loss": 1.0}) + printed, query="&spool=s")
    program = Program(world, "mixed")
    begun = await program.begin(resume=True)
    assert begun.run.steps == 1
    await program.tell(1, rows=rows(1, 2.0), output={2: Printed(7.0, "c")})
    await world.send("mixed", exit_record(1), offset=len(history(0, {"loss": 1.0}) + printed), query="&spool=s")
    assert (await world.run("mixed"))["state"] == "running", "only the newest process says how the run is"
    await program.tell(exit=ExitRecord(code=0, time=world.clock()))
    assert (await world.run("mixed"))["state"] == "finished"
    assert await program.values() == [1, 2]


async def test_the_end_of_an_older_process_is_not_that_of_the_one_that_goes_on(world: World) -> None:
    program = Program(world, "r")
    await program.begin()
    look = SystemRecord(time=6.0, data={"cpu": 1.0})
    last = {"rows": rows(0, 1.0, 2.0), "samples": [look], "exit": ExitRecord(code=2**40, time=world.clock())}
    await program.tell(0, 0, **last)
    ended = await world.run("r")
    assert (ended["state"], ended["exit_code"]) == ("failed", 2**31 - 1), "more than any database keeps"
    await program.begin(resume=True)
    await program.tell(0, 0, **last)
    await program.tell(0, 0, samples=[look], preempting=True)
    assert (await world.run("r"))["state"] == "running", (
        "the answer to the old process was lost: it told of its end again"
    )
    await program.tell(2, rows=rows(2, 3.0, 4.0, 5.0))
    await program.tell(2, **{**last, "rows": rows(2, 9.0), "samples": []})
    assert (await world.run("r"))["state"] == "running", "the old process was cut off, and says so only now"
    await program.tell(5, 1, rows=rows(5, 6.0), samples=[look], exit=ExitRecord(code=0, time=world.clock()))
    assert (await world.run("r"))["state"] == "finished"
    assert await program.values() == [1, 2, 3, 4, 5, 6]


async def test_a_run_that_is_begun_anew_has_nothing_of_what_it_was(world: World) -> None:
    sweep = await world.sweep({**GRID, "early_terminate": {"type": "hyperband", "min_iter": 2}})
    agent = await world.join(sweep)
    handed = await world.next(agent)
    program = Program(world, handed["run_id"])
    await program.begin(sweep=sweep, config={"own": 1}, whole=frozenset({"config"}))
    await program.tell(rows=rows(0, 0.1, 0.2, 0.3), summary={"loss": 0.3}, whole=frozenset({"summary"}))
    before = await world.run(handed["run_id"])
    assert (before["best"], before["steps"], before["config"]) == (0.1, 3, {**handed["params"], "own": 1})

    await program.begin(sweep=sweep)
    after = await world.run(handed["run_id"])
    assert (after["best"], after["steps"], after["summary"]) == (None, 0, {})
    assert (after["config"], after["state"], after["agent_id"]) == (handed["params"], "running", agent)
    await program.tell(rows=rows(0, 7.0))
    assert await program.values() == [7]
    assert (await world.run(handed["run_id"]))["best"] == 7

    await world.exit(agent, handed["run_id"], 4)
    await program.tell(1, rows=rows(1, 8.0))
    ended = await world.run(handed["run_id"])
    assert (ended["state"], ended["exit_code"]) == ("failed", 4), (
        "its agent has seen it end: these rows were on the way"
    )
    assert await program.values() == [7, 8]


async def test_writers_at_the_same_time_share_the_steps_and_end_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (Program(world, "many", name) for name in ("first", "second", "third"))
    await first.begin()
    await second.begin()
    packed_by, pack = [], segments.pack
    with monkeypatch.context() as patch:
        patch.setattr(segments, "pack", lambda rows: packed_by.append(threading.current_thread().name) or pack(rows))
        await first.tell(rows=rows(0, 1.0, 2.0))
        await second.tell(rows=rows(0, 3.0))
    assert packed_by
    assert "besom-writer" not in packed_by, "other writers do not wait for it"
    last = {"rows": rows(2, 4.0, 5.0), "exit": ExitRecord(code=3, time=world.clock())}
    await asyncio.gather(first.tell(2, **last), second.tell(1, rows=rows(1, 6.0)))
    page = await world.call("GET", f"{world.runs_path('many')}/history")
    assert [row["_step"] for row in page["rows"]] == list(range(6))
    assert sorted(await first.values()) == [1, 2, 3, 4, 5, 6]
    assert (await world.run("many"))["state"] == "failed"
    await third.begin(resume=True)
    await first.tell(2, **last)
    assert (await world.run("many"))["state"] == "running", "the answer was lost: the first told of its end again"


async def test_rows_that_were_packed_before_a_run_was_begun_anew_do_not_come_back(world: World) -> None:
    program = Program(world, "packed")
    await program.begin()
    await program.tell(rows=rows(0, 1.0, 2.0))
    key = await world.store.read(lambda conn: conn.exec_driver_sql("SELECT key FROM runs").scalar_one())
    old = await world.store.read(lambda conn: compaction.prepare(conn, key))
    assert old is not None
    await program.begin()
    await program.tell(rows=rows(0, 3.0, 4.0))
    assert not await world.store.write(lambda conn: compaction.apply(conn, old))
    assert await program.values() == [3, 4]


async def test_lines_of_a_run_that_no_process_has_begun_are_refused(world: World) -> None:
    caller = Caller(1, "ann", "admin")
    made = await create_run(world.services.ctx, caller, "ann", "demo", "early", waits=True)
    assert made.is_new
    assert made.run.state == "pending"
    assert not (await create_run(world.services.ctx, caller, "ann", "demo", "early", waits=False)).is_new
    with pytest.raises(Conflict):
        await Program(world, "early").tell(rows=rows(0, 1.0))
    await world.silence(1000)
    assert (await world.run("early"))["state"] == "pending", "nobody is missed before it has begun"
