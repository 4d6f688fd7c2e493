"""When an agent gives up because its runs keep failing."""

import pytest

from besom.agent import limits
from besom.agent.limits import Limits, Record
from besom.errors import SettingsError

LATE = 1000.0


def stops_at(outcomes: str, rules: Limits, age: float = LATE) -> int | None:
    """Number of the run at which an agent stops. F failed, S succeeded, K was killed."""
    record = Record()
    for number, outcome in enumerate(outcomes, start=1):
        record.add({"F": "failed", "S": "finished", "K": "killed"}[outcome])
        if outcome == "F" and record.broken(rules, age):
            return number
    return None


@pytest.mark.parametrize(
    ("outcomes", "stop"),
    [
        ("FFFFF", 5),
        ("SFFFFF", 6),
        ("SSFFFFFFFFFFFF", None),
        ("FSFSFSFSFSFS", None),
        ("KKKKKKKK", None),
    ],
)
def test_initial_failures(outcomes: str, stop: int | None) -> None:
    assert stops_at(outcomes, Limits()) == stop


@pytest.mark.parametrize(("outcomes", "stop"), [("FFFFFF", 6), ("SFFFFFFFFF", None), ("KFFFFFF", 7)])
def test_initial_failures_of_functions_count_until_a_run_ends_well(outcomes: str, stop: int | None) -> None:
    assert stops_at(outcomes, Limits(until_success=True)) == stop


def test_three_failures_in_the_first_minute_are_flapping() -> None:
    assert stops_at("SFSFSF", Limits(), age=59) == 6


def test_flapping_is_told_with_how_many_runs_failed_of_how_many() -> None:
    record = Record()
    for state in ("finished",) * 18 + ("failed",) * 4:
        record.add(state)
    told = record.broken(Limits(), age=59)
    assert told is not None
    assert told.startswith("4 of 22 runs failed in the first 60 seconds. Set BESOM_AGENT_DISABLE_FLAPPING=true")


def test_three_failures_after_the_first_minute_are_not() -> None:
    assert stops_at("SFSFSF", Limits(), age=61) is None


def test_killed_runs_are_no_failures() -> None:
    assert stops_at("FKFKKKKF", Limits(), age=1) == 8


def test_flapping_can_be_switched_off() -> None:
    assert stops_at("SSFFFSSS", Limits(flapping=False), age=1) is None


def test_failures_in_a_row() -> None:
    assert stops_at("SSSFFSSSFFF", Limits(consecutive=3)) == 11


def test_a_killed_run_neither_counts_as_a_failure_in_a_row_nor_ends_the_row() -> None:
    assert stops_at("SSSSSSFKFKF", Limits(consecutive=3)) == 11


@pytest.mark.parametrize(
    ("outcomes", "rules", "age", "variable"),
    [
        ("FFF", Limits(), 1.0, "BESOM_AGENT_DISABLE_FLAPPING"),
        ("FFFFF", Limits(), LATE, "BESOM_AGENT_MAX_INITIAL_FAILURES"),
        ("SSF", Limits(consecutive=1), LATE, "--max-consecutive-failed-runs"),
    ],
)
def test_the_message_names_what_changes_the_rule(outcomes: str, rules: Limits, age: float, variable: str) -> None:
    record = Record()
    for outcome in outcomes:
        record.add({"F": "failed", "S": "finished", "K": "killed"}[outcome])
    message = record.broken(rules, age)
    assert message is not None
    assert variable in message


def test_rules_come_from_the_environment() -> None:
    environ = {"WANDB_AGENT_DISABLE_FLAPPING": "true", "BESOM_AGENT_MAX_INITIAL_FAILURES": "9"}
    assert limits.from_environment(4, environ) == Limits(flapping=False, initial=9, consecutive=4)


def test_without_variables_the_usual_rules_are_in_force() -> None:
    assert limits.from_environment(None, {}) == Limits()


@pytest.mark.parametrize("value", ["many", "0", "2.5"])
def test_a_limit_that_is_no_number_is_an_error_that_names_the_variable(value: str) -> None:
    with pytest.raises(SettingsError, match="BESOM_AGENT_MAX_INITIAL_FAILURES"):
        limits.from_environment(None, {"BESOM_AGENT_MAX_INITIAL_FAILURES": value})


def test_a_limit_of_no_failures_in_a_row_is_an_error() -> None:
    with pytest.raises(SettingsError, match="at least 1"):
        limits.from_environment(0, {})
