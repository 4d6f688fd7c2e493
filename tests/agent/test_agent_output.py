"""What the user of an agent reads."""

import io
import os
import sys
from pathlib import Path

import msgspec
import pytest

from besom.agent import summary
from besom.agent.limits import Record
from besom.agent.output import Output, compact
from besom.agent.session import Session
from besom.client.connection import Connection
from besom.client.paths import parse_item
from besom.protocol import OutputRecord, Run, StopRecord
from besom.sdk.capture.wrap import Wrap


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def output(stream: io.StringIO) -> Output:
    return Output(stream, {})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_run_is_shown_with_its_page_its_parameters_and_its_command(output: Output, stream: io.StringIO) -> None:
    params = {"lr": 1e-05, "flag": True, "model": {"depth": 3}}
    output.run_starts("calm-sweep-1", "http://h/me/p/runs/abc", params, ["python", "train.py", "--name=one two"])
    assert stream.getvalue().splitlines() == [
        "besom: Run calm-sweep-1  http://h/me/p/runs/abc",
        'besom:   flag=true  lr=1e-05  model={"depth": 3}',
        "besom:   $ python train.py '--name=one two'",
    ]


def test_what_an_agent_says_meanwhile_is_no_line_of_a_run_in_its_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept: list[OutputRecord] = []
    output = Output()
    run = Wrap(tmp_path, kept.append)
    sys.stderr.write("half a ")
    output.server_away("The server is away.")
    sys.stderr.write("line\n")
    run.stop()
    assert [line for record in kept for line in record.lines if line] == ["half a line"]
    assert "besom: The server is away." in capsys.readouterr().err


def test_parameters_are_wrapped_where_the_terminal_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    Output(terminal, {"NO_COLOR": "1"}).run_starts("a", "url", {f"parameter{i}": i for i in range(9)}, None)
    lines = terminal.getvalue().splitlines()[1:]
    assert max(map(len, lines)) <= 40
    assert [word for line in lines for word in line.split()[1:]] == [f"parameter{i}={i}" for i in range(9)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("adam", "adam"),
        ("two\nlines", '"two\\nlines"'),
        ("größe", "größe"),
        (None, "null"),
        ("x" * 999, "x" * 197 + "..."),
    ],
)
def test_a_value_is_one_piece_of_one_line(value: object, text: str) -> None:
    assert compact(value) == text


def run(state: str, reason: str = "", **summary: object) -> Run:
    return msgspec.convert(
        dict.fromkeys(field.name for field in msgspec.structs.fields(Run))
        | {"state": state, "reason": reason, "summary": summary}
        | dict.fromkeys(("id", "name", "entity", "project", "url"), "")
        | {"params": {}, "config": {}, "tags": [], "steps": 0, "created": 0.0, "duration": 0.0, "version": 1},
        Run,
        strict=False,
    )


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        (run("finished", loss=0.25, _runtime=3.0), "Run a finished after 2.00 s: loss 0.25"),
        (run("finished"), "Run a finished after 2.00 s"),
        (run("failed", "exit code 3", loss=0.25), "Run a failed after 2.00 s: exit code 3"),
        (None, "Run a was deleted after 2.00 s"),
    ],
)
def test_the_end_of_a_run_says_why_it_ended_or_what_came_out(
    output: Output, stream: io.StringIO, seen: Run | None, line: str
) -> None:
    output.run_ended("a", seen, 2.0)
    assert stream.getvalue() == f"besom: {line}\n"


def test_a_reader_that_has_left_ends_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        output = Output(stream, {})
        output.line("news")
        output.line("more")


def test_without_standard_error_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    Output(environ={}).run_starts("a", "url", {"x": 1}, ["true"])


def test_a_reason_to_wait_is_said_once_per_change(output: Output, stream: io.StringIO) -> None:
    for reason in ("paused", "paused", "cap", "paused"):
        output.waiting(reason)
    assert [line.split()[-1] for line in stream.getvalue().splitlines()] == ["paused", "cap", "paused"]


def test_a_wait_after_a_run_is_said_again(output: Output, stream: io.StringIO) -> None:
    output.waiting("paused")
    output.run_starts("a", "b", {}, None)
    output.waiting("paused")
    assert stream.getvalue().count("Waiting") == 2


def test_a_server_that_is_away_is_said_once(output: Output, stream: io.StringIO) -> None:
    output.server_away("No answer.")
    output.server_away("No answer.")
    output.server_back()
    output.server_back()
    assert len(stream.getvalue().splitlines()) == 2


def test_colours_only_on_a_terminal(stream: io.StringIO) -> None:
    Output(stream, {}).problem("bad")
    assert "\033" not in stream.getvalue()
    terminal = Terminal()
    Output(terminal, {}).problem("bad")
    assert "\033[31m" in terminal.getvalue()


@pytest.mark.parametrize(
    ("environ", "coloured"), [({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)]
)
def test_no_colours_where_they_are_not_wanted(environ: dict[str, str], coloured: bool) -> None:
    terminal = Terminal()
    Output(terminal, environ).problem("bad")
    assert ("\033" in terminal.getvalue()) == coloured


def test_a_run_that_early_stopping_ended_is_no_failure() -> None:
    terminal = Terminal()
    why = StopRecord(rule="asha", rung=9, value=0.41)
    stopped = msgspec.structs.replace(run("killed", "stopped at its 9th value"), stopped=why)
    Output(terminal, {}).run_ended("a", stopped, 2.0)
    assert terminal.getvalue() == "besom: Run a stopped early after 2.00 s: stopped at its 9th value\n"


def test_runs_whose_end_could_not_be_reported_are_counted_in_the_last_line() -> None:
    said = io.StringIO()
    output = Output(said)
    session = Session(Connection("http://127.0.0.1:9", "key"), parse_item("sweep", "sweep"), output)
    record = Record()
    record.add("finished")
    session.begins("run")
    summary.say(record, session, output, ask=False)
    assert said.getvalue() == "besom: Agent ends after 2 runs: 1 finished, 1 not reported.\n"
