"""How a run ends, told by its spool."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import besom
from besom.errors import UsageError
from besom.protocol import ExitRecord, HistoryRecord
from besom.sdk import owner, spool

pytestmark = pytest.mark.usefixtures("offline")


def ending(records) -> list[int]:
    return [record.code for record in records() if isinstance(record, ExitRecord)]


def rows(records) -> list[dict]:
    return [record.data for record in records() if isinstance(record, HistoryRecord)]


@pytest.mark.parametrize(
    ("end", "code", "process_code"),
    [
        ("", 0, 0),
        ("besom.finish()", 0, 0),
        ("besom.finish(3)", 3, 0),
        ("import sys; sys.exit()", 0, 0),
        ("import sys; sys.exit(4)", 4, 4),
        ("import sys; sys.exit('words')", 1, 1),
        ("import sys\ntry: sys.exit(4)\nexcept SystemExit: pass", 0, 0),  # as a parser of arguments, or a test, may
        ("import sys, threading as t\nw = t.Thread(target=sys.exit, args=(4,)); w.start(); w.join()", 0, 0),
        ("import sys; sys.exit(-1)", 255, 255),
        ("exit(3)", 3, 3),
        ("raise SystemExit", 0, 0),
        ("raise SystemExit(4)", 4, 4),
        ("raise SystemExit('words')", 1, 1),
        ("def main():\n    return 0\nraise SystemExit(main())", 0, 0),
        ("def main():\n    raise SystemExit(9)\nmain()", 1, 9),  # that it failed is all that can be known
        ("raise ValueError('boom')", 1, 1),
        ("raise KeyboardInterrupt", -signal.SIGINT, -signal.SIGINT),
    ],
)
def test_the_exit_record_tells_how_the_program_ended(start, records, end: str, code: int, process_code: int) -> None:
    process = start(f"import besom\nbesom.init()\nbesom.log({{'a': 1}})\n{end}\n")
    _, error = process.communicate()
    assert process.returncode == process_code
    assert ending(records) == [code]
    assert ("boom" in error) == ("boom" in end)


@pytest.mark.parametrize(
    ("error", "code"), [(None, 0), (ValueError(), 1), (SystemExit(5), 5), (KeyboardInterrupt(), -signal.SIGINT)]
)
def test_a_with_block_ends_the_run(records, error: BaseException | None, code: int) -> None:
    def train() -> None:
        with besom.init():
            if error:
                raise error

    if error:
        with pytest.raises(type(error)):
            train()
    else:
        train()
    assert besom.run is None
    assert ending(records) == [code]


def test_a_daemon_thread_that_still_logs_when_the_program_ends_is_no_mistake(start, records) -> None:
    process = start(
        """
import besom, threading, time
run = besom.init()
def go_on():
    while True:
        run.log({"a": 1})
        time.sleep(0.001)
threading.Thread(target=go_on, daemon=True).start()
finish = run.finish
def finish_and_wait(*arguments):
    finish(*arguments)
    time.sleep(0.2)
run.finish = finish_and_wait
"""
    )
    _, error = process.communicate()
    assert (process.returncode, ending(records)) == (0, [0])
    assert "Traceback" not in error


def test_an_exit_code_that_is_none_is_refused_and_the_run_goes_on(records) -> None:
    run = besom.init()
    with pytest.raises(UsageError, match="exit_code='failed'"):
        run.finish("failed")  # type: ignore[arg-type]
    run.log({"a": 1})
    run.finish()
    assert [type(record) for record in records()[-2:]] == [HistoryRecord, ExitRecord]


def test_a_second_finish_does_nothing(records) -> None:
    run = besom.init()
    run.finish(2)
    run.finish(3)
    assert ending(records) == [2]


class Ordered(BaseException):
    """As an order to stop, or a signal, comes to a function."""


def test_what_breaks_into_the_end_of_a_run_leaves_it_ended(tmp_path: Path) -> None:
    """Or the next run of the process would be taken for it, and its values for that one's."""
    heard: list[str] = []

    def ordered() -> None:
        raise Ordered

    run = besom.init()
    run.on_finish(lambda: heard.append("what else is to be done"))
    run.on_finish(ordered)
    with pytest.raises(Ordered):
        run.finish(0)
    assert heard == ["what else is to be done"]
    folder = run.folder
    assert folder is not None
    assert [record.code for record in spool.records(folder / spool.FILE_NAME, (b'{"type":"exit"',))] == [0]
    assert owner.life(folder / spool.FILE_NAME, spool.read_first(folder / spool.FILE_NAME)) == "ended"
    with besom.init() as other:
        assert other.id != run.id


@pytest.mark.parametrize("channel", ["/dev/full", "a pipe that nobody reads"])
def test_a_training_goes_on_where_nobody_can_be_told_anything(tmp_path: Path, records, channel: str) -> None:
    script = tmp_path / "train.py"
    script.write_text("import besom\nbesom.init()\nbesom.log({'a': 1}, step=2)\nbesom.log({'a': 2}, step=1)\n")
    reading, writing = os.pipe() if channel != "/dev/full" else (-1, os.open(channel, os.O_WRONLY))
    if reading >= 0:
        os.close(reading)
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, stderr=writing, check=False)
    os.close(writing)
    assert (done.returncode, ending(records), rows(records)) == (0, [0], [{"a": 1}])


def test_nothing_but_values_comes_into_a_spool_where_the_program_was_started_without_streams(
    tmp_path: Path, records
) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import os, subprocess, besom\nbesom.init()\nfor a in range(3):\n    besom.log({'a': a})\n"
        "    os.write(2, b'a word of a library')\n    subprocess.run(['echo', '-n', 'and of a child'])\n"
    )
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, str(script)]
    done = subprocess.run(closed, cwd=tmp_path, check=False)
    assert (done.returncode, rows(records), ending(records)) == (0, [{"a": 0}, {"a": 1}, {"a": 2}], [0])


def test_names_of_files_that_are_not_utf_8_are_no_reason_not_to_begin(tmp_path: Path, records) -> None:
    script = os.fsencode(tmp_path) + b"/tr\xe4in.py"
    with open(script, "w") as file:
        file.write("import sys, besom\nbesom.init(config={'data': sys.argv[1]})\n")
    done = subprocess.run([sys.executable, script, b"/data/caf\xe9"], cwd=tmp_path, check=False)
    assert (done.returncode, ending(records)) == (0, [0])
    run = records()[0].run
    assert (run.config, run.program) == ({"data": "/data/caf?"}, "tr?in.py")


def test_sigterm_ends_the_program_as_if_besom_were_not_there(start, records) -> None:
    process = start(
        "import besom, time\nbesom.init()\nbesom.log({'a': 1})\nprint('ready', flush=True)\ntime.sleep(60)\n"
    )
    assert process.stdout.readline() == "ready\n"
    process.terminate()
    process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert rows(records) == [{"a": 1}]
    assert ending(records) == []


def test_a_signal_handler_may_log_and_finish_while_log_is_running(start, records) -> None:
    process = start(
        """
        import besom, signal, sys

        def handler(number, frame):
            besom.log({"from": "handler"})
            besom.finish(7)
            sys.exit(7)

        signal.signal(signal.SIGTERM, handler)
        besom.init()
        print("ready", flush=True)
        while True:
            besom.log({"from": "loop"})
        """
    )
    process.stdout.readline()
    process.terminate()
    process.communicate()
    assert process.returncode == 7
    assert rows(records)[-1] == {"from": "handler"}
    assert ending(records) == [7]


@pytest.mark.usefixtures("online")
def test_a_run_that_is_stopped_while_it_ends_ends_as_it_was_to(start, view) -> None:
    process = start(
        """
        import signal, time
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in the background of a script
        import besom
        from besom.sdk import sender
        sender.HEARTBEAT_SECONDS = 0.1
        run = besom.init(project="ends", id="stopped-late", mode="online")

        def stop():
            server = run._sender.stream.connection
            server.request("POST", f"/projects/{run.entity}/ends/runs/{run.id}/stop")
            time.sleep(1)  # the order arrives with a heartbeat

        run.on_finish(stop)
        run.log({"a": 1})
        run.finish()
        """
    )
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert view.run("ends", "stopped-late").exit_code == 0


@pytest.mark.usefixtures("online")
def test_a_signal_handler_may_finish_while_log_wakes_the_thread_that_sends(start, view) -> None:
    process = start(
        """
        import besom, signal, sys
        lines = 0

        def handler(number, frame):
            sys.settrace(None)
            run.finish(7)
            sys.exit(7)

        def break_in(frame, event, _):
            global lines
            if frame.f_code.co_name == "set" and frame.f_back.f_code.co_name == "_wake":
                lines += event == "line"
                if lines == 2:  # in the middle of it
                    signal.raise_signal(signal.SIGTERM)
            return break_in

        signal.signal(signal.SIGTERM, handler)
        run = besom.init(project="ends", id="broken-into", mode="online")
        sys.settrace(break_in)
        while True:
            run.log({"a": 1})
        """
    )
    process.communicate(timeout=120)
    assert process.returncode == 7
    assert view.run("ends", "broken-into").exit_code == 7


def test_a_forked_process_neither_logs_nor_ends_the_run(start, records) -> None:
    process = start(
        """
        import besom, os, sys

        run = besom.init()
        besom.log({"from": "parent"})
        child = os.fork()
        if child == 0:
            besom.log({"from": "child"})
            besom.log({"from": "child"})
            run.config.child = 1
            sys.exit(5)
        os.waitpid(child, 0)
        besom.log({"from": "parent again"})
        """
    )
    _, error = process.communicate()
    assert rows(records) == [{"from": "parent"}, {"from": "parent again"}]
    assert ending(records) == [0]
    assert error.count("process forked from") == 1


def test_workers_of_a_pool_do_not_end_the_run(start, records) -> None:
    process = start(
        """
        import besom, multiprocessing

        if __name__ == "__main__":
            besom.init()
            with multiprocessing.get_context("fork").Pool(2) as pool:
                besom.log({"squares": pool.map(abs, [-1, -2])})
        """
    )
    process.communicate()
    assert rows(records) == [{"squares": [1, 2]}]
    assert ending(records) == [0]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("row", "words"), [({}, "nothing logged"), ({"t": "text"}, "no numbers logged"), ({"a": 1}, "a 1")]
)
def test_the_last_line_says_what_was_logged(capsys, row: dict[str, object], words: str) -> None:
    run = besom.init()
    run.log(row)
    run.finish()
    assert f"finished: {words}\n" in capsys.readouterr().err


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    ("end", "state"),
    [
        ("", "finished"),
        ("raise SystemExit(3)", "failed"),
        ("raise ValueError", "failed"),
        ("raise KeyboardInterrupt", "killed"),
    ],
)
def test_the_server_is_told_how_the_program_ended(start, view, end: str, state: str) -> None:
    process = start(f"import besom\nprint(besom.init(project='ends', mode='online').id)\n{end}\n")
    run_id = process.communicate()[0].strip()
    assert view.run("ends", run_id).state == state


def test_ctrl_c_in_the_end_of_one_run_lets_the_others_end_too(start, tmp_path: Path) -> None:
    program = start(
        """
        import os, signal, time
        import besom
        first, second = besom.init(), besom.init(reinit="create_new")
        first.on_finish(lambda: (os.kill(os.getpid(), signal.SIGINT), time.sleep(9)))
        """
    )
    _, error = program.communicate()
    assert "Traceback" not in error
    assert error.count("besom sync") == 2
    spools = list(tmp_path.glob("besom/run-*/spool.jsonl"))
    assert [path.read_text().count('"exit"') for path in spools] == [1, 1]
