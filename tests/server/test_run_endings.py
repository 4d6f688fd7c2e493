"""How a run ended, told from its exit code (features N25, N38)."""

from __future__ import annotations

import pytest

from besom.server.services.endings import ending_of_process, ending_of_record
from besom.server.services.states import ENDED, UNFINISHED, next_run_state

STOP = "stopped by ann"


@pytest.mark.parametrize(
    ("code", "claimed", "stop", "state", "reason"),
    [
        (0, True, None, "finished", ""),
        (3, True, None, "failed", "exit code 3"),
        (1, False, None, "failed", "exit code 1"),
        (-9, True, None, "crashed", "ended by SIGKILL, nobody asked for it"),
        (-11, False, None, "crashed", "ended by SIGSEGV, nobody asked for it"),
        (-2, True, None, "killed", "interrupted by SIGINT"),
        (-15, True, STOP, "killed", "stopped by ann (SIGTERM)"),
        (-9, True, STOP, "killed", "stopped by ann (SIGKILL)"),
        (1, True, STOP, "killed", "stopped by ann (exit code 1)"),
        (0, True, STOP, "finished", "stopped by ann"),
        (-200, True, None, "crashed", "ended by signal 200, nobody asked for it"),
    ],
)
def test_the_exit_code_and_what_was_asked_for_decide(code, claimed, stop, state, reason) -> None:
    ending = ending_of_process(code, claimed=claimed, stop_reason=stop)
    assert (ending.state, ending.reason) == (state, reason)


def test_a_program_that_never_called_init_did_not_finish() -> None:
    ending = ending_of_process(0, claimed=False, stop_reason=None)
    assert ending.state == "failed"
    assert "never called init()" in ending.reason


def test_the_agents_message_is_kept() -> None:
    ending = ending_of_process(1, claimed=True, stop_reason=None, message="ValueError: no data")
    assert ending.reason == "exit code 1: ValueError: no data"


def test_a_run_that_was_only_silent_comes_back_with_its_next_report() -> None:
    assert next_run_state("crashed", "report") == "running"
    assert next_run_state("crashed", "report", exit_code=-9) == "crashed"


@pytest.mark.parametrize("state", sorted(ENDED - {"crashed"}))
def test_late_data_does_not_wake_a_run_that_has_ended(state) -> None:
    assert next_run_state(state, "report", exit_code=0) == state
    assert next_run_state(state, "claim", exit_code=0) == state
    assert next_run_state(state, "lost", exit_code=0) == state


@pytest.mark.parametrize("state", sorted(UNFINISHED | ENDED))
def test_what_the_agent_saw_of_the_process_is_the_last_word(state) -> None:
    assert next_run_state(state, "process_exit", outcome="failed", exit_code=0) == "failed"


def test_the_runs_own_last_word_does_not_overrule_its_process() -> None:
    assert next_run_state("failed", "exit_record", outcome="finished", exit_code=3) == "failed"


def test_the_exit_record_ends_a_run_that_has_no_agent() -> None:
    assert next_run_state("running", "exit_record", outcome=ending_of_record(0, stop_reason=None).state) == "finished"
