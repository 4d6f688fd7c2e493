"""besom's own search and rules of stopping, at work in this process."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from besom.config.model import SweepConfig
from besom.controller.runs import Changes, SweepRun
from besom.controller.source import Proposal, Source, Stopping
from besom.errors import BesomError, UsageError
from besom.protocol import StopRecord

if TYPE_CHECKING:
    from besom.search import Suggestion, Trial


class BuiltIn(Source):
    """What the server would do itself, with the same seed: ``grid``, ``random`` or ``bayes``.

    Args:
        config: The sweep's.
        sweep_id: Seeds the search where the configuration does not.
    """

    def __init__(self, config: SweepConfig, sweep_id: str) -> None:
        if config.method == "custom":
            raise UsageError(
                "`method: custom` names no search of besom's own.",
                "Name a function of yours in `search: module:function`, or call configure_search().",
            )
        self._search = _search_package()
        self._config = config
        self._seed = int.from_bytes(hashlib.sha256(sweep_id.encode()).digest()[:6], "big")
        self._warm = self._search.memory_for(config)
        self._repeated = config.repeat.parameter if config.repeat else None
        """The server sets it: a run that is queued is its configuration's next repeat."""
        self._paths = [parameter.path for parameter in config.parameters]
        if self._repeated is not None and self._repeated not in self._paths:
            self._paths.append(self._repeated)
        self._trials: dict[str, Trial] = {}
        self._draws = 0

    def follow(self, changes: Changes) -> None:
        """See ``Source.follow``."""
        for run_id in changes.deleted:
            self._trials.pop(run_id, None)
        for run in changes.changed:
            self._trials[run.id] = self._trial(run)
            self._draws = max(self._draws, int(run.why.get("index", -1)) + 1)

    def propose(self, runs: Sequence[SweepRun], count: int) -> list[Proposal] | None:
        """See ``Source.propose``. Each draw has a number of its own, which the run keeps: no restart draws it again."""
        draw = max(self._draws, len(runs))
        found = self._search.suggest(
            self._config, list(self._trials.values()), index=draw, count=count, seed=self._seed, warm=self._warm
        )
        return [self._proposal(suggestion, number) for number, suggestion in enumerate(found, draw)] or None

    def _proposal(self, suggestion: Suggestion, number: int) -> Proposal:
        values = {path: value for path, value in suggestion.values.items() if path != self._repeated}
        return Proposal(self._search.nest(values), {**suggestion.why, "index": number})

    def _trial(self, run: SweepRun) -> Trial:
        values = self._search.unnest(run.config, self._paths)
        metric = self._config.metric
        if metric is not None and run.message.steps and "impute" in (self._config.stored.get("metric") or {}):
            last = run.summary.get(metric.name)  # imputed values need the worst one too, which only the history has
            trial = self._search.trial_from_history(values, run.state, metric, run.curve(metric.name), last)
        else:
            message = run.message
            trial = self._search.Trial(values, message.state, message.best, message.last, value=message.best)
        known: Trial = dataclasses.replace(trial, id=run.id)
        return known


class BuiltInStopping:
    """The configuration's ``early_terminate``, decided here from the runs' curves."""

    def __init__(self, config: SweepConfig) -> None:
        from besom.search.stopping import stopper_for

        stopper = stopper_for(config)
        if stopper is None or config.metric is None:
            raise UsageError("The configuration has no `early_terminate` with a `metric`.")
        self._stopper, self._metric = stopper, config.metric

    def __call__(self, runs: Sequence[SweepRun]) -> list[Stopping]:
        """The runs that should end now."""
        from besom.search.stopping import stop

        begun = {run.id: run for run in runs if run.message.steps}
        curves = {run_id: (run.state, run.curve(self._metric.name)) for run_id, run in begun.items()}
        decisions = stop(self._stopper, curves)
        return [Stopping(begun[run_id], found.reason, _record(found)) for run_id, found in decisions.items()]


def _record(decision: Any) -> StopRecord:
    return msgspec.convert(decision.as_record(), StopRecord)


def _search_package() -> Any:
    """``besom.search``, which needs NumPy and SciPy.

    Raises:
        BesomError: they are not installed.
    """
    try:
        import besom.search  # late: it loads linear algebra
    except ModuleNotFoundError as error:
        raise BesomError(
            f"The search runs in this process and needs {error.name}, which is not installed.",
            "Install it with: pip install 'besom[server]'",
        ) from None
    return besom.search
