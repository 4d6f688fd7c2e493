"""Optuna as the search of a sweep, through its ask-and-tell interface."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from besom.config import nest
from besom.config.conditions import holds
from besom.config.existence import ordered
from besom.config.model import Path, SweepConfig
from besom.controller.engines.engine import Engine
from besom.controller.engines.info import SweepInfo, values_of
from besom.controller.engines.space import Choice, Range, flat, forms_of, option_of
from besom.controller.engines.user_file import UserFile
from besom.controller.failures import told_as
from besom.controller.runs import SweepRun
from besom.controller.source import Proposal
from besom.errors import BesomError, UsageError

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FixedTrial

RUN = "besom_run"
"""User attribute of a trial: the run that works on it."""
KEY = "besom_key"
"""User attribute of a trial and key of its run's ``why``: by it they find each other after a crash between the two."""
SWEEP = "besom_sweep"

SearchSpace = Callable[[Any], dict[str, Any]]
"""From an Optuna trial to the nested values of a run."""


class OptunaEngine(Engine["Trial"]):
    """Asks a study, and tells it how the runs went. All that the server knows is in the study after the first step.

    Args:
        config: The sweep's.
        info: The facts about it.
        file: The user's functions.

    Raises:
        UsageError: the study does not fit the sweep, or Optuna cannot search its parameters.
        BesomError: Optuna is not installed.
        SearchFailed: the user's function raised.
    """

    package = "Optuna"
    ends = "pruned"

    def __init__(self, config: SweepConfig, info: SweepInfo, file: UserFile) -> None:
        super().__init__(info)
        self._optuna = _package()
        self._config = config
        self._study, terminator = self._make_study(file)
        self._terminator = partial(terminator, self._study) if terminator else None
        self._space: SearchSpace = file.search_space or self._declared()
        self._used_up = False
        self._free: dict[str, Trial] = {}
        """Trials that no run works on yet, by their key."""
        self._restore()

    def propose(self, runs: Sequence[SweepRun], count: int) -> list[Proposal] | None:  # noqa: ARG002
        """See ``Source.propose``: one at a time. A trial whose run never reached the server is proposed again."""
        if self._used_up or self._is_exhausted():
            return None
        key, trial = next(iter(self._free.items())) if self._free else self._ask()
        with told_as("The search space"):
            params = self._space(trial)
        reason = f"chosen by Optuna's {type(self._study.sampler).__name__} as trial {trial.number}"
        why = {"method": "optuna", "kind": "engine", "reason": reason, "trial": trial.number}
        return [Proposal(params, {**why, "params": trial.params, KEY: key})]

    def _stopping_rule(self) -> str | None:
        pruner = self._study.pruner
        return None if isinstance(pruner, self._optuna.pruners.NopPruner) else type(pruner).__name__

    def _report(self, trial: Trial, value: float, step: int) -> None:
        with told_as("Optuna's report"):
            trial.report(value, step)

    def _is_hopeless(self, trial: Trial) -> bool:
        return trial.should_prune()

    def _abandon(self, trial: Trial) -> None:
        self._tell(trial, None, "FAIL")

    def _make_study(self, file: UserFile) -> tuple[Study, Callable[[Any], Any] | None]:
        optuna, info = self._optuna, self._info
        if file.optimizer is None:
            optuna.logging.set_verbosity(optuna.logging.WARNING)
            sampler = None if info.seed is None else optuna.samplers.TPESampler(seed=info.seed)
            pruner = optuna.pruners.NopPruner()
            return optuna.create_study(directions=info.directions, sampler=sampler, pruner=pruner), None
        with told_as("The optimizer function"):
            made = file.optimizer(info)
        study, terminator = made if isinstance(made, tuple) else (made, None)
        if not isinstance(study, optuna.Study):
            raise UsageError(
                f"The optimizer function returned {made!r}.",
                "Return an optuna.Study, alone or in a pair with a terminator function.",
            )
        directions = [direction.name.lower() for direction in study.directions]
        if directions != info.directions:
            raise UsageError(
                f"The study's directions are {', '.join(directions)}, but the sweep's metrics say: "
                + ", ".join(f"{metric.goal} {metric.name}" for metric in info.metrics)
                + ".",
                f"Create the study with directions={info.directions}.",
            )
        return study, terminator

    def _declared(self) -> SearchSpace:
        """The sweep's parameters, each suggested where it exists, parents first."""
        forms = {form.path: form for form in forms_of(self._config, "optuna", conditions=True)}
        order = [forms[p.path] for p in ordered(self._config.parameters) if p.path in forms]

        def search_space(trial: Any) -> dict[str, Any]:
            values: dict[Path, Any] = {}
            for form in order:
                if all(holds(condition, values) for condition in form.when):
                    values[form.path] = form.value(_suggest(trial, form))
            return nest({path: values[path] for path in forms if path in values})

        return search_space

    def _ask(self) -> tuple[str, Trial]:
        with told_as("Optuna's ask"):
            trial = self._study.ask()
        key = secrets.token_hex(8)
        trial.set_user_attr(SWEEP, self._info.id)
        trial.set_user_attr(KEY, key)
        self._free[key] = trial
        return key, trial

    def _restore(self) -> None:
        """Takes up the trials of this sweep in a study that outlives the scheduler."""
        for frozen in self._study.get_trials(deepcopy=False):
            if frozen.user_attrs.get(SWEEP) != self._info.id:
                continue
            run_id = frozen.user_attrs.get(RUN)
            if run_id is not None and frozen.state.is_finished():
                self._known.add(run_id)
            elif not frozen.state.is_finished():
                trial = self._optuna.Trial(self._study, frozen._trial_id)
                if run_id is not None:
                    self._bound[run_id] = trial
                else:
                    self._free[frozen.user_attrs[KEY]] = trial

    def _hear(self, run: SweepRun) -> None:
        trial = self._bound.get(run.id)
        if trial is None and (trial := self._free.pop(str(run.why.get(KEY)), None)) is not None:
            trial.set_user_attr(RUN, run.id)
            self._bound[run.id] = trial
        if trial is None:
            self._adopt(run)
        elif run.has_ended:
            self._tell(trial, *self._outcome(run))
            self._bound.pop(run.id)
            self._known.add(run.id)

    def _adopt(self, run: SweepRun) -> None:
        """Adds a run that this study did not ask for: an older one, or one that a person queued."""
        fixed = self._repeat(run)
        values, outcome = self._outcome(run) if run.has_ended else (None, "RUNNING")
        if fixed is None:
            self._known.add(run.id)
            return
        created = self._optuna.trial.create_trial(
            state=self._optuna.trial.TrialState[outcome],
            values=values,
            params=fixed.params,
            distributions=fixed.distributions,
            user_attrs={RUN: run.id, SWEEP: self._info.id},
            intermediate_values=dict(enumerate(self._curve(run), 1)) if outcome == "PRUNED" else None,
        )
        self._study.add_trial(created)
        if run.has_ended:
            self._known.add(run.id)
        else:
            self._bound[run.id] = self._optuna.Trial(self._study, self._study.get_trials(deepcopy=False)[-1]._trial_id)

    def _repeat(self, run: SweepRun) -> FixedTrial | None:
        """The search space walked through with a run's values; None where they do not fit."""
        known = run.why.get("params")
        if not isinstance(known, dict):  # not asked of Optuna: the names are those of the sweep's parameters
            values = flat(run.config, [parameter.path for parameter in self._config.parameters]) or run.config
            known = {name: option_of(value) for name, value in values.items()}
        trial = self._optuna.trial.FixedTrial(known)
        try:
            self._space(trial)
            spaces = trial.distributions.items()
            fits = all(space._contains(space.to_internal_repr(trial.params[name])) for name, space in spaces)
        except Exception:  # a search space of the user may fail in any way on values that it did not make
            return None
        return trial if fits else None

    def _outcome(self, run: SweepRun) -> tuple[list[float] | None, str]:
        """The values and the state that a trial gets for an ended run."""
        values = values_of(run, self._info.metrics)
        if run.state == "finished" and values is not None:
            return values, "COMPLETE"
        if run.message.stopped is not None:
            return None, "PRUNED"
        return None, "FAIL"

    def _tell(self, trial: Trial, values: list[float] | None, state: str) -> None:
        try:
            self._study.tell(trial, values, state=self._optuna.trial.TrialState[state], skip_if_finished=True)
        except RuntimeError as error:
            if "Study.stop" not in str(error):
                raise
            self._used_up = True  # samplers of finite spaces stop the study when they have been everywhere

    def _is_exhausted(self) -> bool:
        ask = getattr(self._study.sampler, "is_exhausted", None)
        return bool(ask(self._study)) if callable(ask) else False


def _suggest(trial: Any, form: Choice | Range) -> Any:
    name = ".".join(form.path)
    if isinstance(form, Choice):
        return trial.suggest_categorical(name, form.options)
    if form.integer:
        return trial.suggest_int(name, form.low, form.high, step=form.step or 1, log=form.log)
    return trial.suggest_float(name, form.low, form.high, step=form.step, log=form.log)


def _package() -> Any:
    try:
        import optuna  # late: slow to load, and an extra
    except ModuleNotFoundError:
        raise BesomError(
            "The sweep's engine is Optuna, which is not installed.", "pip install 'besom[optuna]'"
        ) from None
    return optuna
