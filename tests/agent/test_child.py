"""A run's program and everything that it starts. Real processes and signals."""

import os
import queue
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from besom.agent import guard
from besom.agent.child import CannotStart, Child, Ended, Guard
from waiting import until


class Runner:
    """Starts programs and hears of their ends."""

    def __init__(self, guarded_by: Guard) -> None:
        self.guard = guarded_by
        self.ends: queue.SimpleQueue[Ended] = queue.SimpleQueue()
        self.count = 0

    def start(self, *command: str) -> Child:
        self.count += 1
        run_id = f"test-{os.getpid()}-{self.count}"
        environment = {**os.environ, "BESOM_RUN_ID": run_id}
        return Child(command, environment, run_id=run_id, guarded_by=self.guard, on_end=self.ends.put)

    def python(self, code: str, *arguments: str) -> Child:
        return self.start(sys.executable, "-c", textwrap.dedent(code), *arguments)

    def end(self) -> Ended:
        return self.ends.get(timeout=90)


@pytest.fixture
def runner() -> Iterator[Runner]:
    with Guard(kill_delay=5) as guarded:
        yield Runner(guarded)


def appears(path: Path) -> str:
    """The text of a file that another process writes."""
    return until(lambda: path.exists() and path.read_text(), f"{path.name} with words in it")


def vanishes(pid: int) -> None:
    """Waits until a process of ours or of nobody's is gone, or is only waiting to be collected."""

    def is_gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except (FileNotFoundError, ProcessLookupError):
            return True

    until(is_gone, f"the end of process {pid}")


# Each writes its process id and then lives long; the first argument is the file for it.
LONG_LIVED = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + LONG_LIVED


def test_the_exit_code_is_told(runner: Runner) -> None:
    child = runner.python("raise SystemExit(7)")
    ended = runner.end()
    assert (ended.run_id, ended.code) == (child.run_id, 7)


def test_death_from_a_signal_is_a_negative_code(runner: Runner) -> None:
    runner.python("import os; os.kill(os.getpid(), 9)")
    assert runner.end().code == -signal.SIGKILL


def test_standard_input_is_at_its_end(runner: Runner) -> None:
    runner.python("import sys; sys.exit(len(sys.stdin.read()))")
    assert runner.end().code == 0


def test_the_program_has_a_group_of_its_own(runner: Runner) -> None:
    runner.python(f"import os, sys; sys.exit(os.getpgrp() == {os.getpgrp()})")
    assert runner.end().code == 0


def test_a_signal_reaches_the_whole_group(runner: Runner, tmp_path: Path) -> None:
    child = runner.start("/bin/sh", "-c", f'"{sys.executable}" -c "$0" "$1"; true', LONG_LIVED, str(tmp_path / "pid"))
    grandchild = int(appears(tmp_path / "pid"))
    child.send(signal.SIGTERM)
    assert runner.end().code == -signal.SIGTERM
    vanishes(grandchild)


def test_what_outlives_its_program_is_ended(runner: Runner, tmp_path: Path) -> None:
    runner.python(
        """
        import subprocess, sys, time, os
        subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]])
        while not (os.path.exists(sys.argv[1]) and os.path.getsize(sys.argv[1])): time.sleep(0.005)
        """,
        str(tmp_path / "pid"),
        LONG_LIVED,
    )
    assert runner.end().code == 0
    vanishes(int(appears(tmp_path / "pid")))


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_what_left_the_group_is_ended_too(runner: Runner, tmp_path: Path) -> None:
    runner.python(
        """
        import subprocess, sys, time, os
        subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]], start_new_session=True)
        while not (os.path.exists(sys.argv[1]) and os.path.getsize(sys.argv[1])): time.sleep(0.005)
        """,
        str(tmp_path / "pid"),
        LONG_LIVED,
    )
    assert runner.end().code == 0
    vanishes(int(appears(tmp_path / "pid")))


def test_a_leftover_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "BESOM_RUN_ID": f"deaf-{os.getpid()}"}
    process = subprocess.Popen(
        [sys.executable, "-c", DEAF, str(tmp_path / "pid")], env=environment, start_new_session=True
    )
    appears(tmp_path / "pid")
    guard.end(process.pid, f"BESOM_RUN_ID=deaf-{os.getpid()}", patience=0.1)
    assert process.wait(timeout=90) == -signal.SIGKILL


AGENT = """
import os, sys
from besom.agent.child import Child, Guard
with Guard(kill_delay=0.2) as guarded:
    environment = {**os.environ, "BESOM_RUN_ID": "orphan-" + str(os.getpid())}
    command = [sys.executable, "-c", sys.argv[1], sys.argv[2]]
    child = Child(command, environment, run_id="r", guarded_by=guarded, on_end=print)
    sys.stdin.read()
"""


@pytest.mark.parametrize("program", [LONG_LIVED, DEAF], ids=["obedient", "deaf"])
def test_no_run_survives_an_agent_that_is_killed(tmp_path: Path, program: str) -> None:
    agent = subprocess.Popen(
        [sys.executable, "-c", AGENT, program, str(tmp_path / "pid")], stdin=subprocess.PIPE, start_new_session=True
    )
    run = int(appears(tmp_path / "pid"))
    agent.kill()
    agent.wait()
    vanishes(run)


KILLED_AGENT = """
import os, signal, sys
from besom.agent.child import Child, Guard
held = Guard.hold
def hold(self, mark, *group):
    os.kill(os.getpid(), signal.SIGKILL) if group else held(self, mark)
Guard.hold = hold
with Guard(kill_delay=0.2) as guarded:
    environment = {**os.environ, "BESOM_RUN_ID": "orphan-" + str(os.getpid())}
    Child([sys.executable, "-c", *sys.argv[1:]], environment, run_id="r", guarded_by=guarded, on_end=print)
"""


def test_nor_does_one_whose_agent_is_killed_in_the_moment_in_which_it_starts(tmp_path: Path) -> None:
    words = [sys.executable, "-c", KILLED_AGENT, LONG_LIVED, str(tmp_path / "pid")]
    agent = subprocess.Popen(words, start_new_session=True)
    assert agent.wait() == -signal.SIGKILL
    mark = f"BESOM_RUN_ID=orphan-{agent.pid}"
    until(lambda: guard.marked(mark) == [], "the end of the orphan")


def test_a_program_that_does_not_exist_is_named(runner: Runner) -> None:
    with pytest.raises(CannotStart, match=r"no program 'no-such-trainer' on the PATH") as caught:
        runner.start("no-such-trainer", "--lr=1")
    assert caught.value.code == 127


def test_a_program_that_may_not_be_executed_is_named(runner: Runner, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("print('hello')")
    with pytest.raises(CannotStart, match=r"train\.py' cannot be executed: .*begin the command") as caught:
        runner.start(str(script))
    assert caught.value.code == 126


def test_an_argument_that_no_program_can_get_is_an_error(runner: Runner) -> None:
    with pytest.raises(CannotStart, match="null byte"):
        runner.start("/bin/true", "a\0b")
