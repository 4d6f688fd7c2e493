"""Reads a sweep's curves, replays them through rules of early stopping, and prints what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from besom.cli.replay_rules import rules
from besom.cli.terminal import columns, note, paint, progress, say, say_json
from besom.client.connect import connect
from besom.client.connection import Connection
from besom.client.curves import curves, sweep_runs
from besom.client.lookup import find_sweep
from besom.client.paths import parse_item
from besom.client.times import duration
from besom.config import load_stored
from besom.config.early_terminate import describe
from besom.config.model import Metric
from besom.errors import UsageError
from besom.protocol import Run, Sweep
from besom.search.observation import trial_from_history
from besom.search.stopping import finite, is_value, make_stopper
from besom.search.stopping.replay import Recorded, Replay, replay

UNDER_WAY = ("pending", "running", "preempting", "preempted")


def show(
    text: str, stoppers: Sequence[str], settings: Mapping[str, Any], file: str | None, *, verbose: bool, as_json: bool
) -> None:
    """Prints what each rule would have saved and lost in the sweep that ``text`` names.

    Raises:
        UsageError: the sweep has no metric, or no run of it has logged a value.
    """
    connection = connect()
    sweep = find_sweep(connection, parse_item(text, "sweep"))
    config = load_stored(sweep.config)
    metric = config.metric
    if metric is None:
        raise UsageError(f"Sweep {sweep.id} has no metric: there is nothing to compare its runs by.")
    asked = rules(config, stoppers, settings, file)
    messages = sweep_runs(connection, sweep)
    recorded = _recorded(connection, messages, metric.name)
    if not recorded:
        raise UsageError(
            f"No run of sweep {sweep.id} has logged a number as {metric.name!r}.", "Log it under exactly that name."
        )

    def number(values: Sequence[float]) -> float | None:
        return trial_from_history({}, "finished", metric, values).value

    found = []
    for count, rule in enumerate(asked, 1):
        progress(f"replaying {describe(rule)} ({count} of {len(asked)})")
        found.append((describe(rule), replay(make_stopper(rule, metric.goal), recorded, number)))
    progress("")
    by_id = {run.id: run for run in messages}
    if as_json:
        say_json(_json(sweep, metric, found, by_id))
        return
    _say_sweep(sweep, metric, recorded)
    _say_table(found)
    for words, outcome in found if verbose else ():
        _say_runs(words, outcome, by_id)
    _say_remarks(messages, {run.id for run in recorded})


def _recorded(connection: Connection, runs: list[Run], key: str) -> list[Recorded]:
    """The runs that have logged a value."""
    found = []
    for count, (run, curve) in enumerate(zip(runs, curves(connection, runs, key), strict=True), 1):
        progress(f"reading curves: {count:,} of {len(runs):,} runs")
        times = [time for time, value in curve if is_value(value)]
        if times:
            started = times[0] if run.started is None else min(run.started, times[0])
            ended = max(run.ended or times[-1], *times)
            found.append(Recorded(run.id, started, ended, finite(value for _, value in curve), times))
    progress("")
    return found


def _say_sweep(sweep: Sweep, metric: Metric, runs: list[Recorded]) -> None:
    values = sum(len(run.values) for run in runs)
    seconds = sum(run.ended - run.started for run in runs)
    say(
        f"Sweep {paint(f'{sweep.entity}/{sweep.project}/{sweep.id}', bold=True)}: {len(runs):,} runs, "
        f"{values:,} values of {metric.name} ({metric.goal}), {duration(seconds)} in all runs"
    )
    say()


def _say_table(found: list[tuple[str, Replay]]) -> None:
    rows = [
        (
            words,
            f"{outcome.stopped:,} of {len(outcome.runs):,}",
            f"{outcome.values_saved:.0%}",
            f"{outcome.time_saved:.0%}",
            "kept" if outcome.regret <= 0 else f"{outcome.regret:.3g} worse",
        )
        for words, outcome in found
    ]
    for line in columns(rows, ("STOPPER", "STOPPED", "SAVED", "OF TIME", "BEST RUN")):
        say(line)


def _say_runs(words: str, outcome: Replay, runs: dict[str, Run]) -> None:
    say()
    say(paint(words, bold=True))
    rows = [
        (
            each.run.id,
            runs[each.run.id].name,
            f"{each.kept:,} of {len(each.run.values):,}",
            duration(each.saved) if each.stop else "-",
            _number(each.number),
            each.stop.reason if each.stop else "",
        )
        for each in outcome.runs
    ]
    for line in columns(rows, ("RUN", "NAME", "VALUES", "SAVED", "BEST", "WHY")):
        say(line)


def _say_remarks(runs: list[Run], with_values: set[str]) -> None:
    """What the figures leave open."""
    open_runs = sum(run.state in UNDER_WAY for run in runs)
    cut = sum(run.stopped is not None for run in runs)
    silent = sum(run.id not in with_values for run in runs)
    if open_runs:
        note(f"{open_runs:,} of its runs have not ended: their curves so far were replayed.")
    if cut:
        note(f"{cut:,} of its runs were stopped early themselves: what they would have come to is not known.")
    if silent:
        note(f"{silent:,} of its runs logged no value and are left out.")


def _json(sweep: Sweep, metric: Metric, found: list[tuple[str, Replay]], runs: dict[str, Run]) -> dict[str, Any]:
    return {
        "sweep": f"{sweep.entity}/{sweep.project}/{sweep.id}",
        "metric": metric.name,
        "goal": metric.goal,
        "stoppers": [
            {
                "stopper": words,
                "runs": len(outcome.runs),
                "runs_stopped": outcome.stopped,
                "values_saved": outcome.values_saved,
                "time_saved": outcome.time_saved,
                "best": outcome.best,
                "best_kept": outcome.best_kept,
                "regret": outcome.regret,
                "by_run": [
                    {
                        "id": each.run.id,
                        "name": runs[each.run.id].name,
                        "values": len(each.run.values),
                        "values_kept": each.kept,
                        "seconds_saved": each.saved,
                        "best": each.number,
                        "stopped": each.stop.as_record() if each.stop else None,
                        "reason": each.stop.reason if each.stop else None,
                    }
                    for each in outcome.runs
                ],
            }
            for words, outcome in found
        ],
    }


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
