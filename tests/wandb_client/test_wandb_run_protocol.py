"""Corners of the protocol of runs that no script reaches by intent: answers that are lost, null variables, errors."""

import gzip
import json
import time

import pytest
import urllib3

from besom.protocol import HistoryPage, NewSweep, OutputPage, Run, SweepCreated, SystemPage, Viewer

UPSERT = """
mutation UpsertBucket($id: String, $name: String, $project: String, $entity: String, $config: JSONString,
    $host: String, $program: String, $sweep: String, $tags: [String!], $summaryMetrics: JSONString, $state: String,
    $notes: String, $groupName: String) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, entityName: $entity, config: $config, host: $host,
      jobProgram: $program, sweep: $sweep, tags: $tags, summaryMetrics: $summaryMetrics, state: $state, notes: $notes,
      groupName: $groupName}) {
    bucket { id name displayName sweepName config historyLineCount project { name entity { name } } }
    inserted
  }
}
"""
BEGIN = {"project": "wire", "entity": None, "host": "h", "program": "t.py", "id": None, "tags": None}


class Wire:
    """Sends what the client sends, and looks at what besom shows."""

    def __init__(self, server, connection):
        self.server = server
        self.connection = connection
        self.entity = connection.request("GET", "/viewer", reply=Viewer).entity
        self.headers = urllib3.make_headers(basic_auth=f"api:{server.key}")

    def writer(self, name):
        """Another one, which logs to the same runs at the same time."""
        other = Wire(self.server, self.connection)
        other.headers = {**self.headers, "X-Wandb-Client-Id": name, "X-Wandb-Async-Client-Id": name}
        return other

    def ask(self, query, variables, status=200):
        answer = urllib3.request(
            "POST", f"{self.server.url}/graphql", json={"query": query, "variables": variables}, headers=self.headers
        )
        assert answer.status == status, answer.data
        return answer.json()["data"] if status == 200 else answer.json()["errors"][0]["message"]

    def upsert(self, **variables):
        return self.ask(UPSERT, variables)["upsertBucket"]["bucket"]

    def begin(self, name, **variables):
        return self.upsert(**{**BEGIN, "name": name, **variables})

    def post(self, name, body, status=200, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"{self.server.url}/files/{self.entity}/wire/{name}/file_stream"
        answer = urllib3.request("POST", address, body=data, headers={**self.headers, **headers})
        assert answer.status == status, answer.data
        return answer.json()

    def look(self, name, reply=Run, rest=""):
        return self.connection.request("GET", f"/projects/{self.entity}/wire/runs/{name}{rest}", reply=reply)

    def rows(self, name):
        return [row.get("a") for row in self.look(name, HistoryPage, "/history").rows]


@pytest.fixture
def wire(server, connection):
    return Wire(server, connection)


def history(offset, *values):
    lines = [json.dumps({"_step": offset + place, "_timestamp": 1.7e9, "a": a}) for place, a in enumerate(values)]
    return {"files": {"wandb-history.jsonl": {"offset": offset, "content": lines}}}


def test_lines_that_come_again_or_overlap_are_stored_once(wire):
    wire.begin("resent")
    for offset, values in ((0, [0, 1]), (0, [0, 1]), (1, [1, 2, 3]), (0, [0]), (4, [4])):
        assert wire.post("resent", history(offset, *values)) == {}
    assert wire.rows("resent") == [0, 1, 2, 3, 4]

    events = [json.dumps({"system.cpu": n, "_timestamp": 1.7e9 + n, "_wandb": True}) for n in range(3)]
    for offset in (0, 0, 1):
        wire.post("resent", {"files": {"wandb-events.jsonl": {"offset": offset, "content": events[offset:]}}})
    assert wire.look("resent", SystemPage, "/system").curves[0].values == [0, 1, 2]

    for offset, *texts in ((0, "start", "10 %"), (1, "50 %"), (1, "100 %", "end")):
        lines = [json.dumps({"ts": "2026-01-31T12:00:00.5", "content": text}) for text in texts]
        wire.post("resent", {"files": {"output.log": {"offset": offset, "content": lines}}})
    wire.post("resent", {"files": {"output.log": {"offset": 3, "content": ["ERROR 2026-01-31T12:00:01 old form"]}}})
    printed = wire.look("resent", OutputPage, "/output").lines
    assert [line.text for line in printed] == ["start", "100 %", "end", "old form"]
    assert (printed[0].time, printed[3].level) == (1769860800.5, "error")


def test_an_end_that_an_earlier_process_tells_of_late_is_none_for_a_run_that_goes_on(wire):
    identity = wire.begin("taken")["id"]
    wire.post("taken", history(0, 0, 1))
    wire.begin("taken", id=identity, tags=[])
    wire.post("taken", {"complete": True, "exitcode": 1})
    wire.post("taken", history(2, 2))
    run = wire.look("taken")
    assert (run.state, run.exit_code) == ("running", None)
    wire.post("taken", {**history(3, 3), "complete": True, "exitcode": 0})
    assert (wire.look("taken").state, wire.rows("taken")) == ("finished", [0, 1, 2, 3])


def test_each_of_several_writers_counts_for_itself_and_none_is_asked_for_what_another_has_sent(wire):
    first, second = wire.writer("first"), wire.writer("second")
    first.begin("many", config='{"a": {"value": 1}}')
    first.post("many", history(0, 0, 1))
    second.begin("many", config='{"b": {"value": 2}}')
    for _ in range(2):
        second.post("many", {**history(0, 10, 11), **{"preempting": False}})
    first.post("many", history(1, 1, 2))
    for writer, summary in ((first, '{"x": 1}'), (second, '{"y": 2}')):
        writer.post("many", {"files": {"wandb-summary.json": {"content": [summary]}}})
    rows = wire.look("many", HistoryPage, "/history").rows
    assert [(row["_step"], row["a"]) for row in rows] == list(enumerate([0, 1, 10, 11, 2]))
    wire.writer("stranger").post("many", history(0, 5), status=400)
    first.post("many", {"complete": True, "exitcode": 0})
    second.post("many", history(2, 12))
    run = wire.look("many")
    assert (run.state, run.steps, run.config, run.summary) == ("finished", 6, {"a": 1, "b": 2}, {"x": 1, "y": 2})


def test_a_summary_replaces_the_last_one_and_numbers_that_json_lacks_come_through(wire):
    wire.begin("sums", config='{"x": {"value": Infinity}, "_wandb": {"value": {"t": {"5": "0.31.0"}, "m": []}}}')
    for line in ('{"a": 1, "b": 2, "_wandb": {"runtime": 7}}', '{"a": NaN, "c": {"min": -Infinity}}'):
        body = {"files": {"wandb-summary.json": {"offset": 0, "content": [line]}}}
        wire.post("sums", gzip.compress(json.dumps(body).encode()), **{"Content-Encoding": "gzip"})
    run = wire.look("sums")
    assert (run.summary, run.config) == ({"a": "NaN", "c": {"min": "-Infinity"}}, {"x": "Infinity"})
    found = wire.ask(
        '{ project(name: "wire") { run(name: "sums") { summaryMetrics config wandbConfig(keys: ["t"]) } } }', {}
    )["project"]["run"]
    assert "NaN" in found["summaryMetrics"]
    assert json.loads(found["config"]) == {
        "x": {"value": float("inf")},
        "_wandb": {"value": {"t": {"5": "0.31.0"}, "m": []}},
    }
    assert json.loads(found["wandbConfig"]) == {"t": {"5": "0.31.0"}}


def test_errors_end_the_uploads_only_where_sending_again_cannot_help(wire):
    wire.begin("gone")
    wire.post("gone", b"{", status=422)
    wire.post("gone", {"files": {"wandb-history.jsonl": {"offset": 0, "content": ["[]"]}}}, status=422)
    wire.post("nowhere", {}, status=404)
    identity = wire.begin("gone")["id"]
    mutation = "mutation M($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }"
    for _ in range(2):
        wire.ask(mutation, {"id": identity})
    wire.post("gone", history(0, 1), status=410)
    assert "was deleted" in wire.ask(UPSERT, {**BEGIN, "name": "gone"}, status=410)


def test_odd_values_never_become_an_error_that_the_client_would_repeat_for_days(wire):
    half = "\ud800"  # of a surrogate pair
    wire.begin(
        "odd", config=json.dumps({"text": {"value": half}, "_wandb": {"value": {"m": [{"1": "a", "8": []}], "e": 1}}})
    )
    lines = {
        "wandb-history.jsonl": {"_step": 0, "_timestamp": "now", "a": 10**300, "text": half},
        "wandb-events.jsonl": {"_timestamp": None, "system.cpu": "much", "system.memory": 10**400},
        "output.log": {"content": "x", "level": 3, "ts": []},
    }
    for name, line in lines.items():
        wire.post("odd", {"files": {name: {"offset": 0, "content": [json.dumps(line)]}}})
    run = wire.look("odd")
    assert (run.steps, run.config) == (1, {"text": "?"})
    assert wire.look("odd", HistoryPage, "/history").rows[0]["text"] == "?"
    assert wire.look("odd", OutputPage, "/output").lines[0].text == "x"
    for config in ("[]", "3", '"x"'):
        wire.ask(UPSERT, {**BEGIN, "name": "odd", "config": config}, status=422)
    wire.post("odd", {"files": {"output.log": {"offset": -1, "content": ["x"]}}}, status=422)
    wire.post("odd", {"files": {"output.log": {"offset": 2**31, "content": ["x"]}}}, status=422)
    wire.post("odd", {"files": {"output.log": {"offset": 1, "content": ["{printed}", "[1]"]}}})
    assert [line.text for line in wire.look("odd", OutputPage, "/output").lines] == ["x", "{printed}", "[1]"]
    for deep in ('{"a":' * 5000 + "1" + "}" * 5000, '{"a":' * 5000 + "NaN" + "}" * 5000):
        wire.post("odd", {"files": {"wandb-history.jsonl": {"offset": 1, "content": [deep]}}}, status=422)
    wire.post("odd", b"[" * 5000, status=422)
    wire.post("odd", {"complete": True, "exitcode": 2**40})
    assert wire.look("odd").exit_code == 2**31 - 1


def test_a_run_whose_machine_goes_is_still_preempted_after_its_tags_have_changed(wire):
    identity = wire.begin("leaving")["id"]
    wire.post("leaving", {"preempting": True})
    wire.begin("leaving", id=identity, tags=["late"])
    assert wire.look("leaving").tags == ["late"]
    wire.post("leaving", {"complete": True, "exitcode": 1})
    assert wire.look("leaving").state == "preempted"


def test_null_changes_nothing_and_what_is_sent_replaces(wire):
    begun = wire.begin("nulls", config='{"a": {"value": 1}, "b": {"value": 2}}', tags=["x"], notes="n", groupName="g")
    wire.upsert(name="nulls", project="wire", config='{"a": {"value": 3}, "c": {"value": null}}', tags=None)
    run = wire.look("nulls")
    assert (run.config, run.tags, run.notes, run.group) == ({"a": 3, "c": None}, ["x"], "n", "g")
    wire.upsert(id=begun["id"], notes="", config='{"d": {"value": 4}}', summaryMetrics=None)
    wire.upsert(id=begun["id"], summaryMetrics='{"loss": 0.5}')
    wire.upsert(id=begun["id"], summaryMetrics='{"acc": 1, "_wandb": {"runtime": 3}}')
    run = wire.look("nulls")
    assert (run.config, run.notes, run.tags) == ({"d": 4}, None, ["x"])
    assert run.summary == {"acc": 1, "_runtime": 3}
    assert run.state == "running"
    assert "no run with the id" in wire.ask(UPSERT, {"id": "bm9uZQ==", "notes": "n"}, status=404)


def test_a_run_that_was_made_in_advance_counts_as_begun_only_when_its_program_begins_it(wire):
    status = """query R($name: String!) { model(name: "wire") { bucket(name: $name, missingOk: true) {
        wandbConfig(keys: ["t"]) historyLineCount logLineCount eventsLineCount historyTail eventsTail config } } }"""
    made = wire.upsert(name="early", project="wire", state="pending")
    assert wire.look("early").state == "pending"
    early = wire.ask(status, {"name": "early"})["model"]["bucket"]
    assert (early["wandbConfig"], early["historyTail"], early["eventsTail"]) == ("{}", "[]", "[]")
    assert wire.begin("early", config='{"_wandb": {"value": {"t": {"1": []}}}}')["historyLineCount"] == 0
    wire.post("early", history(0, 5, 6))
    begun = wire.ask(status, {"name": "early"})["model"]["bucket"]
    assert json.loads(begun["wandbConfig"]) == {"t": {"1": []}}
    assert begun["historyLineCount"] == 2
    assert json.loads(json.loads(begun["historyTail"])[0])["a"] == 6
    resumed = wire.begin("early", id=made["id"], tags=[])
    assert resumed["historyLineCount"] == 2
    assert wire.begin("early")["historyLineCount"] == 0, "begun anew: the client counts from 0"
    assert wire.rows("early") == []

    change = "mutation M($id: ID!, $state: String!) { updateRunState(input: {id: $id, state: $state}) { success } }"
    wire.ask(change, {"id": made["id"], "state": "failed"})
    assert wire.look("early").state == "failed"
    assert "invalid state transition" in wire.ask(change, {"id": made["id"], "state": "failed"}, status=400)
    wire.ask(change, {"id": made["id"], "state": "pending"})
    assert wire.look("early").state == "pending"


def test_a_run_that_ended_long_before_it_is_told_of_took_as_long_as_it_did(wire):
    wire.begin("late")
    rows = [json.dumps({"_step": n, "_runtime": 60.0 * n, "_timestamp": 1.7e9 + 60 * n}) for n in range(3)]
    wire.post("late", {"files": {"wandb-history.jsonl": {"content": rows}}, "complete": True, "exitcode": 0})
    run = wire.look("late")
    assert (run.state, run.started, run.ended, run.duration) == ("finished", 1.7e9, 1.7e9 + 120, 120)


def test_the_metric_of_a_sweep_is_found_in_nested_rows_and_aggregates_and_stops_runs(wire):
    sweep = wire.connection.request(
        "POST",
        f"/projects/{wire.entity}/wire/sweeps",
        body=NewSweep(
            config={
                "method": "random",
                "metric": {"name": "val.loss", "goal": "minimize"},
                "parameters": {"a": {"min": 0.0, "max": 1.0}},
                "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2},
            }
        ),
        reply=SweepCreated,
    ).sweep
    stopped = []
    for name, level in (("good", 1), ("better", 0.5), ("bad", 9), ("worse", 10)):
        begun = wire.begin(name, sweep=sweep.id)
        assert begun["sweepName"] == sweep.id
        lines = [json.dumps({"_step": n, "_timestamp": time.time(), "val": {"loss": level}}) for n in range(2)]
        stopped.append(wire.post(name, {"files": {"wandb-history.jsonl": {"content": lines}}}))
        assert wire.look(name).best == level
    assert stopped == [{}, {}, {"stopped": True}, {"stopped": True}]
    assert wire.post("bad", {}) == {"stopped": True}
    wire.post("bad", {"complete": True, "exitcode": 255})
    assert wire.look("bad").state == "killed"

    wire.begin("aggregate", sweep=sweep.id)
    summary = json.dumps({"val": {"loss": {"min": 0.25}}})
    wire.post("aggregate", {"files": {"wandb-summary.json": {"content": [summary]}}})
    assert wire.look("aggregate").best == 0.25
    assert "no sweep" in wire.ask(UPSERT, {**BEGIN, "name": "stray", "sweep": "nosweep1"}, status=404)
