"""What a run reports arrives once, whole, and has its consequences in the same moment."""

from __future__ import annotations

import asyncio
import collections
import gzip
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server_world import GRID, RANDOM, Refused, World, exit_record, history, line
from sqlalchemy import update

from besom.server.services.portions import LARGEST_PORTION, MOST_STATEMENTS, cut
from besom.server.services.refusals import Invalid, TooLarge
from besom.server.services.report import read_report, unpack
from besom.server.store.tables import sweeps

pytestmark = pytest.mark.anyio


def artifact(number: int) -> bytes:
    file = {"path": "f", "digest": f"{number:064x}", "size": 1}
    return line({"type": "artifact", "artifact": {"name": f"a-{number}", "type": "model", "files": [file]}})


MANY_ARTIFACTS = b"".join(map(artifact, range(250)))
ROWS = [history(step, {"loss": 1.0 / (step + 1)}) for step in range(5)]
SPOOL = b"".join(ROWS)


async def test_the_answer_tells_how_many_bytes_are_safe(world: World) -> None:
    await world.begin("r")
    assert await world.send("r", SPOOL) == {"offset": len(SPOOL), "stop": None, "run": None}
    assert (await world.begin("r"))["offset"] == len(SPOOL)


async def test_bytes_that_arrive_again_are_passed_over(world: World) -> None:
    await world.begin("r")
    await world.send("r", b"".join(ROWS[:3]))
    assert (await world.send("r", SPOOL))["offset"] == len(SPOOL)
    assert (await world.send("r", SPOOL))["offset"] == len(SPOOL)
    rows = (await world.call("GET", world.runs_path("r/history")))["rows"]
    assert [row["_step"] for row in rows] == [0, 1, 2, 3, 4]


async def test_a_gap_is_refused_with_the_offset_to_begin_at(world: World) -> None:
    await world.begin("r")
    await world.send("r", ROWS[0])
    with pytest.raises(Refused) as refused:
        await world.send("r", ROWS[2], len(ROWS[0]) + len(ROWS[1]))
    assert (refused.value.status, refused.value.code) == (409, "offset_gap")
    assert refused.value.error["offset"] == len(ROWS[0])


async def test_a_torn_last_line_waits_for_its_rest(world: World) -> None:
    await world.begin("r")
    torn = SPOOL[:-4]
    ack = await world.send("r", torn)
    assert ack["offset"] == len(SPOOL) - len(ROWS[-1])
    assert (await world.send("r", SPOOL[ack["offset"] :], ack["offset"]))["offset"] == len(SPOOL)
    assert (await world.run("r"))["steps"] == 5


async def test_a_spool_cut_and_repeated_anywhere_arrives_once(world: World) -> None:
    rng = random.Random(5)
    spool = b"".join(history(step, {"loss": step, "note": "ü" * (step % 7)}) for step in range(60)) + exit_record(0)
    await world.begin("r")
    done = 0
    while done < len(spool):
        start = rng.randint(max(0, done - 300), done)
        await world.send("r", spool[start : start + rng.randint(1, 900)], start)
        done = (await world.begin("r"))["offset"]
    run = await world.run("r")
    assert (run["steps"], run["state"], run["last"], run["summary"]["loss"]) == (60, "finished", None, 59)


async def test_what_is_much_work_is_taken_in_several_transactions_and_others_have_their_turn_between(
    world: World,
) -> None:
    world.clock.tick = 0.001
    await world.begin("r")
    spool = MANY_ARTIFACTS + b"".join(ROWS)
    sending = asyncio.create_task(world.send("r", spool))
    others = []
    while not sending.done():
        others.append((await world.begin(f"other-{len(others)}"))["run"]["created"])
    assert sending.result()["offset"] == len(spool)
    assert (await world.run("r"))["steps"] == 5
    events = (await world.call("GET", world.runs_path("r/events?limit=1000")))["events"]
    times = [event["time"] for event in events if event["kind"] == "artifact.logged"]
    assert len(times) == 250
    assert max(collections.Counter(times).values()) == 100
    assert [created for created in others if min(times) < created < max(times)]


async def test_a_run_may_be_begun_with_a_piece_of_several_transactions(world: World) -> None:
    begun = line({"type": "init", "project": "demo", "run": {"id": "r", "spool": "s", "started": 5.0}})
    spool = begun + MANY_ARTIFACTS + exit_record(0)
    for _ in range(2):  # the first answer got lost
        ack = await world.send("r", spool, query="&spool=s&begin=true")
        assert (ack["offset"], ack["run"]["state"]) == (len(spool), "finished")
    assert len((await world.call("GET", world.runs_path("r/artifacts")))["artifacts"]) == 250


async def test_a_line_that_is_no_record_is_named_by_its_place_in_the_piece_and_holds_up_what_follows(
    world: World,
) -> None:
    await world.begin("r")
    with pytest.raises(Refused) as refused:
        await world.send("r", MANY_ARTIFACTS + b'{"type": "history"}\n' + ROWS[0])
    assert (refused.value.code, refused.value.error["field"]) == ("bad_line", "line 251")
    assert MANY_ARTIFACTS[: (await world.begin("r"))["offset"]].count(b"\n") == 200


LINES = [
    ROWS[0],
    b"\n",
    b"no record\n",
    *(line({"type": "metric", "name": "x"}) * count for count in (1, 800)),
    *(b"x" * size + b"\n" for size in (LARGEST_PORTION // 3, LARGEST_PORTION)),
]


@given(st.lists(st.sampled_from(LINES), max_size=12), st.sampled_from([b"", b"torn"]))
def test_portions_are_the_piece_cut_at_line_ends_where_it_is_too_much(records: list[bytes], torn: bytes) -> None:
    piece = b"".join(records) + torn
    portions = cut(piece)
    assert b"".join(portions) == piece
    assert all(portion.endswith(b"\n") for portion in portions[:-1])
    for portion in portions:
        metrics = portion.count(b"metric")
        assert metrics <= MOST_STATEMENTS
        whole = portion.rfind(b"\n") + 1
        assert whole <= LARGEST_PORTION or portion.count(b"\n") == 1
    for one, other in itertools.pairwise(portions):  # none could have been longer
        first = other[: other.find(b"\n") + 1] or other
        longer = one + first
        assert len(longer) > LARGEST_PORTION or longer.count(b"metric") > MOST_STATEMENTS


async def test_gzip_counts_in_unpacked_bytes(world: World) -> None:
    await world.begin("r")
    packed = gzip.compress(SPOOL)
    ack = await world.send("r", packed, headers={"Content-Encoding": "gzip"})
    assert ack["offset"] == len(SPOOL)


def test_gzip_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(TooLarge, match="more than 1 MiB"):
        unpack(gzip.compress(b"x" * (2**20 + 1)), 2**20)


@given(st.binary())
def test_what_is_no_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        unpack(body)


async def test_a_line_that_is_no_record_is_named_and_nothing_of_the_piece_is_stored(world: World) -> None:
    await world.begin("r")
    with pytest.raises(Refused) as refused:
        await world.send("r", ROWS[0] + b'{"type": "history", "step": "x"}\n' + ROWS[1])
    assert (refused.value.status, refused.value.code) == (422, "bad_line")
    assert refused.value.error["field"] == "line 2"
    assert (await world.run("r"))["steps"] == 0


@pytest.mark.parametrize(
    "damage",
    [
        bytes(50),
        b"\xff\r" * 9,
        b'{"type":"history","da',
        b"[" * 5000,
        b'{"type": "summary", "data": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"type": "config", "data": {"a": 1e999}}',
        b'{"type": "history", "step": 0, "time": 1, "data": {"a": "\\ud800"}}',
    ],
)
async def test_a_damaged_line_is_passed_over_and_told_of_and_the_others_are_stored(world: World, damage: bytes) -> None:
    await world.begin("r")
    piece = ROWS[0] + damage + b"\n\n" + ROWS[1]
    assert (await world.send("r", piece))["offset"] == len(piece)
    assert (await world.run("r"))["steps"] == 2
    told = (await world.call("GET", world.runs_path("r/events")))["events"][0]
    words = f"damaged lines of its spool were passed over: 1, of {len(damage) + 1} bytes"
    assert (told["kind"], told["level"], told["reason"]) == ("run.damaged", "WARN", words)


@given(st.lists(st.text(max_size=30)))
def test_any_text_is_a_report_or_a_clear_refusal(lines: list[str]) -> None:
    piece = "\n".join([*lines, ""]).encode()
    try:
        report = read_report(piece)
    except Invalid:
        return
    assert report.size == len(piece)


async def test_the_summary_is_the_last_value_of_each_key_whichever_way_it_was_set(world: World) -> None:
    await world.begin("r")
    await world.send(
        "r",
        history(0, {"loss": 2, "acc": 0.1}, time=7.5)
        + line({"type": "summary", "data": {"loss": "best", "note": "by hand"}})
        + history(3, {"acc": 0.4}, time=8.5),
    )
    summary = (await world.run("r"))["summary"]
    assert summary == {"loss": "best", "acc": 0.4, "note": "by hand", "_step": 3, "_timestamp": 8.5, "_runtime": 3.5}


async def test_config_changes_reach_the_run(world: World) -> None:
    await world.begin("r", config={"lr": 1, "depth": 2})
    await world.send("r", line({"type": "config", "data": {"lr": 0.5, "new": True}}))
    assert (await world.run("r"))["config"] == {"lr": 0.5, "depth": 2, "new": True}


async def test_numbers_that_are_none_pass_and_do_not_count_for_the_metric(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    values = ["NaN", 3.0, True, "Infinity", 1.0, "text", 2.0, None]
    await world.send(run, b"".join(history(i, {"loss": value}) for i, value in enumerate(values)))
    shown = await world.run(run)
    assert (shown["best"], shown["last"], shown["steps"]) == (1.0, 2.0, 8)
    rows = (await world.call("GET", world.runs_path(f"{run}/history")))["rows"]
    assert [row["loss"] for row in rows] == values


async def test_a_metric_with_a_dot_may_be_inside_a_dictionary(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "metric": {"name": "val.loss", "goal": "minimize"}})
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.send(run, history(0, {"val": {"loss": 2.0, "acc": 0.0}}))
    assert (await world.run(run))["best"] == 2.0
    both = history(1, {"val.loss": 1.0, "val": {"loss": 0.0}})
    await world.send(run, both, (await world.begin(run))["offset"])
    assert (await world.run(run))["best"] == 1.0, "the key itself comes first"


async def test_early_stopping_decides_on_the_report_itself_and_says_why(world: World) -> None:
    sweep = await world.sweep({**GRID, "early_terminate": {"type": "hyperband", "min_iter": 3}})
    agent = await world.join(sweep)
    first = (await world.next(agent))["run_id"]
    await world.begin(first, sweep)
    await world.log(first, 0.9, 0.8, 0.1)
    await world.exit(agent, first)
    second = (await world.next(agent))["run_id"]
    await world.begin(second, sweep)
    assert (await world.log(second, 0.9, 0.8))["stop"] is None
    ack = await world.log(second, 0.5)
    assert ack["stop"] == "stopped at its 3rd value: 0.5 was worse than 0.1, the best at that point"
    assert await world.beat(agent, (second,)) == [{"run_id": second, "reason": ack["stop"], "kill": False}]
    assert await _ends(world, sweep, second) == [("run.stopped", "early stopping", ack["stop"])]
    ended = await world.exit(agent, second, -15)
    assert (ended["state"], ended["reason"]) == ("killed", f"{ack['stop']} (SIGTERM)")
    # One event tells of the decision and of what came of it.
    assert await _ends(world, sweep, second) == [("run.killed", "early stopping", ended["reason"])]


async def _ends(world: World, sweep: str, run: str) -> list[tuple[str, str, str]]:
    """What events say of a run's end: kind, actor and reason."""
    about = [event for event in await world.events(sweep) if event["run_id"] == run]
    kinds = ("run.stopped", "run.killed", "run.crashed")
    return [(event["kind"], event["actor"], event["reason"]) for event in about if event["kind"] in kinds]


async def test_a_run_that_is_lost_after_it_was_told_to_stop_keeps_both_events(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    await world.call("POST", f"{world.runs_path(run)}/stop")
    await world.silence(1000)
    assert {kind for kind, _, _ in await _ends(world, sweep, run)} == {"run.stopped", "run.crashed"}


async def test_a_bracket_is_passed_in_the_middle_of_a_piece(world: World) -> None:
    sweep = await world.sweep({**GRID, "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2}})
    agent = await world.join(sweep)
    good = (await world.next(agent))["run_id"]
    await world.begin(good, sweep)
    await world.log(good, 5, 1, 5, 5, 5)
    bad = (await world.next(agent))["run_id"]
    await world.begin(bad, sweep)
    await world.log(bad, 9, 2, 0, 4, 0)
    # Brackets 2 and 4 were passed; what counts is the value at 4: 4 is better than 5.
    assert (await world.run(bad))["reason"] == ""


async def test_an_empty_piece_is_a_sign_of_life_and_no_change(world: World) -> None:
    await world.begin("r")
    version = (await world.run("r"))["version"]
    world.clock.advance(30)
    await world.send("r", b"")
    run = await world.run("r")
    assert (run["heartbeat"], run["version"]) == (world.clock.now, version)


async def test_a_deleted_run_takes_nothing_any_more(world: World) -> None:
    await world.begin("r")
    await world.call("DELETE", world.runs_path("r"))
    for attempt in (world.send("r", SPOOL), world.begin("r"), world.run("r")):
        with pytest.raises(Refused) as refused:
            await attempt
        assert (refused.value.status, refused.value.code) == (410, "run_deleted")


async def test_a_body_beyond_the_bound_is_refused_in_words(world: World) -> None:
    await world.begin("r")
    with pytest.raises(Refused) as refused:
        await world.send("r", b"x" * (64 * 2**20 + 1))
    assert (refused.value.status, refused.value.code) == (413, "too_large")


async def test_a_value_set_on_the_summary_counts_as_the_metric(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    given = await world.next(await world.join(sweep))
    await world.begin(given["run_id"], sweep_id=sweep)
    await world.send(given["run_id"], ROWS[0] + line({"type": "summary", "data": {"loss": 0.25}}))
    run = await world.run(given["run_id"])
    assert (run["best"], run["last"]) == (0.25, 1.0)
    assert (await world.show(sweep))["best"]["value"] == 0.25


def first_line(run: str, sweep: str | None = None, agent: str | None = None) -> bytes:
    about = {"id": run, "sweep_id": sweep, "agent_id": agent, "started": 5.0, "spool": "s"}
    return line({"type": "init", "run": about, "entity": "ann", "project": "demo"})


async def test_runs_of_a_sweep_whose_configuration_is_none_any_more_report_on(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    bad = update(sweeps).values(config={"method": "gone"})
    world.store.write_sync(lambda conn: conn.execute(bad))
    await world.log(run, 0.5, 0.25, code=0)
    await world.call("PATCH", world.runs_path(run), {"summary": {"note": 1}})
    await world.exit(agent, run)
    told = await world.run(run)
    assert (told["state"], told["steps"], told["summary"]["loss"], told["summary"]["note"]) == ("finished", 2, 0.25, 1)
    importance = await world.call("GET", "/projects/ann/demo/importance")
    assert importance["metrics"] == ["loss", "note"]


async def test_the_first_piece_begins_the_run_that_an_agent_was_given(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    spool = first_line(run, sweep, agent) + SPOOL + exit_record(0)
    ack = await world.send(run, spool, query="&spool=s&begin=true")
    assert (ack["offset"], ack["stop"], ack["run"]["state"]) == (len(spool), None, "finished")
    assert (await world.send(run, spool, query="&spool=s&begin=true"))["offset"] == len(spool)
    shown = await world.run(run)
    assert (shown["steps"], shown["agent_id"], shown["state"]) == (5, agent, "finished")


async def test_a_piece_begins_no_other_run_than_its_first_line_names(world: World) -> None:
    await world.sweep(RANDOM)
    for piece in (first_line("other") + SPOOL, SPOOL, b"", b"nonsense\n"):
        with pytest.raises(Refused) as refused:
            await world.send("r", piece, query="&spool=s&begin=true")
        assert refused.value.code in ("bad_first_line", "bad_line")
    assert (await world.runs())["total"] == 0
