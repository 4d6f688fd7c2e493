"""Compute saved against regret, on real learning curves, for besom's rules beside Optuna's pruners.

python benchmarks/early_stopping/compare.py [--seeds 10] [--curves FILE]

Simulates a random search with four workers: each takes the next configuration of ``curves.npz`` (made by
``make_curves.py``), logs its loss epoch by epoch, and takes another one when the run ends or is stopped. Configurations
come in an order drawn by the seed; an epoch of each takes its own time. All rules see the same orders and times.

Two questions are asked. *Fixed runs*: a hundred runs, what share of the compute is left, and is the best of them kept?
*Fixed compute*: as much as ten whole runs cost, how good is the best run found? Regret is 0 for the best loss that
any run of the problem (fixed runs: of these hundred) reaches and 1 for the median run's.
"""

from __future__ import annotations

import argparse
import heapq
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from besom.config.model import Asha, EarlyTerminate, Hyperband, Median
from besom.search.stopping import Race, make_stopper

FILE = Path(__file__).with_name("curves.npz")
WORKERS = 4
RUNS = 100
WHOLE_RUNS = 10
Curves = NDArray[np.float64]


class Judge(ABC):
    """Decides for one sweep which runs are stopped."""

    @abstractmethod
    def log(self, run: int, epoch: int, loss: float) -> bool:
        """Takes the loss of an epoch, counted from 1; whether the run ends now."""

    @abstractmethod
    def end(self, run: int, loss: float) -> None:
        """A run has come to its end."""


class Besom(Judge):
    """A rule of ``early_terminate``."""

    def __init__(self, rule: EarlyTerminate) -> None:
        self._race: Race[int] = Race(make_stopper(rule, "minimize"))

    def log(self, run: int, epoch: int, loss: float) -> bool:
        """See ``Judge.log``."""
        _ = epoch
        return self._race.log(run, loss) is not None

    def end(self, run: int, loss: float) -> None:
        """Values say it all."""


class Nothing(Judge):
    """No early stopping."""

    def log(self, run: int, epoch: int, loss: float) -> bool:
        """Every run goes on."""
        _ = run, epoch, loss
        return False

    def end(self, run: int, loss: float) -> None:
        """Nothing to do."""


class Pruner(Judge):
    """A pruner of Optuna."""

    def __init__(self, pruner: Any) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0), pruner=pruner)
        self._trials: dict[int, Any] = {}
        self._pruned = optuna.trial.TrialState.PRUNED

    def log(self, run: int, epoch: int, loss: float) -> bool:
        """See ``Judge.log``."""
        trial = self._trials.get(run)
        if trial is None:
            trial = self._trials[run] = self._study.ask()
        trial.report(loss, epoch)
        if not trial.should_prune():
            return False
        self._study.tell(trial, state=self._pruned)
        return True

    def end(self, run: int, loss: float) -> None:
        """See ``Judge.end``."""
        if run in self._trials:
            self._study.tell(self._trials[run], loss)


@dataclass(frozen=True)
class Outcome:
    """What a simulated sweep came to."""

    best: float
    spent: float
    """Time of all runs together, in the mean time of an epoch."""
    runs: int


def simulate(judge: Judge, curves: Curves, pace: NDArray[np.float64], *, budget: float = math.inf) -> Outcome:
    """Runs configurations in their order with ``WORKERS`` workers until none is left or the time is used up.

    Args:
        judge: Decides who is stopped.
        curves: Loss by (configuration, epoch); NaN from where it diverged.
        pace: Time of an epoch, by configuration.
        budget: Time of all runs together after which nothing more is computed.
    """
    waiting = iter(range(len(curves)))
    steps: list[tuple[float, int, int]] = []  # when an epoch ends, of which run, and which epoch
    best = np.full(len(curves), math.inf)
    spent = 0.0
    started = 0

    def begin(now: float) -> None:
        nonlocal started
        if (run := next(waiting, None)) is not None:
            started += 1
            heapq.heappush(steps, (now + pace[run], run, 1))

    for _ in range(WORKERS):
        begin(0.0)
    while steps and spent < budget:
        now, run, epoch = heapq.heappop(steps)
        spent += pace[run]
        loss = curves[run, epoch - 1]
        if math.isfinite(loss):
            best[run] = min(best[run], loss)
            if judge.log(run, epoch, float(loss)):
                begin(now)
                continue
        if epoch == curves.shape[1] or not math.isfinite(loss):
            judge.end(run, float(best[run]))
            begin(now)
        else:
            heapq.heappush(steps, (now + pace[run], run, epoch + 1))
    return Outcome(float(best.min()), spent, started)


def rules(epochs: int) -> dict[str, Callable[[], Judge]]:
    """All that is compared: at defaults, and with the same first rung as each other's defaults."""
    found: dict[str, Callable[[], Judge]] = {
        "no early stopping": Nothing,
        "besom hyperband, min_iter 3": lambda: Besom(Hyperband(min_iter=3)),
        "besom asha": lambda: Besom(Asha()),
        "besom asha, min_iter 1": lambda: Besom(Asha(min_iter=1)),
        "besom asha, min_iter 9": lambda: Besom(Asha(min_iter=9)),
        "besom median": lambda: Besom(Median()),
        "besom median, min_iter 1": lambda: Besom(Median(min_iter=1)),
    }
    try:
        from optuna import pruners
    except ModuleNotFoundError:
        print("Optuna is not installed: pip install optuna")
        return found
    return found | {
        "Optuna HyperbandPruner": lambda: Pruner(pruners.HyperbandPruner(max_resource=epochs)),
        "Optuna HyperbandPruner, from 3": lambda: Pruner(pruners.HyperbandPruner(3, epochs)),
        "Optuna SuccessiveHalvingPruner": lambda: Pruner(pruners.SuccessiveHalvingPruner()),
        "Optuna SuccessiveHalvingPruner, from 3, factor 3": lambda: Pruner(pruners.SuccessiveHalvingPruner(3, 3)),
        "Optuna MedianPruner": lambda: Pruner(pruners.MedianPruner()),
        "Optuna MedianPruner, from 5": lambda: Pruner(pruners.MedianPruner(n_warmup_steps=4)),
    }


def regret(loss: float, of: Curves) -> float:
    """0 for the best loss of some curves, 1 for that of the median one."""
    ends = np.nanmin(np.where(np.isnan(of), np.inf, of), axis=1)
    return float((loss - ends.min()) / (np.median(ends) - ends.min()))


def compare(
    tables: dict[str, Curves], seeds: int, which: dict[str, Callable[[], Judge]]
) -> dict[str, list[tuple[float, ...]]]:
    """By rule, for each problem and seed: share of compute, regret and whether the best was kept; regret and runs."""
    results: dict[str, list[tuple[float, ...]]] = {name: [] for name in which}
    for problem, table in tables.items():
        for seed in range(seeds):
            rng = np.random.default_rng([seed, *problem.encode()])
            order = rng.permutation(len(table))
            pace = np.exp(rng.normal(0.0, 0.3, len(table)))
            some = table[order[:RUNS]]
            whole = simulate(Nothing(), some, pace[:RUNS])
            for name, judge in which.items():
                fixed = simulate(judge(), some, pace[:RUNS])
                timed = simulate(judge(), table[order], pace, budget=WHOLE_RUNS * table.shape[1])
                lost = regret(fixed.best, some)
                results[name].append(
                    (fixed.spent / whole.spent, lost, lost == 0, regret(timed.best, table), timed.runs)
                )
        print(f"{problem} done", flush=True)
    return results


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--curves", type=Path, default=FILE)
    asked = parser.parse_args()
    with np.load(asked.curves) as stored:
        tables = {name: stored[name].astype(float) for name in stored.files}
    epochs = next(iter(tables.values())).shape[1]
    results = compare(tables, asked.seeds, rules(epochs))
    print("\n| | compute saved | regret | best kept | regret at equal compute | runs |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, rows in results.items():
        share, lost, kept, timed, runs = np.mean(rows, axis=0)
        print(f"| {name} | {1 - share:.0%} | {lost:.3f} | {kept:.0%} | {timed:.3f} | {runs:.0f} |")


if __name__ == "__main__":
    main()
