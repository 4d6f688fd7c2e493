"""The judge of the storms: what it counts, and what not."""

from __future__ import annotations

from checker import finished_after

from besom.protocol import Event


def told(*words: str) -> list[Event]:
    """Events such as ``a finished``; ``end`` is the sweep's."""
    pairs = [("sweep", "finished") if word == "end" else word.split() for word in words]
    return [
        Event(
            id=number,
            time=0.0,
            kind="sweep.finished" if who == "sweep" else f"run.{what}",
            sweep_id="s",
            run_id=None if who == "sweep" else who,
            agent_id=None,
            actor="",
            reason="",
        )
        for number, (who, what) in enumerate(pairs)
    ]


def test_runs_count_that_finished_between_the_best_one_and_the_sweeps_end() -> None:
    events = told("a finished", "best finished", "b finished", "c failed", "d finished", "end", "e finished")
    assert finished_after("best", events) == {"b", "d"}


def test_a_run_whose_agent_knew_better_counts_no_more() -> None:
    events = told("best finished", "b finished", "b killed", "c finished", "end")
    assert finished_after("best", events) == {"c"}


def test_what_an_agent_says_after_the_sweeps_end_excuses_no_late_end() -> None:
    events = told("best finished", "b finished", "c finished", "end", "b killed")
    assert finished_after("best", events) == {"b", "c"}
