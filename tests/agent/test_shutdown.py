"""What each signal to the agent means."""

from itertools import count
from signal import Signals

import pytest

from besom.agent.shutdown import Shutdown, Step


def test_three_times_ctrl_c_finishes_then_terminates_then_kills_the_run() -> None:
    shutdown = Shutdown()
    answers = [shutdown.receive(Signals.SIGINT) for _ in range(3)]
    assert [(answer.step, answer.send) for answer in answers] == [
        (Step.LAST_RUN, None),
        (Step.TERMINATE, Signals.SIGTERM),
        (Step.KILL, Signals.SIGKILL),
    ]


def test_the_first_ctrl_c_reaches_the_run_when_signals_are_forwarded() -> None:
    assert Shutdown(forward_interrupt=True).receive(Signals.SIGINT).send is Signals.SIGINT


@pytest.mark.parametrize("number", [Signals.SIGTERM, Signals.SIGHUP, Signals.SIGQUIT])
def test_the_end_of_a_job_reaches_the_run_and_then_goes_the_same_three_steps(number: Signals) -> None:
    shutdown = Shutdown(clock=count().__next__)
    answers = [shutdown.receive(number) for _ in range(3)]
    assert [answer.send for answer in answers] == [number, Signals.SIGTERM, Signals.SIGKILL]


@pytest.mark.parametrize("number", [Signals.SIGTERM, Signals.SIGHUP, Signals.SIGQUIT])
def test_what_a_machine_says_several_times_at_once_is_one_step(number: Signals) -> None:
    times = iter([10.0, 10.01, 10.9, 12.0])
    shutdown = Shutdown(clock=times.__next__)
    answers = [shutdown.receive(number) for _ in range(4)]
    assert [answer and answer.step for answer in answers] == [Step.LAST_RUN, None, None, Step.TERMINATE]


def test_different_interrupts_count_together() -> None:
    shutdown = Shutdown()
    shutdown.receive(Signals.SIGINT)
    assert shutdown.receive(Signals.SIGTERM).step is Step.TERMINATE


def test_it_stays_at_the_last_step() -> None:
    shutdown = Shutdown()
    for _ in range(5):
        answer = shutdown.receive(Signals.SIGINT)
    assert answer.step is Step.KILL


def test_user_signals_reach_the_run_and_end_nothing() -> None:
    shutdown = Shutdown()
    answer = shutdown.receive(Signals.SIGUSR1)
    assert (answer.step, answer.send) == (Step.NONE, Signals.SIGUSR1)
